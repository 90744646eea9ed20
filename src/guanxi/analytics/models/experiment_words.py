"""An experiment's result in a sentence or two for people, in the active language."""

from math import floor, log10

from babel.numbers import format_decimal, format_percent
from django.utils.translation import gettext as _

from guanxi.analytics.models.experiment import (
    MIN_BUYERS,
    MIN_CUSTOMERS,
    WORTH_FINDING,
    Comparison,
    Shortfall,
    Verdict,
)
from guanxi.core.money import display

STRONG = 0.01
"""Below this adjusted p-value a difference is called *very* unlikely to be chance."""


def sentence(comparison: Comparison, *, currency: str, locale: str) -> str:
    """What the comparison says about money per customer, with amounts written for ``locale`` (``en``, ``zh-hans``)."""
    match comparison.verdict:
        case Verdict.MORE | Verdict.LESS:
            return _difference(comparison, currency, locale)
        case Verdict.NO_DIFFERENCE:
            return _joined(_no_difference(comparison, currency, locale), _what_is_needed(comparison, currency, locale))
        case Verdict.NOT_ENOUGH_DATA:
            return _joined(_too_thin(comparison, locale), _what_is_needed(comparison, currency, locale))
        case Verdict.UNEQUAL_GROUPS:
            return _(
                "The groups do not have the planned sizes, so customers were divided or counted wrongly. "
                "Do not trust the difference before the reason is found."
            )


def _difference(comparison: Comparison, currency: str, locale: str) -> str:
    effect = comparison.revenue
    more = comparison.verdict == Verdict.MORE
    low, high = _bounds(comparison)
    if more:
        text = _(
            "Customers who got %(variant)s spent %(amount)s more than the control group (between %(low)s and %(high)s)."
        )
    else:
        text = _(
            "Customers who got %(variant)s spent %(amount)s less than the control group (between %(low)s and %(high)s)."
        )
        low, high = -high, -low
    amounts = {"amount": abs(effect.difference.value), "low": low, "high": high}
    shown = {name: display(round(amount), currency, locale=locale) for name, amount in amounts.items()}
    strong = effect.adjusted_p_value is not None and effect.adjusted_p_value < STRONG
    trust = _("It is very unlikely to be chance.") if strong else _("It is unlikely to be chance.")
    return _joined(text % {"variant": comparison.variant.name, **shown}, trust)


def _no_difference(comparison: Comparison, currency: str, locale: str) -> str:
    low, high = _bounds(comparison)
    if low > 0 or high < 0:
        text = _(
            "Alone, %(variant)s would differ from the control group (between %(low)s and %(high)s per customer), but "
            "among several variants one often does by chance. No difference can be shown yet."
        )
    else:
        text = _(
            "No difference can be shown yet between %(variant)s and the control group: "
            "it may be anything between %(low)s and %(high)s per customer."
        )
    shown = {name: display(round(bound), currency, locale=locale) for name, bound in (("low", low), ("high", high))}
    return text % {"variant": comparison.variant.name, **shown}


def _bounds(comparison: Comparison) -> tuple[float, float]:
    difference = comparison.revenue.difference
    assert difference.low is not None and difference.high is not None, "such a verdict is only given with an interval"
    return difference.low, difference.high


def _too_thin(comparison: Comparison, locale: str) -> str:
    variant, control = comparison.variant, comparison.control
    match comparison.shortfalls[0]:
        case Shortfall.CUSTOMERS:
            text = _(
                "Not enough data yet: each group needs at least %(least)s customers; "
                "%(variant)s has %(of_variant)s and the control group %(of_control)s."
            )
            least, counts = MIN_CUSTOMERS, (variant.customers, control.customers)
        case Shortfall.BUYERS:
            text = _(
                "Not enough data yet: each group needs at least %(least)s buyers; "
                "%(variant)s has %(of_variant)s and the control group %(of_control)s."
            )
            least, counts = MIN_BUYERS, (variant.buyers, control.buyers)
        case Shortfall.VARIATION:
            return _("Not enough data yet: all customers spent the same amount, so nothing can be compared.")
    numbers = {"least": least, "of_variant": counts[0], "of_control": counts[1]}
    return text % {
        "variant": variant.name,
        **{name: format_decimal(number, locale=_babel(locale)) for name, number in numbers.items()},
    }


def _what_is_needed(comparison: Comparison, currency: str, locale: str) -> str:
    needed, present = comparison.customers_needed, comparison.variant.customers + comparison.control.customers
    if needed is not None and needed > present:
        return _("To show a lift of %(lift)s takes about %(customers)s customers in the two groups together.") % {
            "lift": format_percent(WORTH_FINDING, locale=_babel(locale)),
            "customers": format_decimal(_two_digits(needed), locale=_babel(locale)),
        }
    if comparison.detectable is not None and not comparison.shortfalls:
        return _("Groups of this size usually show a difference of %(amount)s per customer or more.") % {
            "amount": display(round(comparison.detectable), currency, locale=locale)
        }
    return ""


def _two_digits(number: int) -> int:
    """Rounded to two significant digits: more would claim a precision that a forecast does not have."""
    return round(number, 1 - floor(log10(number)))


def _joined(first: str, second: str) -> str:
    # Languages differ in what stands between two sentences.
    return _("%(first)s %(second)s") % {"first": first, "second": second} if second else first


def _babel(locale: str) -> str:
    return locale.replace("-", "_")
