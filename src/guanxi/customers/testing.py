"""Customers for tests. Nobody in them exists."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from guanxi.customers import services
from guanxi.customers.types import (
    Channel,
    IdentifierKind,
    IncomingConsent,
    IncomingIdentifier,
    IncomingProfile,
    Purpose,
)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def profile(
    *,
    phone: str = "",
    email: str = "",
    account: str = "",
    external_id: str = "",
    consented: bool | None = None,
    **said: Any,
) -> IncomingProfile:
    """An incoming profile; ``said`` are fields of IncomingProfile. ``consented`` is marketing by e-mail and SMS."""
    given = {
        IdentifierKind.PHONE: phone,
        IdentifierKind.EMAIL: email,
        IdentifierKind.PLATFORM_ACCOUNT: account,
        IdentifierKind.EXTERNAL_ID: external_id,
    }
    if consented is not None:
        said["consents"] = tuple(IncomingConsent(channel, Purpose.MARKETING, consented, NOW) for channel in Channel)
    identifiers = tuple(IncomingIdentifier(kind, value) for kind, value in given.items() if value)
    return IncomingProfile(identifiers=identifiers, **said)


def customers(count: int, *, now: datetime = NOW, consented: bool | None = True, **said: Any) -> list[int]:
    """Ids of new customers with an e-mail and a phone of their own, called Person 0, Person 1 …"""
    people: Sequence[IncomingProfile] = [
        profile(
            phone=f"+86139{number:08d}",
            email=f"person{number}@example.com",
            name=f"Person {number}",
            consented=consented,
            **said,
        )
        for number in range(10_000, 10_000 + count)
    ]
    found = services.resolve(people, shop_id=0, source="test", country="CN", now=now)
    return [one.customer_id for one in found.resolutions if one.customer_id]
