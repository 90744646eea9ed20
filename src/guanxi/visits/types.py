"""What comes in from shop pages, and the words for it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What a visitor did."""

    PAGE = "page"
    PRODUCT = "product"
    SEARCH = "search"
    CART = "cart"
    ORDER = "order"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class SiteCard:
    """A website as the collector needs it."""

    id: int
    key: str
    origins: frozenset[str]
    takes_forms: bool
    events_per_minute: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Who a visitor says they are. Personal: it is sealed before it is written, and gone once it is matched."""

    email: str = ""
    phone: str = ""
    name: str = ""
    hashes: tuple[str, ...] = ()
    """SHA-256 of the normalised e-mail address or E.164 number, 64 hexadecimal digits, for shops that send no more."""

    def __bool__(self) -> bool:
        return bool(self.email or self.phone or self.hashes)


@dataclass(slots=True)
class Visit:
    """One event, clean: nothing in it can tell a person but ``contact``, which is kept apart."""

    event_id: UUID
    visitor: UUID
    """Keyed hash of the identifier in the visitor's browser."""
    kind: Kind
    occurred_at: datetime
    path: str = ""
    product: str = ""
    title: str = ""
    category: str = ""
    term: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    device: str = ""
    browser: str = ""
    contact: Contact = field(default_factory=Contact)
