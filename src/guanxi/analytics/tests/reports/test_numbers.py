"""Every report against the same numbers counted in plain Python, over shops made at random, on both engines."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

import pytest

from guanxi.analytics import queries
from guanxi.analytics.reports import REPORTS
from guanxi.analytics.reports import sales as sales_module
from guanxi.analytics.reports.base import Context
from guanxi.analytics.reports.parameters import read
from guanxi.analytics.reports.rfm_grid import _order_counts
from guanxi.analytics.tests.reports import shop as made
from guanxi.analytics.tests.reports.shop import NOW, ZONE, Row, Tables, chosen, firsts, grouped, local_day, summary
from guanxi.core import preferences
from guanxi.warehouse.testing import given

ENGINES = [pytest.param("duckdb"), pytest.param("spark", marks=pytest.mark.spark)]
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", params=ENGINES)
def shops(request: pytest.FixtureRequest) -> Iterator[list[tuple[Tables, Context]]]:
    """Three merchants (one on Spark, which takes seconds a query), each with the context to run a report in."""
    with ExitStack() as stack:
        found = []
        for seed in SEEDS if request.param == "duckdb" else SEEDS[:1]:
            tables = made.shop(seed)
            snapshot = stack.enter_context(given(tables, engine=request.param))
            found.append((tables, Context(snapshot, NOW, ZONE, "GBP")))
        yield found


def run(name: str, context: Context, **raw: str):
    params = read(raw, now=NOW, zone=ZONE, everything=sales_module.everything(context))
    return params, REPORTS.get(name).run(params, context)


@pytest.mark.parametrize(
    "raw", [{"period": "all"}, {"period": "12m"}, {"period": "30d"}, {"period": "all", "shop": "2"}]
)
def test_the_overview(shops: list[tuple[Tables, Context]], raw: dict[str, str]) -> None:
    for tables, context in shops:
        params, result = run("overview", context, **raw)
        shop_id = int(raw["shop"]) if "shop" in raw else None
        rows = chosen(tables, params.period.start, params.period.last, shop_id=shop_id)
        expected = summary(rows, firsts(tables))
        assert {n.name: n.value for n in result.numbers} == {n.name: expected[n.name] for n in result.numbers}
        if params.before:
            before = chosen(tables, params.before.start, params.before.last, shop_id=shop_id)
            expected_before = summary(before, firsts(tables))
            assert {n.name: n.before for n in result.numbers} == {
                n.name: expected_before[n.name] for n in result.numbers
            }
        else:
            assert {n.before for n in result.numbers} == {None}
        who = {row["key"]: row for row in result.table("who").rows()}
        assert who["new"]["sales"] == expected["new_sales"]
        assert who["returning"]["customers"] == expected["returning_customers"]
        assert who["known"]["orders"] == expected["known_orders"]
        assert who["guest"]["sales"] == expected["guest_sales"]
        assert who["guest"]["customers"] is None
        assert len([note for note in result.notes if note.cell]) == (1 if expected["unpriced_orders"] else 0)


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_the_overview_step_by_step(shops: list[tuple[Tables, Context]], grain: str) -> None:
    def first_day(day: date) -> date:
        if grain == "month":
            return day.replace(day=1)
        return day - timedelta(days=day.weekday()) if grain == "week" else day

    for tables, context in shops:
        params, result = run(
            "overview", context, period="custom", grain=grain, **{"from": "2025-02-12", "to": "2025-11-04"}
        )
        rows = chosen(tables, params.period.start, params.period.last)
        by_step = grouped(rows, lambda row: first_day(local_day(row["placed_at"])))
        table = result.table("steps")
        names = [column.name for column in table.columns if column.name != "step"]
        for row in table.rows():
            expected = summary(by_step.pop(row["step"], []), firsts(tables))
            assert {name: row[name] for name in names} == {name: expected[name] for name in names}, row["step"]
        assert not by_step
        assert {date(2025, 2, 12): "day", date(2025, 2, 10): "week", date(2025, 2, 1): "month"}[
            table.rows()[0]["step"]
        ] == grain


def test_shops_and_regions(shops: list[tuple[Tables, Context]]) -> None:
    for tables, context in shops:
        params, result = run("places", context, period="12m")
        rows = [
            row
            for row in chosen(tables, params.period.start, params.period.last)
            if row["counted"] or row["kind"] == "credit_note"
        ]
        for name, key in (
            ("shops", lambda row: str(row["shop_id"])),
            ("regions", lambda row: f"{row['country']}|{row['region']}"),
        ):
            table = result.table(name)
            expected = {group: summary(found, firsts(tables)) for group, found in grouped(rows, key).items()}
            columns = [column.name for column in table.columns if column.name in summary([], {})]
            found = {row[table.key]: {column: row[column] for column in columns} for row in table.rows()}
            assert found == {
                group: {column: numbers[column] for column in columns} for group, numbers in expected.items()
            }
            assert [row["sales"] for row in table.rows()] == sorted(
                (row["sales"] for row in table.rows()), reverse=True
            )


def category_of(tables: Tables, line: Row) -> str:
    return next(row["category"] for row in tables["products"] if row["product_id"] == line["product_id"])


@pytest.mark.parametrize("by", ["product", "category"])
def test_products(shops: list[tuple[Tables, Context]], by: str) -> None:
    for tables, context in shops:
        params, result = run("products", context, period="12m", by=by)
        orders = {
            row["order_id"]: row
            for row in chosen(tables, params.period.start, params.period.last)
            if row["counted"] and row["value"] is not None
        }
        lines = [line for line in tables["order_lines"] if line["order_id"] in orders]
        if by == "product":
            by_item = grouped(lines, lambda line: str(line["product_id"]))
        else:
            by_item = grouped(lines, partial(category_of, tables))
        expected = {}
        for item, found in by_item.items():
            pairs = {(orders[line["order_id"]]["customer_id"], line["order_id"]) for line in found}
            per_person = grouped([{"who": who, "order": order} for who, order in pairs if who], lambda row: row["who"])
            again = sum(len(theirs) > 1 for theirs in per_person.values())
            expected[item] = {
                "sales": sum(line["value"] for line in found),
                "units": sum(line["quantity"] for line in found),
                "orders": len(pairs),
                "buyers": len(per_person),
                "repeat_buyers": again,
                "repeat_share": again / len(per_person) if per_person else None,
            }
        table = result.table("items")
        found_rows = {row["item"]: {name: row[name] for name in next(iter(expected.values()))} for row in table.rows()}
        assert found_rows == expected
        lineless = sum(number not in {line["order_id"] for line in lines} for number in orders)
        assert [note.cell.column for note in result.notes] == (["lineless"] if lineless else [])
        if lineless:
            assert str(lineless) in result.notes[0].text


@pytest.mark.parametrize("shop_id", [None, 1])
def test_cohorts(shops: list[tuple[Tables, Context]], shop_id: int | None) -> None:
    for tables, context in shops:
        _params, result = run("cohorts", context, period="all", **({"shop": str(shop_id)} if shop_id else {}))
        orders = [
            row
            for row in tables["orders"]
            if row["counted"] and row["customer_id"] and shop_id in (None, row["shop_id"])
        ]
        first = firsts({"orders": orders})
        month_of = {number: local_day(moment).replace(day=1) for number, moment in first.items()}
        expected: dict[tuple[date, int], tuple[set[int], int]] = {}
        for row in orders:
            cohort, month = month_of[row["customer_id"]], local_day(row["placed_at"])
            months = (month.year - cohort.year) * 12 + month.month - cohort.month
            buyers, sales = expected.get((cohort, months), (set(), 0))
            expected[cohort, months] = ({*buyers, row["customer_id"]}, sales + (row["value"] or 0))
        rows = result.table("cells").rows()
        found = {(row["cohort"], row["months"]): (row["customers"], row["sales"]) for row in rows if row["customers"]}
        assert found == {cell: (len(buyers), sales) for cell, (buyers, sales) in expected.items()}
        for row in rows:
            size = len(expected[row["cohort"], 0][0])
            assert row["size"] == size
            assert row["share"] == (row["customers"] / size if size >= 20 else None)
        last = max(local_day(row["placed_at"]) for row in tables["orders"] if row["counted"])
        months = (last.year - rows[0]["cohort"].year) * 12 + last.month - rows[0]["cohort"].month
        assert [row["months"] for row in rows if row["cohort"] == rows[0]["cohort"]] == list(range(months + 1))


@pytest.mark.parametrize(
    ("cuts", "words"),
    [
        ((1, 2, 4, 8), ["1 order", "2 orders", "3 to 4 orders", "5 to 8 orders", "9 orders or more"]),
        ((1, 1, 2, 3), ["1 order", "nobody", "2 orders", "3 orders", "4 orders or more"]),
        ((2, 2, 2, 2), ["1 to 2 orders", "nobody", "nobody", "nobody", "3 orders or more"]),
    ],
)
def test_each_frequency_score_says_its_numbers_of_orders_and_which_stay_empty(
    cuts: tuple[int, ...], words: list[str]
) -> None:
    assert [_order_counts(low, high) for low, high in pairwise([None, *cuts, None])] == words


def test_the_rfm_grid(shops: list[tuple[Tables, Context]]) -> None:
    def score(value, values: list) -> int:
        ordered = sorted(values)
        cuts = [ordered[-(-len(ordered) * fifth // 5) - 1] for fifth in (1, 2, 3, 4)]
        return 1 + sum(value > cut for cut in cuts)

    for tables, context in shops:
        _params, result = run("rfm", context)
        buyers = [row for row in tables["customer_facts"] if row["orders"] > 0]
        columns = {
            name: [row[column] for row in buyers]
            for name, column in (("r", "last_order_at"), ("f", "orders"), ("m", "revenue"))
        }
        expected: dict[str, list] = {}
        for row in buyers:
            if not row["erased"]:
                key = f"{score(row['last_order_at'], columns['r'])}-{score(row['orders'], columns['f'])}"
                expected.setdefault(key, []).append(
                    (row["orders"], row["revenue"], score(row["revenue"], columns["m"]))
                )
        cells = result.table("cells").rows()
        assert len(cells) == 25
        for cell in cells:
            people = expected.get(cell["cell"], [])
            assert cell["customers"] == len(people)
            assert cell["orders"] == sum(orders for orders, _revenue, _money in people)
            assert cell["revenue"] == sum(revenue for _orders, revenue, _money in people)
            assert cell["money"] == (f"{sum(m for _o, _r, m in people) / len(people):.1f}" if people else None)
        groups = result.table("groups").rows()
        assert sum(row["customers"] for row in groups) == sum(len(people) for people in expected.values())
        assert sum(row["revenue"] for row in groups) == sum(cell["revenue"] for cell in cells)


@pytest.mark.django_db
def test_the_headline_of_the_home_page() -> None:
    tables = made.shop(4)
    with given(tables):
        headline = queries.headline(NOW)
    assert headline is not None
    zone = preferences.time_zone()
    today = local_day(NOW, zone)
    days = [today - timedelta(days=back) for back in range(29, -1, -1)]
    rows = [row for row in tables["orders"] if local_day(row["placed_at"], zone) in days]
    expected = summary(rows, firsts(tables))
    before = [
        row for row in tables["orders"] if local_day(row["placed_at"], zone) in {d - timedelta(days=30) for d in days}
    ]
    assert (headline.first_day, headline.last_day) == (days[0], days[-1])
    assert headline.sales == expected["sales"]
    assert headline.orders == expected["orders"]
    assert headline.new_customers == expected["new_customers"]
    assert headline.returning_share == expected["returning_share"]
    assert headline.unpriced_orders == expected["unpriced_orders"]
    assert headline.sales_before == summary(before, firsts(tables))["sales"]
    by_day = grouped(rows, lambda row: local_day(row["placed_at"], zone))
    assert list(headline.daily_sales) == [summary(by_day.get(day, []), firsts(tables))["sales"] for day in days]


@pytest.mark.django_db
def test_no_headline_while_the_warehouse_is_empty(home: object) -> None:
    assert queries.headline(NOW) is None
