"""The days a programme looks at, and the days on which tiers end. Days are those of the merchant's calendar."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from guanxi.loyalty.models.tiers import Downgrade, WindowKind


@dataclass(frozen=True, slots=True)
class Window:
    """From the beginning of ``first`` to the end of ``today``."""

    first: date
    today: date
    last: date | None
    """Last day of the calendar's year or quarter; None for a rolling window."""
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time.min, self.zone)

    @property
    def until(self) -> datetime:
        """Not part of it."""
        return datetime.combine(self.today + timedelta(days=1), time.min, self.zone)


def window_at(now: datetime, kind: str, days: int, zone: ZoneInfo) -> Window:
    """What orders are looked at on the merchant's day of ``now``; the same from its first moment to its last."""
    today = now.astimezone(zone).date()
    if kind == WindowKind.YEAR:
        return Window(today.replace(month=1, day=1), today, today.replace(month=12, day=31), zone)
    if kind == WindowKind.QUARTER:
        start = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        end = today.replace(month=start.month + 2, day=calendar.monthrange(today.year, start.month + 2)[1])
        return Window(start, today, end, zone)
    return Window(today - timedelta(days=days - 1), today, None, zone)


def fall_day(today: date, downgrade: str, grace_days: int, month: int, day: int) -> date | None:
    """When someone who no longer meets their tier since today is to lose it; None for never."""
    if downgrade == Downgrade.NEVER:
        return None
    over = today + timedelta(days=grace_days)
    if downgrade == Downgrade.GRACE:
        return over
    fixed = _day_of(over.year, month, day)
    return fixed if fixed >= over else _day_of(over.year + 1, month, day)


def _day_of(year: int, month: int, day: int) -> date:
    """29 February is the 28th in most years."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
