"""Numbers as people read them on the page, and as programs read them in the CSV: the same number, rounded the same."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.numbers import format_decimal, format_percent
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guanxi.analytics.reports.base import COUNT, DATE, MONEY, SHARE, UNITS, Column
from guanxi.analytics.reports.periods import Period
from guanxi.core import money

LOCALES = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
NOTHING = "–"


def locale() -> str:
    """The current language as Babel names it."""
    return LOCALES.get(get_language() or "en", "en")


def percent(share: float) -> Decimal:
    """A share in percent with one decimal place, half a tenth away from zero."""
    return (Decimal(repr(share)) * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def pieces(units: float) -> Decimal:
    """Units with two decimal places at most."""
    rounded = Decimal(repr(units)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded.normalize()


def shown(value: Any, unit: str, currency: str) -> str:
    """For people of the current language."""
    if value is None:
        return NOTHING
    if unit == MONEY:
        return money.display(value, currency, locale=locale())
    if unit == SHARE:
        return format_percent(percent(value) / 100, format="#,##0.0%", locale=locale())
    if unit in (COUNT, UNITS):
        return format_decimal(pieces(value) if unit == UNITS else value, format="#,##0.##", locale=locale())
    return date_format(value, "DATE_FORMAT") if unit == DATE else str(value)


def plain(value: Any, unit: str, currency: str) -> str:
    """For a cell of a CSV: ``1234.50``, ``42.3`` (percent), ``2026-05-10``; empty for nothing.

    Words that a spreadsheet would run as a formula get an apostrophe in front.
    """
    if value is None:
        return ""
    if unit == MONEY:
        return str(money.to_decimal(value, currency))
    if unit == SHARE:
        return str(percent(value))
    if unit in (COUNT, UNITS):
        return f"{pieces(value):f}" if unit == UNITS else str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return f"'{value}" if str(value).startswith(FORMULA_SIGNS) else str(value)


def heading(column: Column, currency: str) -> str:
    """A column's heading in a CSV: its label, with what its numbers are in."""
    if column.unit == MONEY:
        return _("%(label)s (%(unit)s)") % {"label": column.label, "unit": currency}
    if column.unit == SHARE:
        return _("%(label)s (%(unit)s)") % {"label": column.label, "unit": "%"}
    return str(column.label)


def period_words(period: Period) -> str:
    """``1 May 2026 – 31 May 2026``, or the one day."""
    start, last = (date_format(day, "DATE_FORMAT") for day in (period.start, period.last))
    return start if period.days == 1 else _("%(start)s – %(end)s") % {"start": start, "end": last}


def step_words(first: date, grain: str) -> str:
    """A step of time as short as an axis wants it: ``2026-05`` or ``2026-05-10``."""
    return f"{first:%Y-%m}" if grain == "month" else first.isoformat()
