"""What the customers room announces. Batches write the same rows with SQL; see profiles.py and consents.py."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.event_types import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCreated(Event):
    """Someone is seen for the first time; the subject is the customer."""

    kind: ClassVar[str] = "customer.created"
    label: ClassVar[Promise | str] = _("Customer added")
    icon: ClassVar[str] = "user-plus"
    source: str
    shop_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerErased(Event):
    """A customer's personal data is gone; the subject is the customer."""

    kind: ClassVar[str] = "customer.erased"
    label: ClassVar[Promise | str] = _("Personal data erased")
    icon: ClassVar[str] = "user-x"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGranted(Event):
    """A customer now says yes where there was a no or nothing; the subject is the entry of the ledger."""

    kind: ClassVar[str] = "consent.granted"
    label: ClassVar[Promise | str] = _("Agreed to messages")
    icon: ClassVar[str] = "mail-check"
    channel: str
    purpose: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Event):
    """A customer now says no where there was a yes or nothing; the subject is the entry of the ledger."""

    kind: ClassVar[str] = "consent.withdrawn"
    label: ClassVar[Promise | str] = _("Asked for no more messages")
    icon: ClassVar[str] = "mail-off"
    channel: str
    purpose: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerOwnerChanged(Event):
    """Someone else of the staff looks after the customer, or nobody; by the numbers of users."""

    kind: ClassVar[str] = "customer.owner_changed"
    label: ClassVar[Promise | str] = _("Owner changed")
    icon: ClassVar[str] = "user-share"
    from_owner: int | None
    to_owner: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten(Event):
    """One of the staff wrote a note; the subject is the note. What it says is nobody's business here."""

    kind: ClassVar[str] = "customer.note_written"
    label: ClassVar[Promise | str] = _("Note written")
    icon: ClassVar[str] = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAdded(Event):
    """A file was put on the customer; the subject is the file."""

    kind: ClassVar[str] = "customer.file_added"
    label: ClassVar[Promise | str] = _("File added")
    icon: ClassVar[str] = "paperclip"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersMerged(Event):
    """Another customer was found to be this one; the subject is the entry of the log of merges."""

    kind: ClassVar[str] = "customer.merged"
    label: ClassVar[Promise | str] = _("Merged with another customer")
    icon: ClassVar[str] = "arrows-join"
    gone_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUndone(Event):
    """A merge was taken back; ``gone_id`` is a customer again."""

    kind: ClassVar[str] = "customer.merge_undone"
    label: ClassVar[Promise | str] = _("Merge undone")
    icon: ClassVar[str] = "arrows-split"
    gone_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSplit(Event):
    """This customer was found to be two people; the subject is the other of them. Both are told of it."""

    kind: ClassVar[str] = "customer.split"
    label: ClassVar[Promise | str] = _("Split into two customers")
    icon: ClassVar[str] = "arrows-split"
