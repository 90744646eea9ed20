"""What the customers room announces. Batches write the same rows with SQL; see profiles.py and consents.py."""

from dataclasses import dataclass
from typing import ClassVar

from guanxi.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCreated(Event):
    """Someone is seen for the first time; the subject is the customer."""

    kind: ClassVar[str] = "customer.created"
    source: str
    shop_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerErased(Event):
    """A customer's personal data is gone; the subject is the customer."""

    kind: ClassVar[str] = "customer.erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGranted(Event):
    """A customer now says yes where there was a no or nothing; the subject is the entry of the ledger."""

    kind: ClassVar[str] = "consent.granted"
    channel: str
    purpose: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Event):
    """A customer now says no where there was a yes or nothing; the subject is the entry of the ledger."""

    kind: ClassVar[str] = "consent.withdrawn"
    channel: str
    purpose: str
    source: str
