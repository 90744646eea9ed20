"""What was written about a customer, and which files there are."""

from dataclasses import dataclass
from datetime import datetime

from guanxi.customers.models import CustomerFile, Note


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCard:
    """A note in full: only for those with the right ``customers.notes``."""

    id: int
    text: str
    author_id: int | None
    author: str
    written_at: datetime
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCard:
    """A file without what is in it; its name only for those with the right ``customers.notes``."""

    id: int
    name: str
    size: int
    author_id: int | None
    author: str
    added_at: datetime


def notes_of(customer_id: int, *, limit: int = 100, before: tuple[datetime, int] | None = None) -> list[NoteCard]:
    """Newest first; ``before`` is (written_at, id) of the last one seen."""
    rows = Note.objects.filter(customer_id=customer_id).select_related("author").order_by("-written_at", "-pk")
    if before:
        at, number = before
        rows = rows.filter(written_at__lte=at).exclude(written_at=at, pk__gte=number)
    return [
        NoteCard(
            id=row.pk,
            text=str(row.text),
            author_id=row.author_id,
            author=str(row.author or ""),
            written_at=row.written_at,
            changed_at=row.changed_at,
        )
        for row in rows[:limit]
    ]


def files_of(customer_id: int) -> list[FileCard]:
    """Newest first."""
    rows = CustomerFile.objects.filter(customer_id=customer_id).select_related("author").order_by("-added_at", "-pk")
    return [
        FileCard(
            id=row.pk,
            name=str(row.name),
            size=row.size,
            author_id=row.author_id,
            author=str(row.author or ""),
            added_at=row.added_at,
        )
        for row in rows
    ]
