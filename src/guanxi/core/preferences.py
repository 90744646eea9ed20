"""The merchant's settings, kept in the database and changed on the Settings page."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from guanxi.core.models import Setting


def get(name: str, default: Any) -> Any:
    row = Setting.objects.filter(name=name).first()
    return default if row is None else row.value


def put(name: str, value: Any) -> None:
    Setting.objects.update_or_create(name=name, defaults={"value": value})


def merchant_name() -> str:
    return str(get("merchant_name", "Guanxi"))


def currency() -> str:
    """The currency reports are read in."""
    return str(get("currency", settings.DEFAULT_CURRENCY))


def time_zone() -> ZoneInfo:
    """The zone in which a day begins for the merchant."""
    return ZoneInfo(get("time_zone", settings.TIME_ZONE))
