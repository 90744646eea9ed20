"""The customer value model in words and charts for a merchant, in the active language."""

from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanxi.analytics.reports.base import MONEY, SHARE
from guanxi.analytics.reports.words import shown
from guanxi.core.web.charts import unit

if TYPE_CHECKING:
    from guanxi.analytics.models.stored import ModelRun

MODEL_NAMES: dict[str, Promise] = {
    "bg_nbd": gettext_lazy("BG/NBD: a customer may leave after an order, and one who ordered once is still there"),
    "mbg_nbd": gettext_lazy("MBG/NBD: a customer may leave after any order, the first included"),
    "pareto_nbd": gettext_lazy("Pareto/NBD: a customer may leave at any time"),
}
MEANINGS: dict[str, Promise] = {
    "r": gettext_lazy("How alike customers are in how often they buy: the larger, the more alike."),
    "alpha": gettext_lazy("Days; alpha divided by r is the usual time between two purchases of a customer who stays."),
    "a": gettext_lazy("With b: after a purchase, a / (a + b) of the customers leave for good."),
    "b": gettext_lazy("With a; the smaller the two, the more customers differ in their loyalty."),
    "s": gettext_lazy("How alike customers are in how soon they leave: the larger, the more alike."),
    "beta": gettext_lazy("Days; beta divided by s is how long a customer usually stays."),
    "p": gettext_lazy("How steady the amounts of one customer are: the larger, the steadier."),
    "q": gettext_lazy("How alike customers are in what they spend: the larger, the more alike."),
    "gamma": gettext_lazy("Amount in the smallest unit; p × gamma / (q − 1) is what a purchase is worth on average."),
}
GOOD, FAIR = 0.10, 0.25
RISKY = 70
"""Percent of churn risk from which the page calls customers likely to leave."""


def quality(run: "ModelRun") -> str:
    """``Expected 1,180 purchases in 13 weeks it had not seen; there were 1,234 (−4.4 %).``"""
    if not run.quality:
        return ""
    weeks, expected, seen = run.quality["weeks"], round(run.quality["expected"]), run.quality["seen"]
    numbers = {
        "weeks": weeks,
        "expected": number_format(expected, force_grouping=True),
        "seen": number_format(seen, force_grouping=True),
    }
    text = ngettext(
        "In the last week, which it had not seen, it expected %(expected)s purchases; there were %(seen)s.",
        "In the last %(weeks)d weeks, which it had not seen, it expected %(expected)s purchases; there were %(seen)s.",
        weeks,
    )
    return text % numbers


def verdict(error: float | None) -> tuple[str, str]:
    """A word and a colour for how far the expectation was off."""
    if error is None:
        return _("not tested"), "secondary"
    if abs(error) <= GOOD:
        return _("good"), "green"
    return (_("fair"), "yellow") if abs(error) <= FAIR else (_("poor"), "red")


def page(run: "ModelRun", *, segments: bool) -> dict[str, Any]:
    """What the page shows beyond the run itself."""
    result, error = run.result, run.quality.get("error")
    word, color = verdict(error)
    return {
        "numbers": _numbers(run),
        "quality_word": word,
        "quality_color": color,
        "quality_error": shown(error, SHARE, run.currency) if error is not None else "",
        "quality_text": quality(run),
        "by_orders": _by_orders(result["calibration"]) if result.get("calibration") else None,
        "by_week": _by_week(result["calibration"]) if result.get("calibration") else None,
        "alive": _chances(result["alive"], _("Customers")),
        "churn": _chances(result["churn"], _("Customers")),
        "values": _values(result["values"], run.currency),
        "top_share": _top_share(result["values"], run.currency),
        "model_name": MODEL_NAMES.get(result["model"], result["model"]),
        "likelihoods": [
            {"name": MODEL_NAMES.get(name, name), "value": f"{value:.4f}", "chosen": name == result["model"]}
            for name, value in result["log_likelihoods"].items()
        ],
        "parameters": _parameters(run),
        "segments": _segments(run) if segments else [],
    }


def _numbers(run: "ModelRun") -> list[dict[str, str]]:
    totals = run.result["totals"]
    low, high = (shown(round(totals[f"lifetime_value_{end}"]), MONEY, run.currency) for end in ("low", "high"))
    return [
        {
            "label": _("Customers still there"),
            "value": number_format(round(totals["p_alive"]), force_grouping=True),
            "hint": _("of %(count)s who have bought") % {"count": number_format(run.customers, force_grouping=True)},
            "text": _("The sum of everyone's chance not to have left for good"),
        },
        {
            "label": _("Purchases expected in 90 days"),
            "value": number_format(round(totals["expected_orders_90"]), force_grouping=True),
            "hint": _("%(count)s in 30 days")
            % {"count": number_format(round(totals["expected_orders_30"]), force_grouping=True)},
            "text": _("From those who have bought until now; new customers come on top. Orders of one day count once."),
        },
        {
            "label": _("Value of your customers"),
            "value": shown(round(totals["lifetime_value"]), MONEY, run.currency),
            "hint": _("between %(low)s and %(high)s") % {"low": low, "high": high},
            "text": _(
                "What they are expected to spend in the next twelve months, net of refunds, later money counting 1 % "
                "less a month. The range is the sum of each customer's."
            ),
        },
    ]


def _by_orders(calibration: dict[str, Any]) -> dict[str, Any]:
    groups = calibration["groups"]
    return _compared(
        [_orders_words(group["fewest"], group["most"]) for group in groups],
        [round(group["expected"] / group["customers"], 3) for group in groups],
        [round(group["seen"] / group["customers"], 3) for group in groups],
        kind="bar",
        axis=_("Purchases before"),
    )


def _by_week(calibration: dict[str, Any]) -> dict[str, Any]:
    weeks = range(1, calibration["weeks"] + 1)
    expected = [round(value, 1) for value in calibration["expected_by_week"]]
    return _compared([str(week) for week in weeks], expected, calibration["seen_by_week"], kind="line", axis=_("Week"))


def _compared(labels: list[str], expected: list[float], seen: list[float], *, kind: str, axis: str) -> dict[str, Any]:
    return {
        "guanxi": unit("number"),
        "xAxis": {"type": "category", "data": labels, "name": axis},
        "yAxis": {"type": "value", "min": 0},
        "series": [
            {"type": kind, "name": _("Expected"), "data": expected},
            {"type": kind, "name": _("Seen"), "data": seen},
        ],
    }


def _orders_words(fewest: int, most: int | None) -> str:
    if most is None:
        return _("%(number)d and more") % {"number": fewest}
    return str(fewest) if fewest == most else f"{fewest}–{most}"


def _chances(counts: list[int], name: str) -> dict[str, Any]:
    labels = [f"{start}–{start + 10} %" for start in range(0, 100, 10)]
    return {
        "guanxi": unit("number"),
        "xAxis": {"type": "category", "data": labels},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "name": name, "data": counts}],
    }


def _values(tenths: list[dict[str, Any]], currency: str) -> dict[str, Any]:
    return {
        "guanxi": unit("money", currency=currency),
        "xAxis": {"type": "category", "data": [str(place) for place in range(1, len(tenths) + 1)]},
        "yAxis": {"type": "value"},
        "series": [{"type": "bar", "name": _("Expected value"), "data": [tenth["value"] for tenth in tenths]}],
    }


def _top_share(tenths: list[dict[str, Any]], currency: str) -> str:
    whole = sum(tenth["value"] for tenth in tenths)
    return shown(tenths[0]["value"] / whole, SHARE, currency) if whole and len(tenths) == 10 else ""


def _parameters(run: "ModelRun") -> list[dict[str, str]]:
    errors = run.result["errors"]
    return [
        {
            "name": name,
            "value": number_format(float(f"{value:.4g}"), force_grouping=True),
            "error": f"± {100 * errors[name]:.0f} %",
            "meaning": str(MEANINGS.get(name, "")),
        }
        for name, value in run.parameters.items()
    ]


def _segments(run: "ModelRun") -> list[dict[str, Any]]:
    """Segments that suggest themselves, with their definitions."""
    tenths = run.result["values"]
    least = int(tenths[0]["least"])
    valuable = {"condition": "lifetime_value", "amount": {"at_least": max(least, 1)}}
    leaving = {"condition": "churn_risk", "percent": [RISKY, 100]}
    staying = {"condition": "churn_risk", "percent": [0, 100 - RISKY]}
    return [
        {
            "label": _("The most valuable tenth"),
            "text": _("Treat them well: a large part of next year's money is theirs."),
            "definition": valuable,
        },
        {
            "label": _("Valuable, and likely to stay away"),
            "text": _("Worth a call or a gift before they are gone."),
            "definition": {"match": "all", "of": [_above_average(run), leaving]},
        },
        {
            "label": _("Will come anyway"),
            "text": _("They need no discount to come back."),
            "definition": staying,
        },
    ]


def _above_average(run: "ModelRun") -> dict[str, Any]:
    average = round(run.result["totals"]["lifetime_value"] / max(run.customers, 1))
    return {"condition": "lifetime_value", "amount": {"at_least": max(average, 1)}}
