"""Invented customers for this room's tests."""

from datetime import datetime
from itertools import count

from guanxi.customers import services
from guanxi.customers.types import (
    Channel,
    IdentifierKind,
    IncomingConsent,
    IncomingIdentifier,
    IncomingProfile,
    Purpose,
)
from guanxi.messaging.testing import NOW

_numbers = count(1)


def make_customers(number: int, *, consent: bool | None = True, now: datetime = NOW) -> list[int]:
    """Customers with an address each: ``buyerN@mail.example.com``."""
    people = [profile(f"buyer{next(_numbers)}@mail.example.com", consent=consent, now=now) for _ in range(number)]
    result = services.resolve(people, shop_id=0, source="form", country="CN", now=now)
    return [int(r.customer_id) for r in result.resolutions if r.customer_id]


def make_customer(address: str = "", *, name: str = "Ana Lopez", consent: bool | None = True) -> int:
    """One customer; without an address, reachable by phone only. ``consent`` None: never asked."""
    one = profile(address, name=name, consent=consent, now=NOW)
    (resolution,) = services.resolve([one], shop_id=0, source="form", country="CN", now=NOW).resolutions
    assert resolution.customer_id
    return resolution.customer_id


def profile(address: str, *, name: str = "Ana Lopez", consent: bool | None, now: datetime) -> IncomingProfile:
    value = (
        IncomingIdentifier(IdentifierKind.EMAIL, address)
        if address
        else IncomingIdentifier(IdentifierKind.PHONE, f"1391001{next(_numbers):04d}")
    )
    said = [] if consent is None else [IncomingConsent(Channel.EMAIL, Purpose.MARKETING, consent, now)]
    return IncomingProfile(identifiers=[value], name=name, region="Kent", consents=said, seen_at=now)
