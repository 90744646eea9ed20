"""The next products in words, tables and charts for a merchant, in the active language."""

from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.models.intervals import Proportion, wilson
from guanxi.analytics.reports.base import COUNT, SHARE, TEXT, UNITS, Column, ReportTable, arrow
from guanxi.analytics.reports.words import percent, shown
from guanxi.core.web.charts import unit

if TYPE_CHECKING:
    from guanxi.analytics.models.stored import ModelRun

WAYS: dict[str, Promise] = {
    "popular": gettext_lazy("What most customers bought"),
    "together": gettext_lazy("What is bought together"),
    "alike": gettext_lazy("Tastes of customers alike"),
}
LABELS = {"interval": 0, "width": 100, "overflow": "break"}
"""All three, on two lines where need be."""
PAIRS = [
    Column("bought", gettext_lazy("Who bought"), TEXT, traced=False),
    Column("then", gettext_lazy("bought also"), TEXT, traced=False),
    Column("customers", gettext_lazy("Customers"), COUNT, gettext_lazy("Who bought both."), traced=False),
    Column("share", gettext_lazy("Share"), SHARE, gettext_lazy("Of those who bought the first product."), traced=False),
    Column(
        "lift",
        gettext_lazy("Lift"),
        UNITS,
        gettext_lazy("How many times as often as among all customers. Above 1 the two go together."),
        traced=False,
    ),
]


def quality(run: "ModelRun") -> str:
    """``Right for 24.1 % of 812 customers; the most popular products alone: 17.9 %.``"""
    if not run.result.get("tested"):
        return _("How well it does cannot be told yet.") if run.result else ""
    shares = {way: _share(run, way) for way in ("popular", run.result["taken"])}
    if run.result["taken"] == "popular":
        text = _("Right for %(share)s of %(customers)s customers, with what is popular; nothing else did better.")
        return text % {"share": _words(shares["popular"]), "customers": run.quality["tested"]}
    text = _("Right for %(share)s of %(customers)s customers; with what is popular alone: %(popular)s.")
    return text % {
        "share": _words(shares[run.result["taken"]]),
        "customers": run.quality["tested"],
        "popular": _words(shares["popular"]),
    }


def page(run: "ModelRun", *, segments: bool) -> dict[str, Any]:
    """What the page shows beyond the run itself."""
    taken = run.result["taken"]
    return {
        "taken": WAYS[taken],
        "tested": run.result["tested"],
        "with_factors": run.result["with_factors"],
        "quality_text": quality(run),
        "ways": [_way(run, way) for way in WAYS if f"hits_{way}" in run.quality] if run.result["tested"] else [],
        "by_way": _chart(run) if run.result["tested"] else None,
        "told": shown(run.result["told"], COUNT, ""),
        "articles": shown(run.result["articles"], COUNT, ""),
        "days": round(run.quality["days"]),
        "segments": _segments(run) if segments else [],
    }


def tables(run: "ModelRun") -> list[ReportTable]:
    names = [column.name for column in PAIRS]
    rows = [dict(zip(names, row, strict=True)) for row in run.result.get("pairs", [])]
    return [
        ReportTable(
            "pairs",
            _("Bought by the same customers"),
            PAIRS,
            arrow(rows, PAIRS),
            "bought",
            _("Pairs of products that at least five customers have both bought, those of the most customers first."),
        )
    ]


def _share(run: "ModelRun", way: str) -> Proportion:
    return Proportion(round(run.quality[f"hits_{way}"]), round(run.quality["tested"]))


def _words(proportion: Proportion) -> str:
    return shown(proportion.value, SHARE, "")


def _way(run: "ModelRun", way: str) -> dict[str, Any]:
    share = _share(run, way)
    low, high = wilson(share)
    return {
        "label": WAYS[way],
        "share": _words(share),
        "between": f"{percent(low)}–{percent(high)} %",
        "taken": way == run.result["taken"],
    }


def _chart(run: "ModelRun") -> dict[str, Any]:
    ways = [way for way in WAYS if f"hits_{way}" in run.quality]
    return {
        "guanxi": unit("percent"),
        "xAxis": {"type": "category", "data": [str(WAYS[way]) for way in ways], "axisLabel": LABELS},
        "yAxis": {"type": "value", "min": 0},
        "series": [{"type": "bar", "name": _("Right for"), "data": [round(_share(run, way).value, 4) for way in ways]}],
    }


def _segments(run: "ModelRun") -> list[dict[str, Any]]:
    """One for the product that most pairs lead to."""
    if not run.result["pairs"]:
        return []
    wanted = run.result["pairs"][0][1]
    return [
        {
            "label": _("Likely to want “%(product)s”") % {"product": wanted},
            "text": _("Customers to whom it would be new, and for whom it is among the five likeliest."),
            "definition": {"condition": "wants_product", "values": [wanted]},
        }
    ]
