"""Overview: how much was sold, to whom, and whether they come back."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanxi.analytics.reports import charts, sales
from guanxi.analytics.reports.base import (
    COUNT,
    DATE,
    MONEY,
    ORDERS,
    SHARE,
    TEXT,
    Cell,
    Chart,
    Column,
    Context,
    NoSuchCell,
    Note,
    Number,
    Report,
    ReportResult,
    ReportTable,
    RowSet,
    Table,
    arrow,
)
from guanxi.analytics.reports.measures import Measures, orders_in, rounded_division
from guanxi.analytics.reports.parameters import Params
from guanxi.analytics.reports.periods import Period, step_column, steps
from guanxi.analytics.reports.words import period_words, shown, step_words

Numbers = Mapping[str, Any]

SUMMARY = ("sales", "orders", "customers", "average_order", "returning_share", "new_customers", "refunds", "net_sales")
STEPS = Measures(
    (
        sales.SALES,
        sales.ALL_ORDERS,
        sales.BUYERS,
        sales.AVERAGE,
        sales.RETURNING_SHARE,
        sales.NEW_CUSTOMERS,
        sales.REFUNDS,
        sales.FIRST_SALES,
        sales.RETURNING_SALES,
        sales.KNOWN_SALES,
        sales.GUEST_SALES,
    )
)
UNPRICED = "unpriced"
WHO = {
    "new": gettext_lazy("First orders"),
    "returning": gettext_lazy("Returning customers"),
    "known": gettext_lazy("All known customers"),
    "guest": gettext_lazy("Guests"),
    "all": gettext_lazy("Everyone"),
}
WHO_CELLS = {
    "new": {"sales": "new_sales", "orders": "new_orders", "customers": "new_customers"},
    "returning": {"sales": "returning_sales", "orders": "returning_orders", "customers": "returning_customers"},
    "known": {"sales": "known_sales", "orders": "known_orders", "customers": "customers"},
    "guest": {"sales": "guest_sales", "orders": "guest_orders"},
    "all": {"sales": "sales", "orders": "orders"},
}
"""The measure in each cell of the table of who bought."""
WHO_COLUMNS = (
    Column("key", "", TEXT, traced=False, shown=False),
    Column("who", gettext_lazy("Who bought"), TEXT, sales.RETURNING, traced=False),
    Column("sales", gettext_lazy("Sales"), MONEY, sales.SALES.definition),
    Column("share", gettext_lazy("Share of sales"), SHARE, gettext_lazy("Of the sales to everyone, guests included.")),
    Column("orders", gettext_lazy("Orders"), COUNT, sales.ALL_ORDERS.definition),
    Column("customers", gettext_lazy("Customers"), COUNT, sales.BUYERS.definition),
    Column("average_order", gettext_lazy("Average order"), MONEY, sales.AVERAGE.definition),
)


class Overview(Report):
    name = "overview"
    label = gettext_lazy("Overview")
    icon = "chart-line"
    keywords = "sales revenue orders returning 销售 銷售 概览 概覽"
    definition = gettext_lazy(
        "Orders that count, by the day on which they were placed in your time zone: paid, shipped, completed or "
        "refunded, with a total above zero. Amounts are in your currency and before refunds, unless it says otherwise."
    )
    parameters = ("period", "shop", "grain")
    template = "analytics/overview.html"

    def run(self, params: Params, context: Context) -> ReportResult:
        rows = sales.sales_rows(context, shop_id=params.shop_id)
        now, before = totals(rows, params, context)
        unpriced = []
        if now["unpriced_orders"]:
            unpriced = context.fetch(_by_currency(_within(rows, params.period, context)))
        table = _steps_table(rows, params, context)
        return ReportResult(
            tables=(_who_table(now), table),
            numbers=[_number(name, now, before) for name in SUMMARY],
            notes=[_unpriced_note(one) for one in unpriced],
            charts=_charts(table, params, context),
            compared=period_words(params.before) if before and params.before else "",
        )

    def rows(self, params: Params, cell: Cell, context: Context) -> RowSet:
        rows = sales.sales_rows(context, shop_id=params.shop_id)
        if cell.table == "steps":
            step = next((s for s in steps(params.period, params.grain) if s.start.isoformat() == cell.key), None)
            if step is None:
                raise NoSuchCell(cell.key)
            return STEPS.behind(cell.column, _within(rows, step.meet(params.period), context))
        rows = _within(rows, params.period, context)
        if cell == Cell(UNPRICED, key=cell.key):
            chosen = rows.filter(sales.is_unpriced(rows), rows.currency == cell.key)
            return RowSet(
                ORDERS, orders_in(chosen.mutate(amount=chosen.value), one_each=True), _("Without an exchange rate")
            )
        if cell.table == "who":
            return _behind_who(cell, rows)
        if cell.table:
            raise NoSuchCell(cell.table)
        return sales.EVERY.behind(cell.column, rows)


def totals(rows: Table, params: Params, context: Context) -> tuple[Numbers, Numbers | None]:
    """Every measure over the period, and over the one before (None when there is none to compare with)."""
    current = params.period.holds(rows.placed_at, context.zone)
    wanted = current | params.before.holds(rows.placed_at, context.zone) if params.before else current
    chosen = rows.filter(wanted).mutate(current=current)
    grouped = chosen.group_by("current").aggregate(**sales.EVERY.aggregates(chosen))
    found = {row["current"]: row for row in context.fetch(grouped)}
    now = sales.EVERY.complete(found.get(True, {}))
    return now, sales.EVERY.complete(found.get(False, {})) if params.before else None


def _within(rows: Table, period: Period, context: Context) -> Table:
    return rows.filter(period.holds(rows.placed_at, context.zone))


def _number(name: str, now: Numbers, before: Numbers | None) -> Number:
    column = sales.EVERY.find(name).column()
    earlier = before[name] if before else None
    return Number(
        name, column.label, column.unit, now[name], column.definition, earlier, None if name == "refunds" else True
    )


def _by_currency(rows: Table) -> Table:
    unpriced = rows.filter(sales.is_unpriced(rows))
    grouped = unpriced.group_by("currency").aggregate(orders=unpriced.count(), total=unpriced.total.sum().cast("int64"))
    return grouped.order_by("currency")


def _unpriced_note(row: Numbers) -> Note:
    text = ngettext(
        "%(orders)d order for %(total)s is left out everywhere, because %(currency)s has no exchange rate.",
        "%(orders)d orders for %(total)s are left out everywhere, because %(currency)s has no exchange rate.",
        row["orders"],
    )
    total = shown(row["total"], MONEY, row["currency"])
    values = {"orders": row["orders"], "total": total, "currency": row["currency"]}
    return Note(text % values, Cell(UNPRICED, key=row["currency"]), "warning")


def _who_table(now: Numbers) -> ReportTable:
    rows = []
    for key, label in WHO.items():
        row = {"key": key, "who": str(label)} | {name: now[measure] for name, measure in WHO_CELLS[key].items()}
        row["share"] = row["sales"] / now["sales"] if now["sales"] else None
        row["average_order"] = rounded_division(row["sales"], row["orders"]) if row["orders"] else None
        rows.append(row)
    return ReportTable("who", _("Who bought"), WHO_COLUMNS, arrow(rows, WHO_COLUMNS), "key", sales.RETURNING)


def _behind_who(cell: Cell, rows: Table) -> RowSet:
    measures = WHO_CELLS.get(cell.key, {})
    derived = cell.column in ("share", "average_order")
    name = measures.get("sales" if derived else cell.column)
    if name is None:
        raise NoSuchCell(cell.key)
    found = sales.EVERY.behind(name, rows)
    return RowSet(found.kind, found.table, found.title, found.unit, found.adds_up and not derived)


def _steps_table(rows: Table, params: Params, context: Context) -> ReportTable:
    columns = (Column("step", gettext_lazy("From"), DATE, traced=False), *STEPS.columns())
    chosen = _within(rows, params.period, context)
    dated = chosen.mutate(step=step_column(chosen.placed_at, params.grain, period=params.period, zone=context.zone))
    found = {row["step"]: row for row in context.fetch(dated.group_by("step").aggregate(**STEPS.aggregates(dated)))}
    all_steps = list(steps(params.period, params.grain))
    data = [{**STEPS.complete(found.get(step.start, {})), "step": step.start} for step in all_steps]
    unfinished = frozenset(step.start.isoformat() for step in all_steps if step.end > params.period.end)
    titles = {"day": _("Day by day"), "week": _("Week by week"), "month": _("Month by month")}
    definition = _("A week begins on Monday. Days outside the period are not in its first and last rows.")
    return ReportTable("steps", titles[params.grain], columns, arrow(data, columns), "step", definition, unfinished)


def _charts(table: ReportTable, params: Params, context: Context) -> list[Chart]:
    data = table.data.to_pydict()
    if not any(data["sales"]):
        return []
    labels = [step_words(step, params.grain) for step in data["step"]]
    parts = [
        (_("First orders"), data["new_sales"]),
        (_("Returning customers"), data["returning_sales"]),
        (_("Guests"), data["guest_sales"]),
    ]
    parts = [part for part in parts if any(part[1])]
    share = sales.RETURNING_SHARE
    return [
        Chart(_("Sales"), charts.stacked_bars(labels, parts, currency=context.currency), str(sales.SALES.definition)),
        Chart(
            _("Returning customers' share of sales"),
            charts.share_line(labels, str(share.label), data["returning_share"]),
            str(share.definition),
        ),
    ]
