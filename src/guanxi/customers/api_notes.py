"""Endpoints of notes on a customer."""

from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema, Status
from ninja.decorators import decorate_view

from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.paging import Page, Paging, cut
from guanxi.core.api.problems import PROBLEMS, ApiProblem
from guanxi.core.permissions import actor
from guanxi.customers import queries as customers
from guanxi.customers.notes import queries, services
from guanxi.customers.notes.services import LONGEST, BadNote, NotThere

router = Router(tags=["notes"])
Id = Annotated[int, Path(gt=0, lt=2**63)]


class NoteOut(Schema):
    id: int
    text: str
    author_id: int | None
    author: str
    written_at: datetime
    changed_at: datetime | None


class NoteIn(Schema):
    text: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"^[^\x00]*$")]


class Written(Schema):
    id: int


@router.get("/{customer_id}/notes", response={200: Page[NoteOut], **PROBLEMS}, auth=Scope("customers.notes"))
def list_notes(request: HttpRequest, customer_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Notes in full, newest first."""
    before = paging.after([str, int])
    rows = queries.notes_of(_now(customer_id), limit=paging.limit + 1, before=_position(before) if before else None)
    items, following = cut(rows, paging.limit, lambda note: (note.written_at.isoformat(), note.id))
    return {"items": items, "next": following}


@router.post("/{customer_id}/notes", response={201: Written, **PROBLEMS}, auth=Scope("customers.notes"))
@decorate_view(idempotent)
def write_note(request: HttpRequest, customer_id: Id, body: NoteIn) -> Status[dict[str, int]]:
    """A note by the token's owner."""
    try:
        number = services.write(customer_id, body.text, user=actor(request), now=timezone.now())
    except NotThere as error:
        raise ApiProblem(404, "not-found", str(error)) from None
    except BadNote as error:
        raise ApiProblem(422, "not-valid", str(error)) from None
    return Status(201, {"id": number})


@router.delete("/{customer_id}/notes/{note_id}", response={204: None, **PROBLEMS}, auth=Scope("customers.notes"))
def delete_note(request: HttpRequest, customer_id: Id, note_id: Id) -> Status[None]:
    """Destroy a note; one of another's only with the right to."""
    try:
        services.delete(_now(customer_id), note_id, user=actor(request), now=timezone.now())
    except NotThere as error:
        raise ApiProblem(404, "not-found", str(error)) from None
    except PermissionDenied:
        raise ApiProblem(403, "not-yours", "Someone else wrote this note.") from None
    return Status(204, None)


def _now(customer_id: int) -> int:
    """The customer, or whom they were merged into."""
    number = customers.present([customer_id]).get(customer_id)
    if number is None:
        raise ApiProblem(404, "not-found", "There is no such customer.")
    return number


def _position(key: list[int | str]) -> tuple[datetime, int]:
    try:
        at = datetime.fromisoformat(str(key[0]))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ApiProblem(400, "bad-cursor", "This cursor is not one that a page gave; leave it out to begin again.")
    return at, int(key[1])
