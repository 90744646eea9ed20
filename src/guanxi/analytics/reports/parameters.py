"""What a reader may choose: the period, the shop, the steps of time and what rows stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.reports.periods import (
    DAY,
    EARLIEST,
    GRAINS,
    LATEST,
    PRESETS,
    Period,
    fitting_grain,
    the_same_days_before,
)

DEFAULT_PERIOD = "12m"
LONGEST_BY = {"day": 800, "week": 4000, "month": 40_000}
"""Most days of a period for which a row is made for each step."""
PERIODS: Mapping[str, Promise] = {
    **{name: preset.label for name, preset in PRESETS.items()},
    "all": gettext_lazy("Everything"),
    "custom": gettext_lazy("Choose dates"),
}
BY: Mapping[str, Promise] = {"product": gettext_lazy("by product"), "category": gettext_lazy("by category")}


class BadParameters(ValueError):
    """A parameter cannot be used; the message is for people."""


@dataclass(frozen=True, slots=True)
class Params:
    """What was chosen, clean."""

    period: Period
    before: Period | None = None
    """The period to compare with; none for ``all``."""
    preset: str = DEFAULT_PERIOD
    shop_id: int | None = None
    grain: str = "month"
    by: str = "product"

    def as_query(self) -> dict[str, str]:
        """The same as the query of an address."""
        query = {"period": self.preset}
        if self.preset == "custom":
            query |= {"from": self.period.start.isoformat(), "to": self.period.last.isoformat()}
        if self.shop_id is not None:
            query["shop"] = str(self.shop_id)
        return query | {"grain": self.grain, "by": self.by}


def read(raw: Mapping[str, Any], *, now: datetime, zone: ZoneInfo, everything: Period | None = None) -> Params:
    """Parameters from an address or a command: ``period`` (a name of PERIODS), ``from`` and ``to`` (days as 2026-05-10,
    both included), ``shop`` (id), ``grain``, ``by``. ``everything`` is from the day of the first sale to that of the
    last. Raises BadParameters."""
    today = now.astimezone(zone).date()
    given = {name: str(value).strip() for name, value in raw.items() if value not in (None, "")}
    preset = given.get("period") or ("custom" if "from" in given or "to" in given else DEFAULT_PERIOD)
    if preset not in PERIODS:
        raise BadParameters(_("There is no period called “%(name)s”.") % {"name": preset})
    period = _period(preset, given, today, everything)
    before = None
    if preset != "all":
        before = PRESETS[preset].before(period) if preset in PRESETS else the_same_days_before(period)
    grain = _known(given, "grain", GRAINS, fitting_grain(period))
    if period.days > LONGEST_BY[grain]:
        grain = fitting_grain(period)
    by = _known(given, "by", BY, "product")
    return Params(period, before, preset, _shop(given.get("shop", "")), grain, by)


def _period(preset: str, given: Mapping[str, str], today: date, everything: Period | None) -> Period:
    if preset == "all":
        return everything or Period(today, today + DAY)
    if preset in PRESETS:
        return PRESETS[preset].days(today)
    start = _day(given.get("from", ""), everything.start if everything else today.replace(day=1))
    last = _day(given.get("to", ""), max(today, start))
    if last < start:
        raise BadParameters(_("The first day must not be after the last."))
    return Period(start, last + DAY)


def _day(text: str, default: date) -> date:
    if not text:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadParameters(_("“%(text)s” is not a day such as 2026-05-10.") % {"text": text}) from None
    if not EARLIEST <= day <= LATEST:
        raise BadParameters(_("“%(text)s” is not a day such as 2026-05-10.") % {"text": text})
    return day


def _shop(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise BadParameters(_("“%(text)s” is not the number of a shop.") % {"text": text})
    return int(text)


def _known(given: Mapping[str, str], name: str, known: Mapping[str, Any], default: str) -> str:
    value = given.get(name, default)
    if value not in known:
        raise BadParameters(_("“%(value)s” is not one of %(known)s.") % {"value": value, "known": ", ".join(known)})
    return value
