"""The chances of categories in words, tables and charts for a merchant, in the active language."""

from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.reports.base import COUNT, SHARE, TEXT, UNITS, Column, ReportTable, arrow
from guanxi.analytics.reports.words import shown
from guanxi.core.web.charts import unit

if TYPE_CHECKING:
    from guanxi.analytics.models.stored import ModelRun

FEATURES: dict[str, Promise] = {
    "days since any purchase": gettext_lazy("days since any purchase"),
    "days since the first purchase": gettext_lazy("days since the first purchase"),
    "days with a purchase": gettext_lazy("days with a purchase"),
    "days with a purchase in the last 90": gettext_lazy("days with a purchase in the last 90"),
    "categories bought from": gettext_lazy("categories bought from"),
    "days since this category": gettext_lazy("days since this category"),
    "days with this category": gettext_lazy("days with this category"),
    "days with this category in the last 90": gettext_lazy("days with this category in the last 90"),
    "share of days with this category": gettext_lazy("share of days with this category"),
    "days between purchases, on average": gettext_lazy("days between purchases, on average"),
}
CATEGORIES = [
    Column("category", gettext_lazy("Category"), TEXT, traced=False),
    Column(
        "buyers",
        gettext_lazy("Buyers in the days held out"),
        COUNT,
        gettext_lazy("Customers who had bought something before, and this category in the last sixty days."),
        traced=False,
    ),
    Column("way", gettext_lazy("Used"), TEXT, traced=False),
    Column(
        "auc",
        gettext_lazy("AUC"),
        UNITS,
        gettext_lazy("How often a buyer is placed above one who did not buy: 0.5 is chance, 1 is always."),
        traced=False,
    ),
    Column("plain_auc", gettext_lazy("AUC, plain"), UNITS, gettext_lazy("Of the plain way."), traced=False),
    Column(
        "top",
        gettext_lazy("In the first tenth"),
        SHARE,
        gettext_lazy("Of the buyers, how many were among the tenth of customers called likeliest. Chance is 10 %."),
        traced=False,
    ),
    Column("expected", gettext_lazy("Buyers expected"), COUNT, gettext_lazy("In the next sixty days."), traced=False),
    Column("helped", gettext_lazy("What tells most"), TEXT, traced=False),
]
SHOWN = 4
"""Categories with charts."""


def quality(run: "ModelRun") -> str:
    """``AUC 0.81 over 5 categories; the plain way 0.78.``"""
    if not run.quality:
        return ""
    numbers = {name: f"{run.quality[name]:.2f}" for name in ("auc", "plain_auc")}
    if run.quality["auc"] <= run.quality["plain_auc"]:
        text = _("AUC %(auc)s over %(count)d categories, by the plain way: nothing else sorted better.")
    else:
        text = _("AUC %(auc)s over %(count)d categories; the plain way: %(plain_auc)s.")
    return text % {**numbers, "count": round(run.quality["categories"])}


def page(run: "ModelRun", *, segments: bool) -> dict[str, Any]:
    """What the page shows beyond the run itself."""
    told = run.result["categories"]
    return {
        "days": run.result["days"],
        "with_trees": run.result["with_trees"],
        "quality_text": quality(run),
        "charts": [_charts(one) for one in told[:SHOWN]],
        "segments": [_segment(one) for one in told[:3]] if segments else [],
    }


def tables(run: "ModelRun") -> list[ReportTable]:
    rows = [_row(one) for one in run.result.get("categories", [])]
    title = _("Categories")
    return [ReportTable("categories", title, CATEGORIES, arrow(rows, CATEGORIES), "category")]


def _row(one: dict[str, Any]) -> dict[str, Any]:
    first = one["tenths"][0]
    return {
        **one,
        "way": _("Trees") if one["with_trees"] else _("Plain"),
        "top": first["buyers"] / one["buyers"] if one["buyers"] else None,
        "expected": round(one["expected"]),
        "helped": "; ".join(f"{FEATURES.get(name, name)} {shown(gain, SHARE, '')}" for name, gain in one["helped"]),
    }


def _charts(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "category": one["category"],
        "auc": f"{one['auc']:.2f}",
        "lift": _lift(one),
        "calibration": _calibration(one),
    }


def _lift(one: dict[str, Any]) -> dict[str, Any]:
    """Each tenth's share of buyers as a multiple of everyone's."""
    whole = one["buyers"] / max(sum(tenth["customers"] for tenth in one["tenths"]), 1)
    lifts = [round(tenth["buyers"] / tenth["customers"] / whole, 2) if whole else None for tenth in one["tenths"]]
    return _tenths([{"type": "bar", "name": _("Lift"), "data": lifts}])


def _calibration(one: dict[str, Any]) -> dict[str, Any]:
    expected = [round(tenth["expected"], 1) for tenth in one["tenths"]]
    seen = [tenth["buyers"] for tenth in one["tenths"]]
    return _tenths(
        [{"type": "bar", "name": _("Expected"), "data": expected}, {"type": "bar", "name": _("Seen"), "data": seen}]
    )


def _tenths(series: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "guanxi": unit("number"),
        "xAxis": {"type": "category", "data": [str(place) for place in range(1, len(series[0]["data"]) + 1)]},
        "yAxis": {"type": "value", "min": 0},
        "series": series,
    }


def _segment(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": _("Likely to buy “%(category)s”") % {"category": one["category"]},
        "text": _("The tenth of your buyers who are likeliest to buy from it in the next sixty days."),
        "definition": {"condition": "likely_category", "values": [one["category"]]},
    }
