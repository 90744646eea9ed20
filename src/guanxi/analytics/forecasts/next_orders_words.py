"""The next orders in words, tables and charts for a merchant, in the active language."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.reports.base import COUNT, SHARE, TEXT, UNITS, Column, ReportTable, arrow
from guanxi.analytics.reports.words import shown
from guanxi.core.web.charts import unit

if TYPE_CHECKING:
    from guanxi.analytics.models.stored import ModelRun

PRODUCTS = [
    Column("product", gettext_lazy("Product"), TEXT, traced=False),
    Column("buyers", gettext_lazy("Buyers"), COUNT, traced=False),
    Column("rebuyers", gettext_lazy("Bought again"), COUNT, gettext_lazy("Customers, on another day."), traced=False),
    Column("quarter", gettext_lazy("A quarter within (days)"), COUNT, traced=False),
    Column("median", gettext_lazy("Half within (days)"), COUNT, traced=False),
    Column("three_quarters", gettext_lazy("Three quarters within (days)"), COUNT, traced=False),
    Column(
        "soon",
        gettext_lazy("Due in 14 days"),
        COUNT,
        gettext_lazy(
            "Customers who bought it on two days at least, are due for it by then or already, and have probably not "
            "given it up."
        ),
        traced=False,
    ),
]


def quality(run: "ModelRun") -> str:
    """``Of 612 customers it said 402 would order in their time, which it had not seen; 389 did.``"""
    if not run.quality:
        return ""
    text = _(
        "Of %(customers)s customers whose time has passed it expected %(expected)s to order within it; %(seen)s did."
    )
    numbers = {name: shown(round(run.quality[name]), COUNT, "") for name in ("customers", "expected", "seen")}
    return text % numbers


def page(run: "ModelRun", *, segments: bool) -> dict[str, Any]:
    """What the page shows beyond the run itself."""
    return {
        "numbers": [
            {
                "label": _("Due in %(days)s days") % {"days": days},
                "value": shown(count, COUNT, ""),
                "text": _("Customers of whom half are expected to have ordered by then."),
            }
            for days, count in run.result["soon"].items()
        ],
        "told": shown(run.result["told"], COUNT, ""),
        "usual": shown(round(run.result["usual"]), COUNT, ""),
        "leaving": shown(run.parameters["leaving"], SHARE, ""),
        "quality_text": quality(run),
        "by_week": _by_week(run.result["by_days"]),
        "segments": _segments() if segments else [],
        "parameters": [
            {"name": name, "value": shown(round(run.parameters[name], 3), UNITS, ""), "meaning": str(meaning)}
            for name, meaning in MEANINGS.items()
        ],
    }


MEANINGS = {
    "middle": gettext_lazy("m: logarithm of the usual days between two purchases."),
    "between": gettext_lazy("tau: how much customers differ in their pace."),
    "within": gettext_lazy("sigma: how much the gaps of one customer differ."),
    "leaving": gettext_lazy("p: chance that a customer does not come back after a purchase."),
}


def tables(run: "ModelRun") -> list[ReportTable]:
    rows = [{**row, **{name: round(row[name]) for name in _DAYS}} for row in run.result.get("products", [])]
    return [
        ReportTable(
            "products",
            _("How long products last"),
            PRODUCTS,
            arrow(rows, PRODUCTS),
            "product",
            _(
                "Days between two purchases of the same product by the same customer, of products that at least ten "
                "customers bought again. Those who have not come back yet are not in these days."
            ),
        )
    ]


_DAYS = ("quarter", "median", "three_quarters")


def _by_week(counts: list[int]) -> dict[str, Any]:
    return {
        "guanxi": unit("number"),
        "xAxis": {
            "type": "category",
            "data": [str(week) for week in range(1, len(counts) + 1)],
            "name": _("Week from now"),
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "name": _("Customers due"), "data": counts}],
    }


def _segments() -> list[dict[str, Any]]:
    return [
        {
            "label": _("Due within two weeks"),
            "text": _("Remind them now, before they look elsewhere."),
            "definition": {"condition": "due_again", "days": [0, 14]},
        }
    ]
