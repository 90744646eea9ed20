"""Endpoints of merges: try, merge, list, undo."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema, Status
from ninja.decorators import decorate_view

from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.paging import Page, Paging, cut
from guanxi.core.api.problems import PROBLEMS, ApiProblem
from guanxi.core.permissions import actor
from guanxi.customers import services
from guanxi.customers.merging import told
from guanxi.customers.services import CannotMerge, Pair
from guanxi.customers.types import MergeKind

router = Router(tags=["merges"])

Id = Annotated[int, Path(gt=0, lt=2**63)]
Number = Annotated[int, Field(gt=0, lt=2**63)]
FieldName = Literal[
    "name", "phone", "email", "address", "birth_date", "gender", "country", "region", "city", "language"
]


class PairIn(Schema):
    """Two customers that are one. A customer merged before stands for whom it is now."""

    kept_id: Number
    gone_id: Number
    choices: dict[FieldName, Literal["kept", "gone"]] = Field(
        {}, description="whose value of a field stands; else that of who stays, where there is one"
    )


class MergesIn(Schema):
    pairs: list[PairIn] = Field(min_length=1, max_length=1000)
    dry_run: bool = Field(False, description="say what would happen, and do nothing")


class MergedOut(Schema):
    merge_id: int | None = Field(description="null in a dry run")
    kept_id: int
    gone_id: int


class MergesOut(Schema):
    merged: list[MergedOut]
    moved: dict[str, int] = Field(description="rows that followed, by table")


class MergeOut(Schema):
    """An entry of the log."""

    id: int
    kept_id: int
    gone_id: int
    kind: str
    reasons: list[str]
    certainty: float | None
    at: datetime
    undone_at: datetime | None


@router.post("", response={200: MergesOut, **PROBLEMS}, auth=Scope("customers.merge"))
@decorate_view(idempotent)
def merge(request: HttpRequest, body: MergesIn) -> dict[str, Any]:
    """Merge pairs of customers, all or none. With `dry_run`, everything is tried and taken back."""
    pairs = [
        Pair(one.kept_id, one.gone_id, {str(field): whose for field, whose in one.choices.items()})
        for one in body.pairs
    ]
    do = services.try_merge if body.dry_run else services.merge
    try:
        done = do(pairs, kind=MergeKind.API, user=actor(request), now=timezone.now(), request=request)
    except CannotMerge as error:
        raise ApiProblem(409, "cannot-merge", str(error)) from None
    merged = [
        {"merge_id": None if body.dry_run else one.merge_id, "kept_id": one.kept_id, "gone_id": one.gone_id}
        for one in done
    ]
    return {"merged": merged, "moved": done[0].moved}


@router.get("", response={200: Page[MergeOut], **PROBLEMS}, auth=Scope("customers.view"))
def list_merges(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """The log of merges, the newest first; undone ones say when."""
    before = paging.after([int])
    cards = told.log(limit=paging.limit + 1, before_id=int(before[0]) if before else None)
    items, following = cut(cards, paging.limit, lambda card: (card.id,))
    return {"items": items, "next": following}


@router.post("/{merge_id}/undo", response={200: MergedOut, **PROBLEMS}, auth=Scope("customers.merge"))
@decorate_view(idempotent)
def undo(request: HttpRequest, merge_id: Id) -> Status[dict[str, int]]:
    """Take a merge back; what came in since goes to whom it came for."""
    try:
        done = services.undo_merge(merge_id, user=actor(request), now=timezone.now(), request=request)
    except CannotMerge as error:
        raise ApiProblem(409, "cannot-undo", str(error)) from None
    return Status(200, {"merge_id": done.merge_id, "kept_id": done.kept_id, "gone_id": done.gone_id})
