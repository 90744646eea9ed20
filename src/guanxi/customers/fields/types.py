"""What custom fields take and give: plain values that other rooms may hold."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Value = str | Decimal | date | bool | int | None
"""A value by kind: text, number, day, yes or no, or the number of a choice; None for none."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of a field's choices."""

    id: int
    label: str
    dropped: bool = False
    """Customers may still have it; nobody gets it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A field of the merchant's own."""

    id: int
    key: str
    label: str
    kind: str
    """A name of ``kinds.KINDS``: ``text``, ``number``, ``date``, ``choice``, ``flag``."""
    help_text: str = ""
    personal: bool = False
    archived: bool = False
    options: tuple[Option, ...] = ()

    @property
    def current_options(self) -> list[Option]:
        return [one for one in self.options if not one.dropped]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one customer's field says. Personal values are masked."""

    field_id: int
    label: str
    kind: str
    personal: bool
    text: str
    """For people, in their language."""
    plain: str
    """For machines, the same in every language: ``12.5``, ``2026-05-10``, ``yes``, a choice's label. Masked too."""
    value: Value
    """Of personal fields None."""

    @property
    def revealed_as(self) -> str:
        """How `customers.services.reveal` calls it."""
        return f"field:{self.field_id}"


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that was not written, and why, for people. The rest was."""

    customer_id: int
    key: str
    reason: str
