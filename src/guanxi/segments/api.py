"""Endpoints of segments."""

from datetime import datetime
from typing import Annotated, Any

import numpy as np
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema, Status
from ninja.decorators import decorate_view

from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.paging import Page, Paging, cut
from guanxi.core.api.problems import PROBLEMS, ApiProblem, FieldProblem
from guanxi.core.permissions import actor
from guanxi.segments import queries, services
from guanxi.segments.definition import parse
from guanxi.segments.errors import DefinitionError
from guanxi.segments.queries import UnknownSegment
from guanxi.segments.types import Reason, SegmentSummary
from guanxi.warehouse.queries import NoSnapshot

router = Router(tags=["segments"])

Id = Annotated[int, Path(gt=0, lt=2**63)]


class SegmentOut(Schema):
    id: int
    name: str
    description: str
    kind: str
    count: int | None
    counted_at: datetime | None
    archived: bool


class DefinitionIn(Schema):
    definition: dict[str, Any] = Field(description="nested groups of conditions; see the segment builder's JSON")


class SegmentIn(DefinitionIn):
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
    description: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""


class Count(Schema):
    count: int


class Created(Schema):
    id: int


class ReasonOut(Schema):
    words: str
    inside: bool
    own: str
    match: str
    of: list["ReasonOut"]


class ExplanationOut(Schema):
    customer_id: int
    known: bool
    inside: bool
    reason: ReasonOut


def _bad_definition(error: DefinitionError) -> ApiProblem:
    where = ".".join(part for part in ("body.definition", error.path) if part)
    return ApiProblem(
        422, "bad-definition", "The definition cannot be read.", [FieldProblem(where=where, message=error.message)]
    )


def _summary(segment_id: int) -> SegmentSummary:
    try:
        return queries.summary(segment_id)
    except UnknownSegment:
        raise ApiProblem(404, "not-found", "There is no such segment.") from None


def _warehouse_empty() -> ApiProblem:
    return ApiProblem(409, "warehouse-empty", "The warehouse is still empty; try again in a minute.")


@router.get("", response={200: list[SegmentOut], **PROBLEMS}, auth=Scope("segments.view"))
def list_segments(request: HttpRequest) -> Any:
    """Every segment that is not put away, by name."""
    return queries.summaries()


@router.post("", response={201: Created, **PROBLEMS}, auth=Scope("segments.edit"))
@decorate_view(idempotent)
def create_segment(request: HttpRequest, body: SegmentIn) -> Status[dict[str, int]]:
    """Make a segment by conditions."""
    try:
        segment_id = services.create_segment(
            name=body.name,
            definition=parse(body.definition),
            description=body.description,
            user=actor(request),
            now=timezone.now(),
        )
    except DefinitionError as error:
        raise _bad_definition(error) from None
    except UnknownSegment:
        raise ApiProblem(422, "not-valid", "The definition names a segment that does not exist.") from None
    except services.NameTaken:
        raise ApiProblem(409, "name-taken", "Another segment has this name.") from None
    return Status(201, {"id": segment_id})


@router.post("/count", response={200: Count, **PROBLEMS}, auth=Scope("segments.view"))
def count(request: HttpRequest, body: DefinitionIn) -> dict[str, int]:
    """How many customers a definition holds now, without saving it."""
    try:
        return {"count": queries.count(parse(body.definition), now=timezone.now())}
    except DefinitionError as error:
        raise _bad_definition(error) from None
    except UnknownSegment:
        raise ApiProblem(422, "not-valid", "The definition names a segment that does not exist.") from None
    except NoSnapshot:
        raise _warehouse_empty() from None


@router.get("/{segment_id}", response={200: SegmentOut, **PROBLEMS}, auth=Scope("segments.view"))
def one_segment(request: HttpRequest, segment_id: Id) -> Any:
    """One segment, with its size at the last refresh."""
    return _summary(segment_id)


@router.get("/{segment_id}/members", response={200: Page[int], **PROBLEMS}, auth=Scope("segments.view"))
def members(request: HttpRequest, segment_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Numbers of the customers in it now, ascending."""
    _summary(segment_id)
    after = paging.after([int])
    try:
        ids = queries.members(segment_id, now=timezone.now())
    except NoSnapshot:
        raise _warehouse_empty() from None
    begin = int(np.searchsorted(ids, after[0], side="right")) if after else 0
    rows = ids[begin : begin + paging.limit + 1].tolist()
    items, following = cut(rows, paging.limit, lambda number: (number,))
    return {"items": list(items), "next": following}


@router.get(
    "/{segment_id}/explain/{customer_id}", response={200: ExplanationOut, **PROBLEMS}, auth=Scope("segments.view")
)
def explain(request: HttpRequest, segment_id: Id, customer_id: Id) -> dict[str, Any]:
    """Why a customer is in or out, condition by condition."""
    _summary(segment_id)
    try:
        found = queries.explain(segment_id, customer_id=customer_id, now=timezone.now())
    except NoSnapshot:
        raise _warehouse_empty() from None
    return {
        "customer_id": found.customer_id,
        "known": found.known,
        "inside": found.inside,
        "reason": _reason(found.reason),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "words": reason.words,
        "inside": reason.inside,
        "own": reason.own,
        "match": reason.match,
        "of": [_reason(part) for part in reason.of],
    }
