"""RFM grid: who bought lately and often, and what they brought."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

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
from guanxi.analytics.reports.measures import rounded_division
from guanxi.analytics.reports.parameters import Params
from guanxi.analytics.reports.rfm_groups import GROUPS, cell_definition, group_definition, group_of
from guanxi.analytics.reports.sales import local_day
from guanxi.analytics.reports.words import shown
from guanxi.warehouse import rfm

SCORES = range(1, 6)
REVENUE = gettext_lazy("What they brought so far: their orders that count, less refunds and credit notes.")
NUMBERS = (
    Column(
        "customers", gettext_lazy("Customers"), COUNT, gettext_lazy("Customers with at least one order that counts.")
    ),
    Column("share", gettext_lazy("Share of customers"), SHARE, gettext_lazy("Of all customers who have bought.")),
    Column("orders", gettext_lazy("Orders"), COUNT, gettext_lazy("Their orders that count, since the beginning.")),
    Column("revenue", gettext_lazy("Revenue"), MONEY, REVENUE),
    Column(
        "revenue_share", gettext_lazy("Share of revenue"), SHARE, gettext_lazy("Of the revenue of all who have bought.")
    ),
    Column("average", gettext_lazy("Revenue per customer"), MONEY, gettext_lazy("Revenue divided by customers.")),
)
CELL_COLUMNS = (
    Column("cell", "", TEXT, traced=False, shown=False),
    Column(
        "recency",
        gettext_lazy("Recency"),
        COUNT,
        gettext_lazy("5 bought most lately."),
        traced=False,
    ),
    Column(
        "frequency",
        gettext_lazy("Frequency"),
        COUNT,
        gettext_lazy("5 has the most orders."),
        traced=False,
    ),
    Column("group_name", gettext_lazy("Group"), TEXT, traced=False),
    *NUMBERS,
    Column(
        "money",
        gettext_lazy("Average money score"),
        TEXT,
        gettext_lazy("The mean of their scores of revenue, from 1 to 5."),
        traced=False,
    ),
)
GROUP_COLUMNS = (
    Column("name", "", TEXT, traced=False, shown=False),
    Column("group_name", gettext_lazy("Group"), TEXT, traced=False),
    *NUMBERS,
)


class RfmGrid(Report):
    name = "rfm"
    label = gettext_lazy("RFM")
    icon = "chart-grid-dots"
    keywords = "recency frequency monetary champions 价值 價值"
    definition = gettext_lazy(
        "Every customer who has bought gets three scores from 1 to 5: recency (how lately they bought last), frequency "
        "(how many orders that count) and money (what they brought after refunds). The scores cut the buyers into "
        "fifths; buyers with the same number always share a score, so where most bought once, some scores stay empty. "
        "Over all shops and all time; people who were erased are left out."
    )
    parameters = ()
    template = "analytics/rfm.html"

    def run(self, params: Params, context: Context) -> ReportResult:
        scored = _scored(context)
        grouped = scored.group_by("recency", "frequency").aggregate(
            customers=scored.count(),
            orders=scored.orders.sum().cast("int64"),
            revenue=scored.revenue.sum().cast("int64"),
            money=scored.monetary.cast("int64").sum(),
        )
        found = {(row["recency"], row["frequency"]): row for row in context.fetch(grouped)}
        cells = _cells(found)
        groups = _groups(cells)
        thresholds = context.fetch(context.tables[rfm.TABLE])
        extra = {"axes": _axes(thresholds[0], context) if thresholds and cells else None, "grid": _grid(cells)}
        return ReportResult(
            tables=(
                ReportTable("groups", _("Groups"), GROUP_COLUMNS, arrow(groups, GROUP_COLUMNS), "name"),
                ReportTable("cells", _("Cells of the grid"), CELL_COLUMNS, arrow(cells, CELL_COLUMNS), "cell"),
            ),
            extra=extra,
        )

    def rows(self, params: Params, cell: Cell, context: Context) -> RowSet:
        scored = _scored(context)
        if cell.column not in {column.name for column in NUMBERS}:
            raise NoSuchCell(cell.column)
        if cell.table == "groups" and cell.key in GROUPS:
            group = GROUPS[cell.key]
            title, boxes = str(group.label), group.boxes
        elif cell.table == "cells" and (scores := _scores_of(cell.key)):
            recency, frequency = scores
            title = _("Recency %(recency)d, frequency %(frequency)d") % {"recency": recency, "frequency": frequency}
            boxes = (((recency, recency), (frequency, frequency)),)
        else:
            raise NoSuchCell(cell.key)
        inside = [scored.recency.between(*r) & scored.frequency.between(*f) for r, f in boxes]
        chosen = scored.filter(inside[0] if len(inside) == 1 else inside[0] | inside[1])
        table = chosen.select("customer_id", "orders", "first_order_at", "last_order_at", amount=chosen.revenue)
        return RowSet(CUSTOMERS, table, title, MONEY, cell.column in ("customers", "revenue"))


def _scored(context: Context) -> Table:
    facts = context.tables["customer_facts"]
    scores = rfm.scores(facts, context.tables[rfm.TABLE])
    scored = facts.mutate(**scores._asdict())
    return scored.filter(scored.orders > 0, ~scored.erased.fill_null(False))


def _cells(found: Mapping[tuple[int, int], Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The 25 cells, best first; empty when nobody has bought."""
    if not found:
        return []
    everyone, revenue = (sum(row[name] for row in found.values()) for name in ("customers", "revenue"))
    nobody = {"customers": 0, "orders": 0, "revenue": 0, "money": 0}
    cells = []
    for recency in reversed(SCORES):
        for frequency in reversed(SCORES):
            row = found.get((recency, frequency), nobody)
            name = group_of(recency, frequency)
            cells.append(
                {
                    "cell": f"{recency}-{frequency}",
                    "recency": recency,
                    "frequency": frequency,
                    "group": name,
                    "group_name": str(GROUPS[name].label),
                    "money": f"{row['money'] / row['customers']:.1f}" if row["customers"] else None,
                    **_numbers(row, everyone, revenue),
                }
            )
    return cells


def _numbers(row: Mapping[str, Any], everyone: int, revenue: int) -> dict[str, Any]:
    return {
        "customers": row["customers"],
        "orders": row["orders"],
        "revenue": row["revenue"],
        "share": row["customers"] / everyone if everyone else None,
        "revenue_share": row["revenue"] / revenue if revenue > 0 else None,
        "average": rounded_division(row["revenue"], row["customers"]) if row["customers"] else None,
    }


def _groups(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    everyone, revenue = (sum(cell[name] for cell in cells) for name in ("customers", "revenue"))
    rows = []
    for name, group in GROUPS.items() if cells else ():
        inside = [cell for cell in cells if cell["group"] == name]
        summed = {measure: sum(cell[measure] for cell in inside) for measure in ("customers", "orders", "revenue")}
        words = {"name": name, "group_name": str(group.label)}
        rows.append({**words, **_numbers(summed, everyone, revenue)})
    return rows


def _grid(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """For the template: rows of cells from the best recency down, frequencies from the least up; and the groups."""
    most = max((cell["customers"] for cell in cells), default=0)
    full = [
        {
            **cell,
            "color": GROUPS[cell["group"]].color,
            "definition": cell_definition((cell["recency"],) * 2, (cell["frequency"],) * 2),
            "fill": round(cell["customers"] / most, 2) if most else 0,
        }
        for cell in cells
    ]
    return {
        "rows": [
            sorted((c for c in full if c["recency"] == r), key=lambda c: c["frequency"]) for r in reversed(SCORES)
        ],
        "groups": {name: {"color": g.color, "definition": group_definition(name)} for name, g in GROUPS.items()},
    }


def _axes(thresholds: Mapping[str, Any], context: Context) -> dict[str, list[str]] | None:
    """What each score of recency and frequency means, from 1 to 5; None when nobody has bought."""
    cuts = {name: [thresholds[f"{name}_{cut}"] for cut in rfm.CUTS] for name in ("recency", "frequency")}
    if any(None in values for values in cuts.values()):
        return None
    words: dict[str, Callable[[Any, Any], str]] = {
        "recency": partial(_bought_last, context=context),
        "frequency": _order_counts,
    }
    return {
        name: [words[name](after, until) for after, until in pairwise([None, *values, None])]
        for name, values in cuts.items()
    }


def _bought_last(after: datetime | None, until: datetime | None, *, context: Context) -> str:
    """The last orders of a score: later than ``after``, up to ``until``."""
    if after == until:
        return _("nobody")
    start, end = (
        shown(moment and local_day(moment, context.zone), DATE, context.currency) for moment in (after, until)
    )
    if after is None:
        return _("until %(end)s") % {"end": end}
    return _("after %(value)s") % {"value": start} if until is None else f"{start} – {end}"


def _order_counts(more_than: int | None, most: int | None) -> str:
    """The numbers of orders of a score. Where one number is a fifth of the buyers or more, scores stay empty."""
    if more_than == most:
        return _("nobody")
    least = 1 if more_than is None else more_than + 1
    if most is None:
        return ngettext("%(number)d order or more", "%(number)d orders or more", least) % {"number": least}
    if least == most:
        return ngettext("%(number)d order", "%(number)d orders", least) % {"number": least}
    return _("%(least)d to %(most)d orders") % {"least": least, "most": most}


def _scores_of(key: str) -> tuple[int, int] | None:
    recency, _dash, frequency = key.partition("-")
    if recency in "12345" and frequency in "12345" and recency and frequency and len(key) == 3:
        return int(recency), int(frequency)
    return None
