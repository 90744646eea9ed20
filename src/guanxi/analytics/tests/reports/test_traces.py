"""What every report must do: each number is made of the rows it shows, and each order lies in one step of time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from guanxi.analytics.reports import REPORTS
from guanxi.analytics.reports import sales as sales_module
from guanxi.analytics.reports.base import (
    COUNT,
    MONEY,
    ORDERS,
    SHARE,
    UNITS,
    Cell,
    Column,
    Context,
    Number,
    ReportResult,
    RowSet,
)
from guanxi.analytics.reports.parameters import read
from guanxi.analytics.reports.periods import add_months
from guanxi.analytics.tests.reports import shop as made
from guanxi.analytics.tests.reports.shop import NOW, ZONE
from guanxi.analytics.web.shown import text_key
from guanxi.warehouse.testing import given

ENGINES = [pytest.param("duckdb"), pytest.param("spark", marks=pytest.mark.spark)]
QUERIES: dict[str, list[dict[str, str]]] = {
    "overview": [{"period": "12m"}, {"period": "custom", "from": "2025-10-20", "to": "2025-11-02", "shop": "1"}],
    "rfm": [{}],
    "cohorts": [{"period": "all"}, {"period": "all", "shop": "2"}],
    "products": [{"period": "12m"}, {"period": "12m", "by": "category", "shop": "1"}],
    "places": [{"period": "12m"}],
}


@pytest.fixture(scope="module", params=ENGINES)
def reading(request: pytest.FixtureRequest) -> Iterator[Context]:
    orders = 500 if request.param == "duckdb" else 60
    with given(made.shop(11, orders=orders, people=40), engine=request.param) as snapshot:
        yield Context(snapshot, NOW, ZONE, "GBP")


def test_every_report_has_its_queries_here() -> None:
    assert set(QUERIES) == set(REPORTS.names())


def cells(result: ReportResult) -> Iterator[tuple[Cell, Any, Column | Number]]:
    """Every number that says it has rows, with its value."""
    for number in result.numbers:
        yield Cell(number.name), number.value, number
    for table in result.tables:
        for row in table.rows():
            for column in table.columns:
                if column.traced and column.shown and row[column.name] is not None:
                    yield Cell(column.name, table.name, text_key(row[table.key])), row[column.name], column


def traced(rows: RowSet, of: Column | Number, reading: Context) -> float | None:
    """The number that the rows come to; None when they only make its upper part."""
    found = reading.fetch(rows.table)
    key = "order_id" if rows.kind == ORDERS else "customer_id"
    assert len({row[key] for row in found}) == len(found), "no row comes twice"
    if not rows.adds_up:
        return None
    if of.unit == COUNT and not (of.name == "orders" and rows.kind != ORDERS):
        return len(found)
    return sum(row["orders" if of.unit == COUNT else "amount"] or 0 for row in found)


@pytest.mark.parametrize("name", list(QUERIES))
def test_every_number_is_made_of_the_rows_it_shows(reading: Context, name: str) -> None:
    report = REPORTS.get(name)
    on_spark = reading.snapshot.engine == "spark"
    for raw in QUERIES[name][:1] if on_spark else QUERIES[name]:
        params = read(raw, now=NOW, zone=ZONE, everything=sales_module.everything(reading))
        numbers = list(cells(report.run(params, reading)))
        assert numbers
        for cell, value, of in numbers[:: len(numbers) // (12 if on_spark else 150) + 1]:
            rows = report.rows(params, cell, reading)
            found = traced(rows, of, reading)
            if found is not None:
                assert found == value, (raw, cell)
            else:
                assert of.unit in (SHARE, MONEY, UNITS, COUNT)


@pytest.mark.parametrize("name", list(QUERIES))
def test_a_report_says_what_it_is_and_defines_its_numbers(reading: Context, name: str) -> None:
    report = REPORTS.get(name)
    assert report.name == name
    assert str(report.label) and report.icon and len(str(report.definition)) > 40
    if reading.snapshot.engine == "spark":
        return
    everything = sales_module.everything(reading)
    result = report.run(read(QUERIES[name][0], now=NOW, zone=ZONE, everything=everything), reading)
    for number in result.numbers:
        assert str(number.definition)
    for table in result.tables:
        assert len({column.name for column in table.columns}) == len(table.columns)
        assert table.data.column_names == [column.name for column in table.columns]
        for column in table.columns:
            assert str(column.definition) or not column.traced, column.name
    for chart in result.charts:
        assert chart.label and chart.definition


@pytest.mark.parametrize("name", ["overview", "places", "products"])
def test_a_day_begins_at_midnight_in_the_merchants_zone(reading: Context, name: str) -> None:
    """The last microsecond of a summer's day in London lies in it, and the first of the next does not."""
    midnight = datetime(2025, 7, 9, 23, 0, tzinfo=UTC)
    times = {1: midnight - timedelta(days=1, microseconds=1), 2: midnight - timedelta(days=1)}
    times |= {3: midnight - timedelta(microseconds=1), 4: midnight}
    orders = [
        {
            "order_id": number,
            "shop_id": 1,
            "customer_id": 1,
            "kind": "sale",
            "status": "paid",
            "counted": True,
            "currency": "GBP",
            "total": 10**number,
            "value": 10**number,
            "net_value": 10**number,
            "placed_at": placed,
        }
        for number, placed in times.items()
    ]
    lines = [{"order_id": n, "number": 1, "product_id": 1, "quantity": 1.0, "value": 10**n} for n in times]
    shops = [{"shop_id": 1, "name": "Web"}]
    products = [{"product_id": 1, "title": "Towel"}]
    raw = {"from": "2025-07-09", "to": "2025-07-09"}
    params = read(raw, now=NOW, zone=ZONE)
    tables = {"orders": orders, "order_lines": lines, "shops": shops, "products": products}
    with given(tables, engine=reading.snapshot.engine) as snapshot:
        result = REPORTS.get(name).run(params, Context(snapshot, NOW, ZONE, "GBP"))
    table = result.tables[-1] if name != "products" else result.tables[0]
    assert [row["sales"] for row in table.rows()] == [10**2 + 10**3]


def test_steps_side_by_side_hold_every_order_once(reading: Context) -> None:
    everything = sales_module.everything(reading)
    for grain in ("day", "week", "month"):
        params = read({"period": "all", "grain": grain}, now=NOW, zone=ZONE, everything=everything)
        result = REPORTS.get("overview").run(params, reading)
        whole = {number.name: number.value for number in result.numbers}
        steps = result.table("steps").rows()
        for name in ("sales", "orders", "new_customers", "refunds"):
            assert sum(row[name] for row in steps) == whole[name]


def test_a_returning_customers_order_comes_after_another_and_not_at_the_same_time() -> None:
    """Two orders of one moment are both first; a guest and an order that does not count make nobody return."""
    day = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def order(number: int, customer: int | None, at: datetime, *, counted: bool = True) -> dict[str, Any]:
        money = {"total": 100, "value": 100, "net_value": 100, "currency": "GBP"}
        state = {"kind": "sale", "status": "paid" if counted else "unpaid", "counted": counted, "shop_id": 1}
        return {"order_id": number, "customer_id": customer, "placed_at": at, **money, **state}

    orders = [
        order(1, 1, day),
        order(2, 1, day),
        order(3, 1, day + timedelta(seconds=1)),
        order(4, 2, day - timedelta(days=40), counted=False),
        order(5, 2, day),
        order(6, None, day - timedelta(days=1)),
        order(7, 3, day - timedelta(days=400)),
        order(8, 3, day),
    ]
    facts = [{"customer_id": 1, "first_order_at": day}, {"customer_id": 2, "first_order_at": day}]
    facts += [{"customer_id": 3, "first_order_at": day - timedelta(days=400)}]
    with given({"orders": orders, "customer_facts": facts}) as snapshot:
        params = read({"period": "30d"}, now=NOW, zone=ZONE)
        result = REPORTS.get("overview").run(params, Context(snapshot, NOW, ZONE, "GBP"))
    who = {row["key"]: (row["orders"], row["customers"]) for row in result.table("who").rows()}
    assert who == {"new": (3, 2), "returning": (2, 2), "known": (5, 3), "guest": (1, None), "all": (6, None)}
    assert {number.name: number.value for number in result.numbers}["returning_share"] == 200 / 500


def test_no_cell_of_the_rfm_grid_belongs_to_two_groups() -> None:
    from guanxi.analytics.reports.rfm_groups import GROUPS

    for recency in range(1, 6):
        for frequency in range(1, 6):
            assert sum(group.holds(recency, frequency) for group in GROUPS.values()) == 1


def test_the_definitions_of_cells_and_groups_are_ones_that_the_segment_builder_reads() -> None:
    from guanxi.analytics.reports.rfm_groups import GROUPS, cell_definition, group_definition
    from guanxi.segments import definition

    for name in GROUPS:
        definition.parse(group_definition(name))
    parsed = definition.parse({"match": "all", "of": [cell_definition((5, 5), (4, 4))]})
    assert definition.to_json(parsed)["of"][0]["recency"] == [5, 5]


def test_a_small_cohort_shows_how_many_and_no_share(reading: Context) -> None:
    params = read({"period": "all"}, now=NOW, zone=ZONE, everything=sales_module.everything(reading))
    rows = REPORTS.get("cohorts").run(params, reading).table("cells").rows()
    assert rows
    for row in rows:
        assert (row["share"] is None) == (row["size"] < 20)
        assert (row["so_far"] != "") == (add_months(row["cohort"], row["months"]) == date(2026, 5, 1))
