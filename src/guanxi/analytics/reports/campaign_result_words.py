"""A campaign's result in words: the sentences that come first, and its numbers as people read them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from babel.numbers import format_percent
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guanxi.analytics.models.experiment import Comparison, Verdict
from guanxi.analytics.models.experiment_words import sentence
from guanxi.analytics.models.intervals import Estimate
from guanxi.analytics.reports.campaign_result import ALL_ARMS, CampaignResult
from guanxi.core import money

COLOURS = {
    Verdict.MORE: "success",
    Verdict.LESS: "danger",
    Verdict.NO_DIFFERENCE: "info",
    Verdict.NOT_ENOUGH_DATA: "info",
    Verdict.UNEQUAL_GROUPS: "danger",
}


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence of the result, with the colour of its box."""

    text: str
    color: str


def locale() -> str:
    """The page's language as Babel names it."""
    return {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}.get(get_language() or "en", "en")


def sayings(result: CampaignResult) -> list[Saying]:
    """What the result says: of each variant, and of all together when there are several."""
    if result.experiment is None:
        text = _("Nobody was held out, so what this campaign earned beyond what would have come anyway cannot be told.")
        return [Saying(text, "info")]
    found = [_said(comparison, result) for comparison in result.experiment.comparisons]
    mismatch = result.experiment.sizes is not None and result.experiment.sizes.mismatch
    if mismatch:
        return found[:1]
    return [_said(result.overall, result), *found] if len(found) > 1 and result.overall else found


def _said(comparison: Comparison, result: CampaignResult) -> Saying:
    text = sentence(comparison, currency=result.currency, locale=locale())
    return Saying(text, COLOURS[comparison.verdict])


def amount(value: float | None, currency: str) -> str:
    """Minor units, rounded to whole ones."""
    return "–" if value is None else money.display(round(value), currency, locale=locale())


def percent(value: float | None) -> str:
    return "–" if value is None else format_percent(value, format="#,##0.0%", locale=locale())


def signed_percent(value: float | None) -> str:
    return "–" if value is None else format_percent(value, format="+#,##0.0%;-#,##0.0%", locale=locale())


def lift(estimate: Estimate | None) -> tuple[str, str]:
    """A lift, and its interval (empty where none is claimed)."""
    if estimate is None:
        return "–", ""
    return signed_percent(estimate.value), between(estimate, signed_percent)


def money_between(estimate: Estimate | None, currency: str) -> tuple[str, str]:
    """An amount, and its interval (empty where none is claimed)."""
    if estimate is None:
        return "–", ""
    return amount(estimate.value, currency), between(estimate, lambda value: amount(value, currency))


def between(estimate: Estimate, show: Callable[[float], str]) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return _("%(low)s to %(high)s") % {"low": show(estimate.low), "high": show(estimate.high)}


def shares(result: CampaignResult) -> list[tuple[str, int, str, str]]:
    """Of each arm: name, customers, planned share, share that came out."""
    planned, whole = result.campaign.planned_shares, sum(arm.totals.customers for arm in result.arms)
    return [
        (
            arm.name,
            arm.totals.customers,
            percent(planned.get(arm.arm)),
            percent(arm.totals.customers / whole if whole else None),
        )
        for arm in result.arms
    ]


@dataclass(frozen=True, slots=True)
class Interval:
    """A line of the interval chart; positions in percent of its width."""

    name: str
    value: str
    between: str
    left: float
    width: float
    point: float
    zero: float
    clear: bool
    """The interval leaves out zero."""


def intervals(result: CampaignResult) -> Sequence[Interval]:
    """Money per customer beyond the control group, for the comparisons that have an interval."""
    named = [(arm.name, result.comparisons[arm.arm]) for arm in result.variants if arm.arm in result.comparisons]
    if len(named) > 1 and ALL_ARMS in result.comparisons:
        named.insert(0, (_("All variants"), result.comparisons[ALL_ARMS]))
    known = [
        (name, difference, difference.low, difference.high)
        for name, comparison in named
        if (difference := comparison.revenue.difference).low is not None and difference.high is not None
    ]
    if not known:
        return []
    lowest, highest = min(0.0, *(low for _n, _d, low, _h in known)), max(0.0, *(high for _n, _d, _l, high in known))
    margin = (highest - lowest) * 0.05 or 1.0
    start, width = lowest - margin, highest - lowest + 2 * margin

    def place(value: float) -> float:
        return round(100 * (value - start) / width, 2)

    return [
        Interval(
            name=name,
            value=amount(difference.value, result.currency),
            between=between(difference, lambda value: amount(value, result.currency)),
            left=place(low),
            width=round(100 * (high - low) / width, 2),
            point=place(difference.value),
            zero=place(0),
            clear=low > 0 or high < 0,
        )
        for name, difference, low, high in known
    ]
