"""What models learn from: purchases counted in the warehouse, against a count in plain Python."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from guanxi.analytics.forecasts import purchases
from guanxi.analytics.forecasts.base import Context
from guanxi.analytics.tests.forecasts.buyers import NOW, Row, customers, order, shop
from guanxi.warehouse.testing import given

ZONE = ZoneInfo("Asia/Shanghai")


def read(tables: dict[str, list[Row]], now: datetime = NOW) -> purchases.Purchases | None:
    with given(tables, now=now) as snapshot:
        return purchases.read(Context(snapshot, now, ZONE, "CNY"))


def counted(tables: dict[str, list[Row]]) -> dict[int, dict[date, int]]:
    found: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in tables["orders"]:
        found[row["customer_id"]][row["placed_at"].astimezone(ZONE).date()] += row["net_value"]
    return found


def test_as_counted_by_hand() -> None:
    tables = shop()
    known, plain = read(tables), counted(tables)
    assert known is not None
    assert known.customer_id.tolist() == sorted(plain)
    for at, customer in enumerate(known.customer_id.tolist()):
        days = plain[customer]
        assert known.days[at] == len(days)
        assert known.first[at] == purchases.number(min(days))
        assert known.last[at] == purchases.number(max(days))
        assert known.value[at] == sum(days.values())


def test_held_out_as_counted_by_hand() -> None:
    tables = shop()
    with given(tables, now=NOW) as snapshot:
        context = Context(snapshot, NOW, ZONE, "CNY")
        known = purchases.read(context)
        assert known is not None
        late = purchases.held_out(context, known, weeks=8)
    cut = known.last_day - timedelta(weeks=8)
    plain = {number: days for number, days in counted(tables).items() if min(days) <= cut}
    assert late.histories.size == len(plain)
    assert sorted(late.histories.repeats[late.histories.of].tolist()) == sorted(
        sum(day <= cut for day in days) - 1 for days in plain.values()
    )
    after = [day for days in plain.values() for day in days if day > cut]
    assert late.seen.sum() == len(after)
    assert late.seen_by_week == [
        sum((day - cut).days - 1 in range(7 * week, 7 * week + 7) for day in after) for week in range(8)
    ]


def test_what_is_a_purchase() -> None:
    begin = NOW - timedelta(days=100)
    tables = {
        "customers": [*customers(8), {"customer_id": 9, "created_at": NOW, "erased": True}],
        "orders": [
            order(1, 1, begin),
            order(2, 1, begin + timedelta(hours=2)),  # the same day: one decision to buy
            order(3, 1, begin + timedelta(days=10)),
            order(4, 2, begin),
            order(5, 2, begin + timedelta(days=5), net_value=0),  # paid back whole
            order(6, 3, begin, counted=False, status="unpaid"),
            order(7, 4, begin, value=10_000, net_value=None),  # without an exchange rate
            order(8, None, begin),
            order(9, 5, NOW + timedelta(days=1)),
            order(10, 6, begin),
            order(11, 6, begin + timedelta(days=1), kind="credit_note", counted=False, net_value=-4_000),
            order(12, 7, begin),
            order(13, 7, begin + timedelta(days=1), kind="credit_note", counted=False, net_value=-40_000),
            order(14, 9, begin),
        ],
    }
    known = read(tables)
    assert known is not None
    found = zip(known.customer_id.tolist(), known.days.tolist(), known.value.tolist(), strict=True)
    assert list(found) == [(1, 2, 30_000), (2, 1, 10_000), (6, 1, 6_000), (7, 1, 0)]


def test_days_are_the_merchants() -> None:
    """17:00 in Greenwich is the next day in Shanghai."""
    late, early = datetime(2026, 3, 1, 17, tzinfo=UTC), datetime(2026, 3, 2, 3, tzinfo=UTC)
    known = read({"customers": customers(1), "orders": [order(1, 1, late), order(2, 1, early)]})
    assert known is not None
    assert known.days.tolist() == [1]
    assert known.first_day == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("newest", "end"),
    [
        (NOW - timedelta(days=1), date(2026, 5, 10)),  # today
        (NOW - timedelta(days=400), date(2025, 4, 12)),  # a week beyond an import of long ago
    ],
)
def test_where_the_data_end(newest: datetime, end: date) -> None:
    known = read({"customers": customers(1), "orders": [order(1, 1, newest)]})
    assert known is not None
    assert known.last_day == end


def test_no_orders() -> None:
    assert read({"customers": customers(3)}) is None
