"""Reading a snapshot: the same on every engine."""

from datetime import UTC, datetime

import pytest

from guanxi.warehouse import queries, rfm
from guanxi.warehouse.testing import columns, given

ENGINES = ["duckdb", pytest.param("spark", marks=pytest.mark.spark)]
NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "spark":
        pytest.importorskip("pyspark", reason="the extra spark is not installed")
    return request.param


def test_rows_come_back_with_types_and_nothings(engine):
    rows = [{"order_id": number, "customer_id": 7, "placed_at": NOON, "total": 2**60 + number} for number in (1, 2, 3)]
    rows[1]["customer_id"] = None
    with given({"orders": rows}, engine=engine) as snapshot:
        orders = snapshot.tables["orders"].order_by("order_id")
        answer = queries.execute(orders.select("order_id", "customer_id", "placed_at", "total", "counted", "region"))
    assert answer.to_pylist() == [
        {
            "order_id": number,
            "customer_id": None if number == 2 else 7,
            "placed_at": NOON,
            "total": 2**60 + number,
            "counted": False,
            "region": "",
        }
        for number in (1, 2, 3)
    ]


def test_rows_of_one_key_stay_together(engine):
    lines = [{"order_id": order, "number": number} for order in (1, 2) for number in (1, 2)]
    with given({"order_lines": lines}, engine=engine) as snapshot:
        table = snapshot.tables["order_lines"]
        answer = queries.execute(table.group_by("order_id").agg(lines=table.count()).order_by("order_id"))
    assert answer.to_pylist() == [{"order_id": 1, "lines": 2}, {"order_id": 2, "lines": 2}]


def test_tables_not_given_are_empty_with_their_columns(engine):
    with given({}, engine=engine) as snapshot:
        assert list(snapshot.tables["refunds"].columns) == columns("refunds")
        assert queries.scalar(snapshot.tables["refunds"].count()) == 0
        assert queries.scalar(snapshot.tables["customer_facts"].count()) == 0


def test_a_time_compares_with_an_aware_time(engine):
    with given({"orders": [{"order_id": 1, "placed_at": NOON}]}, engine=engine) as snapshot:
        orders = snapshot.tables["orders"]
        assert queries.scalar(orders.filter(orders.placed_at >= NOON).count()) == 1
        assert queries.scalar(orders.filter(orders.placed_at > NOON).count()) == 0


def test_unknown_columns_are_refused():
    with pytest.raises(ValueError, match="the table orders has no columns sum"), given({"orders": [{"sum": 1}]}):
        pass


def test_scores_share_ties_and_leave_out_who_never_bought(engine):
    facts = [
        {"customer_id": number, "orders": orders, "revenue": number * 100, "last_order_at": NOON.replace(day=number)}
        for number, orders in enumerate([1, 1, 1, 1, 1, 1, 2, 2, 3, 9], start=1)
    ]
    facts.append({"customer_id": 11})
    with given({"customer_facts": facts}, engine=engine) as snapshot:
        table = snapshot.tables["customer_facts"]
        found = rfm.scores(table, snapshot.tables["rfm_thresholds"])
        answer = queries.execute(
            table.select(table.customer_id, r=found.recency, f=found.frequency, m=found.monetary).order_by(
                "customer_id"
            )
        )
    rows = [tuple(row.values()) for row in answer.to_pylist()]
    assert rows[:10] == list(
        zip(
            range(1, 11),
            [1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
            [1] * 6 + [4, 4, 5, 5],
            [1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
            strict=True,
        )
    )
    assert rows[10] == (11, None, None, None)
    assert queries.NoSnapshot


def test_nobody_bought_means_no_scores(engine):
    with given({"customer_facts": [{"customer_id": 1}]}, engine=engine) as snapshot:
        table = snapshot.tables["customer_facts"]
        found = rfm.scores(table, snapshot.tables["rfm_thresholds"])
        assert queries.execute(table.select(r=found.recency)).to_pylist() == [{"r": None}]
