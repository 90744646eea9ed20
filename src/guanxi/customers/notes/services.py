"""Writing notes and keeping files. Both are for those with the right ``customers.notes``; what others wrote is changed
and deleted only with ``customers.notes_others``."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guanxi.core import audit, events
from guanxi.core.bulk import storable
from guanxi.core.crypto import decrypt, encrypt
from guanxi.core.event_types import Event
from guanxi.core.models import User
from guanxi.customers.events import FileAdded, NoteWritten
from guanxi.customers.models import Customer, CustomerFile, FileContent, Note

LONGEST = 10_000
LARGEST = 20 * 1024 * 1024
LONGEST_NAME = 200
MOST_FILES = 200
Row = TypeVar("Row", Note, CustomerFile)


class NotThere(LookupError):
    """There is no such customer, note or file."""


class BadNote(ValueError):
    """The note or file cannot be kept; the message is for people."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file in full. Personal."""

    name: str
    content: bytes


def write(customer_id: int, text: str, *, user: User, now: datetime) -> int:
    """A new note; gives its number. Raises NotThere, BadNote."""
    with transaction.atomic():
        current, origin = _whose(customer_id)
        note = Note.objects.create(
            customer_id=current, origin_customer_id=origin, text=_text(text), author=user, written_at=now
        )
        _announce(NoteWritten(customer_id=current, subject_id=note.pk, occurred_at=now), now)
    return note.pk


def change(customer_id: int, note_id: int, text: str, *, user: User, now: datetime) -> None:
    """Put another text in the place of a note's. Raises NotThere, BadNote, PermissionDenied."""
    with transaction.atomic():
        note = _own(Note, customer_id, note_id, user)
        note.text, note.changed_at = _text(text), now
        note.save(update_fields=["text", "changed_at"])


def delete(customer_id: int, note_id: int, *, user: User, now: datetime) -> None:
    """Destroy a note. Raises NotThere, PermissionDenied."""
    with transaction.atomic():
        _own(Note, customer_id, note_id, user).delete()
        audit.record("note.deleted", actor=user, subject=("customer", customer_id), detail={"note": note_id}, now=now)


def attach(customer_id: int, *, name: str, content: bytes, user: User, now: datetime) -> int:
    """Keep a file of at most LARGEST bytes; gives its number. Raises NotThere, BadNote."""
    if not content:
        raise BadNote(_("The file is empty."))
    if len(content) > LARGEST:
        raise BadNote(_("The file is larger than %(limit)d MB.") % {"limit": LARGEST // 1024**2})
    with transaction.atomic():
        current, origin = _whose(customer_id)
        if CustomerFile.objects.filter(customer_id=current).count() >= MOST_FILES:
            raise BadNote(_("This customer has %(limit)d files already.") % {"limit": MOST_FILES})
        key, encrypted = encrypt(content)
        file = CustomerFile.objects.create(
            customer_id=current,
            origin_customer_id=origin,
            name=_name(name),
            key=key,
            size=len(content),
            author=user,
            added_at=now,
        )
        FileContent.objects.create(file=file, encrypted=encrypted)
        _announce(FileAdded(customer_id=current, subject_id=file.pk, occurred_at=now), now)
    return file.pk


def open_file(
    customer_id: int, file_id: int, *, user: User, now: datetime, request: HttpRequest | None = None
) -> OpenedFile:
    """A file in full; leaves an audit entry. Raises NotThere, PermissionDenied."""
    if not user.may("customers.notes"):
        raise PermissionDenied("customers.notes")
    file = CustomerFile.objects.select_related("content").filter(pk=file_id, customer_id=customer_id).first()
    if file is None:
        raise NotThere(_("There is no such file."))
    audit.record(
        "file.opened",
        actor=user,
        subject=("customer", customer_id),
        detail={"file": file_id},
        request=request,
        now=now,
    )
    return OpenedFile(str(file.name), decrypt(str(file.key), file.content.encrypted))


def remove(customer_id: int, file_id: int, *, user: User, now: datetime) -> None:
    """Destroy a file. Raises NotThere, PermissionDenied."""
    with transaction.atomic():
        _own(CustomerFile, customer_id, file_id, user).delete()
        audit.record("file.deleted", actor=user, subject=("customer", customer_id), detail={"file": file_id}, now=now)


def erase(customer_ids: Collection[int]) -> None:
    """Destroy all notes and files of these customers, in the caller's transaction."""
    Note.objects.filter(customer_id__in=list(customer_ids)).delete()
    CustomerFile.objects.filter(customer_id__in=list(customer_ids)).delete()


def _whose(customer_id: int) -> tuple[int, int | None]:
    """The customer as it is now, and the one it was before merges."""
    row = Customer.objects.select_for_update().filter(pk=customer_id, erased_at=None).first()
    if row is None:
        raise NotThere(_("There is no such customer."))
    return (row.merged_into, row.pk) if row.merged_into else (row.pk, None)


def _own(model: type[Row], customer_id: int, number: int, user: User) -> Row:
    """A note or file that this person may change. Locked."""
    row = model.objects.select_for_update().filter(pk=number, customer_id=customer_id).first()
    if row is None:
        raise NotThere(_("There is no such note or file."))
    if row.author_id != user.pk and not user.may("customers.notes_others"):
        raise PermissionDenied("customers.notes_others")
    return row


def _announce(event: Event, now: datetime) -> None:
    events.publish([event], now=now)


def _text(text: str) -> str:
    written = storable(text).replace("\r\n", "\n").strip()
    if not written:
        raise BadNote(_("Write something first."))
    if len(written) > LONGEST:
        raise BadNote(_("This is longer than %(limit)s characters.") % {"limit": LONGEST})
    return written


def _name(name: str) -> str:
    """A file's name without its folder and without what no name should hold."""
    base = storable(name).replace("\\", "/").rpartition("/")[2]
    return "".join(one for one in base if one.isprintable()).strip(" .")[-LONGEST_NAME:] or _("file")
