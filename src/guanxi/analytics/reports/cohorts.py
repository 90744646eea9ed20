"""Cohorts: of those who first bought in one month, how many buy again in the months after, and for how much."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.reports.base import (
    COUNT,
    CUSTOMERS,
    DATE,
    MONEY,
    SHARE,
    TEXT,
    Cell,
    Column,
    Context,
    NoSuchCell,
    Report,
    ReportResult,
    ReportTable,
    RowSet,
    Table,
    arrow,
)
from guanxi.analytics.reports.measures import customers_in
from guanxi.analytics.reports.parameters import Params
from guanxi.analytics.reports.periods import Period, add_months, next_step, step_column, step_of
from guanxi.analytics.reports.sales import everything, local_day

THIN = 20
"""A cohort of fewer customers shows how many, and no shares: one more or less would change them too much."""
COLUMNS = (
    Column("cell", "", TEXT, traced=False, shown=False),
    Column("cohort", gettext_lazy("First bought in"), DATE, traced=False),
    Column(
        "size",
        gettext_lazy("Customers in it"),
        COUNT,
        gettext_lazy("Customers whose first order was placed in that month."),
        traced=False,
    ),
    Column(
        "months",
        gettext_lazy("Months later"),
        COUNT,
        gettext_lazy("0 is the month of the first order itself."),
        traced=False,
    ),
    Column(
        "customers",
        gettext_lazy("Bought"),
        COUNT,
        gettext_lazy("Those of them who placed an order that counts in that month."),
    ),
    Column(
        "share",
        gettext_lazy("Share"),
        SHARE,
        gettext_lazy("Those who bought in that month, as a share of the cohort. Empty for a cohort that is too small."),
    ),
    Column(
        "sales",
        gettext_lazy("Sales"),
        MONEY,
        gettext_lazy("Their orders that count of that month, before refunds."),
    ),
    Column("so_far", gettext_lazy("Still running"), TEXT, traced=False),
)


class Cohorts(Report):
    name = "cohorts"
    label = gettext_lazy("Cohorts")
    icon = "stairs-down"
    keywords = "retention repeat 留存 队列 隊列 复购 復購"
    definition = gettext_lazy(
        "Customers are put together by the month of their first order that counts (in the chosen shop, or in any), in "
        "your time zone. Each column is a month later: how many of them bought in it, and for how much. The period "
        "chooses the months of the first order, always whole; what they bought later counts until today. Orders "
        "without an exchange rate count as orders and bring no sales."
    )
    template = "analytics/cohorts.html"

    def run(self, params: Params, context: Context) -> ReportResult:
        whole = everything(context)
        found: dict[date, dict[date, Mapping[str, Any]]] = {}
        cells: list[dict[str, Any]] = []
        if whole is not None:
            rows = _rows(params, context, whole)
            grouped = rows.group_by("cohort", "month").aggregate(
                customers=rows.customer_id.nunique().cast("int64"), sales=rows.value.sum().cast("int64")
            )
            for row in context.fetch(grouped):
                found.setdefault(row["cohort"], {})[row["month"]] = row
            today = step_of(local_day(context.now, context.zone), "month")
            cells = [
                cell for one in sorted(found) for cell in _cohort(one, found[one], step_of(whole.last, "month"), today)
            ]
        table = ReportTable("cells", _("Month by month"), COLUMNS, arrow(cells, COLUMNS), "cell", self.definition)
        return ReportResult(tables=(table,), extra={"triangle": _triangle(cells), "thin": THIN})

    def rows(self, params: Params, cell: Cell, context: Context) -> RowSet:
        first, _slash, later = cell.key.partition("/")
        whole = everything(context)
        try:
            cohort = date.fromisoformat(first)
            month = add_months(cohort, int(later))
        except (ValueError, OverflowError):
            raise NoSuchCell(cell.key) from None
        if whole is None or cell.table != "cells" or cell.column not in ("customers", "share", "sales"):
            raise NoSuchCell(cell.column)
        rows = _rows(params, context, whole)
        chosen = customers_in(rows.filter(rows.cohort == cohort, rows.month == month))
        title = _("First bought in %(cohort)s, and again in %(month)s")
        if month == cohort:
            title = _("First bought in %(cohort)s")
        words = title % {"cohort": f"{cohort:%Y-%m}", "month": f"{month:%Y-%m}"}
        return RowSet(CUSTOMERS, chosen, words, MONEY, cell.column != "share")


def _rows(params: Params, context: Context, whole: Period) -> Table:
    """Orders that count of known customers, with ``cohort`` and ``month``: first days of months, dates."""
    orders, facts = context.tables["orders"], context.tables["customer_facts"]
    bought = orders.filter(orders.counted, orders.customer_id.notnull())
    if params.shop_id is None:
        firsts = facts.select("first_order_at", buyer=facts.customer_id)
    else:
        bought = bought.filter(bought.shop_id == params.shop_id)
        firsts = bought.group_by(buyer=bought.customer_id).aggregate(first_order_at=bought.placed_at.min())
    start = step_of(params.period.start, "month")
    months = Period(start, next_step(step_of(params.period.last, "month"), "month"))
    firsts = firsts.filter(months.holds(firsts.first_order_at, context.zone))
    joined = bought.select("order_id", "customer_id", "placed_at", "value").join(
        firsts, [bought.customer_id == firsts.buyer]
    )
    return joined.select(
        "order_id",
        "customer_id",
        "placed_at",
        value=joined.value.fill_null(0),
        cohort=step_column(joined.first_order_at, "month", period=whole, zone=context.zone),
        month=step_column(joined.placed_at, "month", period=whole, zone=context.zone),
    )


def _cohort(cohort: date, found: Mapping[date, Mapping[str, Any]], last: date, today: date) -> list[dict[str, Any]]:
    """A cell for each month from that of the cohort to the last one."""
    size = found[cohort]["customers"]
    cells = []
    months, month = 0, cohort
    while month <= last:
        row = found.get(month, {"customers": 0, "sales": 0})
        cells.append(
            {
                "cell": f"{cohort.isoformat()}/{months}",
                "cohort": cohort,
                "size": size,
                "months": months,
                "customers": row["customers"],
                "share": row["customers"] / size if size >= THIN else None,
                "sales": row["sales"],
                "so_far": _("so far") if month == today else "",
            }
        )
        months, month = months + 1, add_months(month, 1)
    return cells


def _triangle(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For the template: a row for each cohort, the latest last, with its cells from the month of the first order on."""
    rows: dict[date, dict[str, Any]] = {}
    for cell in cells:
        row = rows.setdefault(cell["cohort"], {"cohort": cell["cohort"], "size": cell["size"], "cells": []})
        row["cells"].append(cell)
    return list(rows.values())
