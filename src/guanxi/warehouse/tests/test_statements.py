"""SQL is written once for expressions of one shape."""

from datetime import UTC, datetime
from typing import Any

import ibis
import pytest

from guanxi.warehouse.engines.statements import statement
from guanxi.warehouse.testing import given

ORDERS = ibis.table(
    {"order_id": "int64", "total": "int64", "status": "string", "placed_at": "timestamp('UTC')", "counted": "boolean"},
    name="orders",
)
DAY = datetime(2026, 5, 10, tzinfo=UTC)


def asked(least: int = 1, status: str = "paid", since: datetime = DAY) -> Any:
    wanted = ORDERS.filter(ORDERS.total >= least, ORDERS.status == status, ORDERS.placed_at >= since, ORDERS.counted)
    return wanted.order_by("order_id").limit(10).select("order_id")


def test_other_values_are_handed_over_beside_the_same_sql() -> None:
    one, values = statement(asked())
    other, others = statement(asked(2, "it's", datetime(2025, 1, 1, tzinfo=UTC)))
    assert other is one
    assert sorted(map(str, values.values())) == ["1", "2026-05-10 00:00:00+00:00", "paid"]
    assert sorted(map(str, others.values())) == ["2", "2025-01-01 00:00:00+00:00", "it's"]
    assert "paid" not in one.sql
    assert [str(number) in one.sql for number in ("$1", "$2", "$3", "$4")] == [True, True, True, False]


def test_pages_of_a_list_share_their_sql_but_for_the_number_of_rows_before_them() -> None:
    second, values = statement(asked().limit(5, offset=5))
    third, others = statement(asked().limit(5, offset=10))
    assert third.sql == second.sql.replace("OFFSET 5", "OFFSET 10") != second.sql
    assert third.schema is second.schema  # Ibis wrote it once
    assert values == others
    assert sorted(map(str, values.values())) == ["1", "2026-05-10 00:00:00+00:00", "paid"]


def test_pages_within_pages_keep_their_own_numbers() -> None:
    wanted = ORDERS.filter(*(ORDERS.total != number for number in range(12)))
    pages = wanted.order_by("order_id").limit(40, offset=7).filter(ORDERS.total > 0).limit(20, offset=3)
    written, _values = statement(pages)
    assert written.sql.count("OFFSET 7") == written.sql.count("OFFSET 3") == 1
    assert "skipped" not in written.sql


def test_a_page_in_the_middle_of_an_order_holds_its_rows() -> None:
    rows = [{"order_id": n, "total": (n * 37) % 101} for n in range(100)]
    ranked = sorted(rows, key=lambda row: (-row["total"], row["order_id"]))
    with given({"orders": rows}) as snapshot:
        orders = snapshot.tables["orders"]
        best = orders.order_by([orders.total.desc(), orders.order_id])
        for offset in (0, 10, 20, 95):
            page = best.limit(10, offset=offset).select("order_id", "total")
            assert snapshot.execute(page).to_pylist() == ranked[offset : offset + 10]
            inner = best.limit(10, offset=offset)
            counted = inner.filter(inner.total >= 0).count()
            assert snapshot.scalar(counted) == len(ranked[offset : offset + 10])


@pytest.mark.parametrize(
    "other",
    [
        asked().limit(5),
        asked().limit(10, offset=5),
        ORDERS.filter(ORDERS.total >= 1),
        ORDERS.filter(ORDERS.order_id >= 1),
        ORDERS.filter(ORDERS.total <= 1),
        ORDERS.filter(ORDERS.total >= 1, ORDERS.total <= 1),
        ORDERS.filter(ORDERS.total >= 1, ORDERS.total <= 2),
        ORDERS.select(a=ORDERS.total, b=ORDERS.order_id),
        ORDERS.select(b=ORDERS.total, a=ORDERS.order_id),
        ORDERS.select(a=ORDERS.status.substr(1)),
        ORDERS.select(a=ORDERS.status.substr(1, 1)),
        ORDERS.mutate(counted=True),
        ORDERS.mutate(counted=False),
        ORDERS.mutate(counted=ibis.null("boolean")),
    ],
)  # fmt: skip
def test_another_shape_has_sql_of_its_own(other: Any) -> None:
    written, _values = statement(other)
    assert written.sql == statement(other)[0].sql
    assert written.sql != statement(asked())[0].sql


def test_shapes_that_resemble_each_other_are_told_apart() -> None:
    low, high = ORDERS.total.cumsum(), ORDERS.order_id.cumsum()
    frames: list[dict[str, Any]] = [{"preceding": 1}, {"following": 1}, {"preceding": 1, "following": 1}]
    shapes = [ORDERS.select(n=ORDERS.total.sum().over(ibis.window(order_by="order_id", **frame))) for frame in frames]
    shapes += [ORDERS.select(a=low, b=high), ORDERS.select(a=high, b=low), ORDERS.select(a=low, b=low)]
    written = [statement(shape)[0].sql for shape in shapes]
    assert len(set(written)) == len(shapes)


def test_the_values_stand_where_they_belong(home: object) -> None:
    from guanxi.warehouse.engines.duckdb import DuckDB

    engine = DuckDB()
    for low, high in ((1, 3), (2, 3), (3, 3)):
        numbers = ibis.range(5).unnest().name("n").as_table()
        found = engine.execute(numbers.filter(numbers.n >= low, numbers.n <= high).order_by("n").mutate(high=high))
        assert found.to_pylist() == [{"n": n, "high": high} for n in range(low, high + 1)]


def test_a_value_that_makes_no_difference_is_not_handed_over() -> None:
    unread = ORDERS.mutate(channel=ibis.literal("shop")).filter(ORDERS.total >= 5).count()
    written, values = statement(unread)
    assert sorted(values) == [str(number) for number in written.numbers]
    assert all(f"${number}" in written.sql for number in written.numbers)
    assert 5 in values.values()


def test_a_value_that_does_not_say_its_type_stays_in_the_sql(home: object) -> None:
    from guanxi.warehouse.engines.duckdb import DuckDB

    later = ibis.literal(DAY) + ibis.interval(seconds=28_800)
    spans = (
        ibis.range(1).unnest().name("n").as_table().select(at=later, on=ibis.date(2026, 5, 10), half=ibis.literal(0.5))
    )
    _written, values = statement(spans)
    assert [value for value in values.values() if isinstance(value, datetime)] == [DAY]
    assert 28_800 not in values.values()
    assert DuckDB().execute(spans).to_pylist() == [
        {"at": datetime(2026, 5, 10, 8, tzinfo=UTC), "on": DAY.date(), "half": 0.5}
    ]
