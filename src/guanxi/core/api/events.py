"""Endpoints of the event log."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import AwareDatetime

from guanxi.core import events
from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.paging import Page, Paging, cut
from guanxi.core.api.problems import PROBLEMS

router = Router(tags=["events"])

CustomerId = Annotated[int, Field(gt=0, lt=2**63)]


Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]
Words = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
Fact = Words | bool | Whole | Annotated[float, Field(allow_inf_nan=False)] | None


class EventOut(Schema):
    id: int
    kind: str
    customer_id: int | None
    subject_id: int | None
    occurred_at: datetime
    data: dict[str, Any]


class EventFilter(Paging):
    customer_id: CustomerId | None = None
    kind: str = Field("", max_length=60)


class EventIn(Schema):
    kind: str = Field(pattern=r"^custom\.[a-z][a-z0-9_]{0,50}$", description="`custom.` and a name of yours")
    customer_id: CustomerId
    occurred_at: AwareDatetime
    data: dict[Name, Fact] = Field(default_factory=dict, max_length=20, description="facts, never personal data")


class EventsIn(Schema):
    events: list[EventIn] = Field(min_length=1, max_length=1000)


class Recorded(Schema):
    recorded: int


@router.get("", response={200: Page[EventOut], **PROBLEMS}, auth=Scope("core.events"))
def list_events(request: HttpRequest, filters: Query[EventFilter]) -> dict[str, Any]:
    """What happened, in the order it became known. Keep `next` to ask later for what came since."""
    xact, number = filters.after([int, int]) or [0, 0]
    rows = events.read_after(
        (int(xact), int(number)), limit=filters.limit + 1, customer_id=filters.customer_id, kind=filters.kind
    )
    items, following = cut(rows, filters.limit, lambda event: (event.xact, event.id))
    return {"items": items, "next": following}


@router.post("", response={201: Recorded, **PROBLEMS}, auth=Scope("core.events_write"))
@decorate_view(idempotent)
def record_events(request: HttpRequest, body: EventsIn) -> Status[dict[str, int]]:
    """Record events of your own; they show on the customer's timeline."""
    rows = [(event.kind, event.customer_id, None, event.occurred_at, dict(event.data)) for event in body.events]
    events.publish_rows(rows, now=timezone.now())
    return Status(201, {"recorded": len(rows)})
