"""Parameters that measure: comparisons of counts and amounts, and periods of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guanxi.core import money
from guanxi.segments.conditions.fields import Field, Form, Json, Text, one
from guanxi.segments.conditions.names import Names
from guanxi.segments.errors import BadValue

LOCALES = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}
MOST = 10**15
LONGEST = 36_500


def amount_words(minor: float, currency: str) -> str:
    """Minor units as people of the current language read money."""
    return money.display(round(minor), currency, locale=LOCALES.get(get_language() or "en", "en"))


@dataclass(frozen=True, kw_only=True)
class Comparison(Field):
    """A whole number compared: ``{"at_least": 2}``, ``{"at_most": 2}``, ``{"exactly": 2}``, ``{"between": [2, 5]}``.

    Both ends of ``between`` are included. Amounts are minor units of the merchant's currency.
    """

    template: ClassVar[str] = "segments/fields/comparison.html"
    money: bool = False
    OPERATORS: ClassVar[Sequence[tuple[str, Text]]] = (
        ("at_least", gettext_lazy("at least")),
        ("at_most", gettext_lazy("at most")),
        ("exactly", gettext_lazy("exactly")),
        ("between", gettext_lazy("between")),
    )

    def clean(self, raw: Json) -> dict[str, Any]:
        if not isinstance(raw, dict) or len(raw) != 1 or (operator := next(iter(raw))) not in dict(self.OPERATORS):
            known = ", ".join(name for name, _label in self.OPERATORS)
            raise BadValue(_("must be one comparison: %(known)s") % {"known": known})
        given = raw[operator]
        numbers = given if operator == "between" else [given]
        if not isinstance(numbers, list | tuple) or len(numbers) != (2 if operator == "between" else 1):
            raise BadValue(_("“between” takes two numbers"))
        for number in numbers:
            if type(number) is not int or abs(number) > MOST:
                raise BadValue(_("enter a whole number") if not self.money else _("enter an amount"))
        if operator == "between" and numbers[0] > numbers[1]:
            raise BadValue(_("the first number must not be the larger"))
        return {operator: list(numbers) if operator == "between" else numbers[0]}

    def read(self, form: Form, prefix: str, names: Names) -> Json:
        operator = one(form, f"{prefix}.op")
        if not operator:
            return self.initial
        first = self._number(one(form, f"{prefix}.value"), names)
        return {operator: [first, self._number(one(form, f"{prefix}.to"), names)] if operator == "between" else first}

    def _number(self, text: str, names: Names) -> int | None:
        try:
            return money.to_minor(text, names.currency) if self.money else int(text)
        except ValueError:
            return None

    def options(self, value: Json, names: Names) -> Sequence[tuple[str, Text, bool]]:
        return [(operator, label, operator in (value or {})) for operator, label in self.OPERATORS]

    def inputs(self, value: Json, names: Names) -> list[str]:
        """The one or two numbers as the form shows them."""
        given = next(iter(value.values())) if isinstance(value, dict) and value else None
        numbers = given if isinstance(given, list) and len(given) == 2 else [given, None]
        return ["" if n is None else str(money.to_decimal(n, names.currency) if self.money else n) for n in numbers]

    def words(self, value: dict[str, Any], names: Names) -> str:
        operator, given = next(iter(value.items()))
        if operator == "between":
            low, high = (self._shown(number, names) for number in given)
            return _("between %(low)s and %(high)s") % {"low": low, "high": high}
        patterns = {
            "at_least": _("at least %(number)s"),
            "at_most": _("at most %(number)s"),
            "exactly": _("exactly %(number)s"),
        }
        return patterns[operator] % {"number": self._shown(given, names)}

    def _shown(self, number: int, names: Names) -> str:
        return amount_words(number, names.currency) if self.money else number_format(number, use_l10n=True)


def compare(measured: Any, value: dict[str, Any]) -> Any:
    """The comparison as an expression (or plain truth, when ``measured`` is a number)."""
    operator, given = next(iter(value.items()))
    if operator == "at_least":
        return measured >= given
    if operator == "at_most":
        return measured <= given
    if operator == "exactly":
        return measured == given
    return (measured >= given[0]) & (measured <= given[1])


@dataclass(frozen=True, kw_only=True)
class Period(Field):
    """A stretch of time: ``{"last_days": 30}``, ``{"before_days": 180}`` (longer ago than that), or null: ever.

    ``{"from": "2026-01-01", "to": "2026-03-31"}`` are whole days of the merchant's zone, both included; one may be
    missing.
    """

    template: ClassVar[str] = "segments/fields/period.html"
    ever: bool = True
    """May be left open."""
    CHOICES: ClassVar[Sequence[tuple[str, Text]]] = (
        ("ever", gettext_lazy("at any time")),
        ("last_days", gettext_lazy("in the last … days")),
        ("before_days", gettext_lazy("more than … days ago")),
        ("dates", gettext_lazy("between dates")),
    )

    def clean(self, raw: Json) -> dict[str, Any] | None:
        if raw is None and self.ever:
            return None
        if not isinstance(raw, dict) or not raw:
            raise BadValue(_("choose a period"))
        if len(raw) == 1 and (unit := next(iter(raw))) in ("last_days", "before_days"):
            days = raw[unit]
            if type(days) is not int or not 1 <= days <= LONGEST:
                raise BadValue(_("enter a number of days"))
            return {unit: days}
        if not raw.keys() <= {"from", "to"}:
            raise BadValue(_("must be last_days, before_days, or from and to"))
        dates = {end: _date(raw[end]) for end in ("from", "to") if raw.get(end)}
        if not dates:
            raise BadValue(_("enter a date"))
        if len(dates) == 2 and dates["from"] > dates["to"]:
            raise BadValue(_("the first date must not be the later"))
        return {end: day.isoformat() for end, day in dates.items()}

    def read(self, form: Form, prefix: str, names: Names) -> Json:
        unit = one(form, f"{prefix}.unit")
        if unit in ("last_days", "before_days"):
            days = one(form, f"{prefix}.days")
            return {unit: int(days) if days.isdecimal() else None}
        if unit == "dates":
            return {end: one(form, f"{prefix}.{end}") or None for end in ("from", "to")}
        return None if unit == "ever" else self.initial

    def options(self, value: Json, names: Names) -> Sequence[tuple[str, Text, bool]]:
        now = "ever" if not value else next((unit for unit in ("last_days", "before_days") if unit in value), "dates")
        return [(unit, label, unit == now) for unit, label in self.CHOICES if self.ever or unit != "ever"]

    def inputs(self, value: Json, names: Names) -> dict[str, str]:
        value = value or {}
        days = value.get("last_days") or value.get("before_days") or ""
        return {"days": str(days), "from": value.get("from") or "", "to": value.get("to") or ""}

    def words(self, value: dict[str, Any] | None, names: Names) -> str:
        """Empty for "ever"."""
        if not value:
            return ""
        if days := value.get("last_days"):
            return _("in the last %(days)d days") % {"days": days}
        if days := value.get("before_days"):
            return _("more than %(days)d days ago") % {"days": days}
        start, end = (value.get(name) and date_format(_date(value[name]), "DATE_FORMAT") for name in ("from", "to"))
        if start and end:
            return _("between %(start)s and %(end)s") % {"start": start, "end": end}
        return _("since %(start)s") % {"start": start} if start else _("until %(end)s") % {"end": end}


def _date(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadValue(_("must be a date such as 2026-05-10")) from None


def bounds(value: dict[str, Any] | None, *, now: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """The period as aware UTC times: from the first, included, to the second, excluded; None is open."""
    if not value:
        return None, None
    if days := value.get("last_days"):
        return now - timedelta(days=days), None
    if days := value.get("before_days"):
        return None, now - timedelta(days=days)
    start = datetime.combine(_date(value["from"]), time.min, zone).astimezone(UTC) if value.get("from") else None
    end = None
    if value.get("to"):
        end = datetime.combine(_date(value["to"]) + timedelta(days=1), time.min, zone).astimezone(UTC)
    return start, end


def local_days(value: dict[str, Any], *, today: date) -> tuple[date | None, date | None]:
    """The period for days of the calendar, both ends included; None is open. The last days end today."""
    if days := value.get("last_days"):
        return today - timedelta(days=days), today
    if days := value.get("before_days"):
        return None, today - timedelta(days=days + 1)
    first, last = (_date(value[name]) if value.get(name) else None for name in ("from", "to"))
    return first, last
