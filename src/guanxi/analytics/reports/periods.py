"""Periods of whole days in the merchant's time zone, and the same on the clock of a warehouse that keeps UTC.

A period holds its first day and not its end: half-open, from midnight to midnight in the merchant's zone, so that
periods side by side share no order and miss none.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAY = timedelta(days=1)
GRAINS: Mapping[str, Promise] = {"day": _("by day"), "week": _("by week"), "month": _("by month")}
_DUCKDB_AND_SPARK_UNITS = {"day": "D", "week": "W", "month": "M"}


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start``, included, to ``end``, excluded."""

    start: date
    end: date

    @property
    def last(self) -> date:
        """The last day inside."""
        return self.end - DAY

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The same as UTC times: from the first, included, to the second, excluded."""
        return midnight(self.start, zone), midnight(self.end, zone)

    def holds(self, moment: Any, zone: ZoneInfo) -> Any:
        """Whether a column of times lies in the period, as an Ibis expression."""
        start, end = self.bounds(zone)
        return (moment >= instant(start)) & (moment < instant(end))

    def meet(self, other: "Period") -> "Period":
        """The days in both."""
        start = max(self.start, other.start)
        return Period(start, max(start, min(self.end, other.end)))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def instant(moment: datetime) -> Any:
    import ibis

    return ibis.literal(moment.astimezone(UTC), type="timestamp('UTC')")


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - DAY).day))


@dataclass(frozen=True, slots=True)
class Preset:
    """A period with a name. ``days`` takes today; ``before`` the period and gives the one to compare it with."""

    label: Promise
    days: Callable[[date], Period]
    before: Callable[[Period], Period]


def the_same_days_before(period: Period) -> Period:
    return Period(period.start - (period.end - period.start), period.start)


def _months_before(months: int) -> Callable[[Period], Period]:
    """The same days so many months earlier."""
    return lambda period: Period(add_months(period.start, -months), add_months(period.last, -months) + DAY)


PRESETS: Mapping[str, Preset] = {
    "month": Preset(_("This month"), lambda today: Period(today.replace(day=1), today + DAY), _months_before(1)),
    "30d": Preset(_("Last 30 days"), lambda today: Period(today - 29 * DAY, today + DAY), the_same_days_before),
    "90d": Preset(_("Last 90 days"), lambda today: Period(today - 89 * DAY, today + DAY), the_same_days_before),
    "year": Preset(_("This year"), lambda today: Period(date(today.year, 1, 1), today + DAY), _months_before(12)),
    "12m": Preset(
        _("Last 12 months"),
        lambda today: Period(add_months(today.replace(day=1), -11), today + DAY),
        _months_before(12),
    ),
}
"""``all`` (from the first sale to the last) and ``custom`` are made where the data and the form are."""
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


def fitting_grain(period: Period) -> str:
    """Steps that make a chart readable: some dozens."""
    return "day" if period.days <= 45 else "week" if period.days <= 190 else "month"


def step_of(day: date, grain: str) -> date:
    """First day of the day, week (from Monday) or month that a day lies in."""
    if grain == "month":
        return day.replace(day=1)
    return day - day.weekday() * DAY if grain == "week" else day


def next_step(first: date, grain: str) -> date:
    return add_months(first, 1) if grain == "month" else first + (7 * DAY if grain == "week" else DAY)


def steps(period: Period, grain: str) -> Iterator[Period]:
    """The whole weeks or months that a period touches; the first and last may begin before it or end after it."""
    first = step_of(period.start, grain)
    while first < period.end:
        following = next_step(first, grain)
        yield Period(first, following)
        first = following


FEW_STEPS = 64


def step_column(moment: Any, grain: str, *, period: Period, zone: ZoneInfo) -> Any:
    """``step_of`` for a column of UTC times that all lie in the period, as an Ibis date.

    Few steps are told apart by comparing with their ends, which takes half the time of turning every time into a date.
    """
    import ibis

    starts = [step.start for step in steps(period, grain)]
    if len(starts) <= FEW_STEPS:
        dates = [ibis.literal(start, type="date") for start in starts]
        ends = [moment < instant(midnight(start, zone)) for start in starts[1:]]
        return ibis.cases(*zip(ends, dates[:-1], strict=True), else_=dates[-1]) if ends else dates[0]
    return wall_clock(moment, period=period, zone=zone).truncate(_DUCKDB_AND_SPARK_UNITS[grain]).date()


def wall_clock(moment: Any, *, period: Period, zone: ZoneInfo) -> Any:
    """What clocks of the zone show at UTC times within the period.

    Neither engine's own conversion is used: DuckDB's goes through ICU and is many times slower, and Ibis has none that
    is the same on both. Each change of the clocks in the period is one branch.
    """
    import ibis

    changes = clock_changes(zone, *period.bounds(zone))
    plain = moment.cast("timestamp('UTC')").cast("timestamp")
    shift: Any = ibis.interval(seconds=changes[-1][1])
    if len(changes) > 1:
        until = [(moment < instant(changes[at + 1][0]), changes[at][1]) for at in range(len(changes) - 1)]
        seconds = ibis.cases(*until, else_=changes[-1][1]).cast("int64")
        shift = seconds.as_interval("s")
    return plain + shift


@lru_cache(maxsize=256)
def clock_changes(zone: ZoneInfo, start: datetime, end: datetime) -> list[tuple[datetime, int]]:
    """UTC times at which the zone's offset changed, each with the seconds east of Greenwich from then on.

    The first entry is the offset at ``start``.
    """

    def offset(moment: datetime) -> int:
        shift = moment.astimezone(zone).utcoffset()
        return int(shift.total_seconds()) if shift else 0

    found = [(start, offset(start))]
    moment = start
    while moment < end:
        following = min(moment + DAY, end)
        if offset(following) != offset(moment):
            low, high = moment, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            high = high.replace(microsecond=0)
            found.append((high, offset(high)))
        moment = following
    return found
