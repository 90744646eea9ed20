"""The merchant's settings, kept in the database and changed on the Settings page."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from guanxi.core.models import Setting

EVERYWHERE = ("merchant_name", "time_zone", "currency")
"""What most pages need."""

Kept = dict[str, tuple[Any, ...]]
"""Values by name, each alone in a tuple; an empty one where nothing is set."""
_read: ContextVar[Kept | None] = ContextVar("settings read for a whole request", default=None)


def get(name: str, default: Any) -> Any:
    kept = (_read.get() or {}).get(name)
    if kept is None:
        kept = tuple(Setting.objects.filter(name=name).values_list("value", flat=True))
    return kept[0] if kept else default


def put(name: str, value: Any) -> None:
    Setting.objects.update_or_create(name=name, defaults={"value": value})
    (_read.get() or {}).pop(name, None)


@contextmanager
def read(names: Collection[str]) -> Iterator[Mapping[str, Any]]:
    """Settings by name, read in one query, which `get` answers from within the block; those not set are left out."""
    found = dict(Setting.objects.filter(name__in=names).values_list("name", "value"))
    token = _read.set({name: (found[name],) if name in found else () for name in names})
    try:
        yield found
    finally:
        _read.reset(token)


def merchant_name() -> str:
    return str(get("merchant_name", "Guanxi"))


def currency() -> str:
    """The currency reports are read in."""
    return str(get("currency", settings.DEFAULT_CURRENCY))


def time_zone() -> ZoneInfo:
    """The zone in which a day begins for the merchant."""
    return ZoneInfo(get("time_zone", settings.TIME_ZONE))
