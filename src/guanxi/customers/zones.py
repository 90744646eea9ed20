"""Where on the clock a customer lives, told by the phone number and else by the country."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.core import get_global

OF_COUNTRY = {"CN": "Asia/Shanghai"}
"""Countries that keep one time by law though the tz database has several zones for them."""


def time_zone(phone: str, country: str, *, now: datetime) -> str:
    """Name in the tz database, or empty when the clocks of all the places it may be disagree.

    ``phone`` is E.164 or empty, ``country`` ISO 3166 alpha-2 or empty. Zones whose clocks show the same ``now`` are as
    good as one.
    """
    return _agreed(_of_phone(phone), now) or OF_COUNTRY.get(country) or _agreed(_of_country(country), now)


def _of_phone(phone: str) -> list[str]:
    if not phone:
        return []
    import phonenumbers
    from phonenumbers import timezone

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return []
    return [zone for zone in timezone.time_zones_for_number(number) if zone != timezone.UNKNOWN_TIMEZONE]


def _of_country(country: str) -> list[str]:
    territories = get_global("zone_territories")
    return sorted(zone for zone, territory in territories.items() if territory == country and zone != "Etc/Unknown")


def _agreed(zones: list[str], now: datetime) -> str:
    clocks = {now.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}
    return zones[0] if len(clocks) == 1 else ""
