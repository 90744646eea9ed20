"""Narrowing a list: each filter reads its parameters from the address, says in words what it does, and does it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Rows = QuerySet[Any]
Apply = Callable[[Rows, Any], Rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Base of all filters. ``field`` defaults to ``key``; ``apply`` replaces the plain comparison of a field."""

    key: str
    label: Promise | str
    field: str = ""
    apply: Apply | None = None
    template: ClassVar[str]

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters it reads."""
        return (self.key,)

    def read(self, parameters: QueryDict) -> Any:
        """The value asked for, or None. What makes no sense is as if it were not there."""
        raise NotImplementedError

    def describe(self, value: Any) -> str:
        raise NotImplementedError

    def narrow(self, rows: Rows, value: Any) -> Rows:
        return self.apply(rows, value) if self.apply else self.compare(rows, self.field or self.key, value)

    def compare(self, rows: Rows, field: str, value: Any) -> Rows:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceFilter(Filter):
    """One or more of some choices; its value is a list of them."""

    choices: Sequence[tuple[Any, Any]] | Callable[[], Iterable[tuple[Any, Any]]] = ()
    template: ClassVar[str] = "core/table/filter_choice.html"

    def options(self) -> list[tuple[str, str]]:
        given = self.choices() if callable(self.choices) else self.choices
        return [(str(value), str(label)) for value, label in given]

    def read(self, parameters: QueryDict) -> list[str] | None:
        wanted = set(parameters.getlist(self.key))
        return [value for value, _label in self.options() if value in wanted] or None if wanted else None

    def describe(self, value: list[str]) -> str:
        return ", ".join(label for key, label in self.options() if key in value)

    def compare(self, rows: Rows, field: str, value: list[str]) -> Rows:
        return rows.filter(**{f"{field}__in": value})


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFilter(Filter):
    lookup: str = "icontains"
    template: ClassVar[str] = "core/table/filter_text.html"

    def read(self, parameters: QueryDict) -> str | None:
        return parameters.get(self.key, "").strip()[:200].replace("\0", "") or None

    def describe(self, value: str) -> str:
        return value

    def compare(self, rows: Rows, field: str, value: str) -> Rows:
        return rows.filter(**{f"{field}__{self.lookup}": value})


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeFilter(Filter):
    """From and to, either may be missing; its value is the pair."""

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.key}_from", f"{self.key}_to")

    def read(self, parameters: QueryDict) -> tuple[Any, Any] | None:
        low, high = (self.parse(parameters.get(name, "").strip()) for name in self.names)
        return None if low is None and high is None else (low, high)

    def parse(self, text: str) -> Any:
        raise NotImplementedError

    def describe(self, value: tuple[Any, Any]) -> str:
        low, high = value
        if high is None:
            return _("from %(low)s") % {"low": low}
        if low is None:
            return _("up to %(high)s") % {"high": high}
        return f"{low} – {high}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateFilter(RangeFilter):
    """Days of the active time zone, both included, compared with a time."""

    template: ClassVar[str] = "core/table/filter_date.html"

    def parse(self, text: str) -> date | None:
        try:
            day = parse_date(text)
        except ValueError:
            return None
        return day if day and day.year < 9999 else None

    def compare(self, rows: Rows, field: str, value: tuple[date | None, date | None]) -> Rows:
        first, last = value
        if first:
            rows = rows.filter(**{f"{field}__gte": _begin(first)})
        return rows.filter(**{f"{field}__lt": _begin(last + timedelta(days=1))}) if last else rows


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFilter(RangeFilter):
    """A span of numbers. ``scale`` 100 lets people type money whose field is in minor units."""

    scale: int = 1
    template: ClassVar[str] = "core/table/filter_number.html"

    def parse(self, text: str) -> Decimal | None:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        return number if number.is_finite() and abs(number) < 10**15 else None

    def compare(self, rows: Rows, field: str, value: tuple[Decimal | None, Decimal | None]) -> Rows:
        low, high = value
        if low is not None:
            rows = rows.filter(**{f"{field}__gte": low * self.scale})
        return rows.filter(**{f"{field}__lte": high * self.scale}) if high is not None else rows


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
