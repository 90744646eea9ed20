"""A customer's local time is told only where it is sure."""

from datetime import UTC, datetime

import pytest

from guanxi.customers.zones import time_zone

WINTER = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phone", "country", "zone"),
    [
        ("+8613812345678", "", "Asia/Shanghai"),
        ("+14155550123", "CN", "America/Los_Angeles"),  # the phone goes before the country
        ("+18005551234", "GB", "Europe/London"),  # toll-free says nothing of a place
        ("", "CN", "Asia/Shanghai"),
        ("", "DE", "Europe/Berlin"),
        ("", "US", ""),
        ("+99912", "", ""),
        ("", "somewhere", ""),
        ("", "ZZ", ""),
        ("", "", ""),
    ],
)
def test_zone_of_a_phone_or_a_country(phone: str, country: str, zone: str) -> None:
    assert time_zone(phone, country, now=WINTER) == zone
