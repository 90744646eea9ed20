"""Endpoints of points, for tills, shops and other systems."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

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
from guanxi.loyalty.points import programmes, queries, services, spending
from guanxi.loyalty.points.types import BadPoints, NoSuch, PointsError

router = Router(tags=["points"])

Id = Annotated[int, Path(gt=0, lt=2**63)]
Number = Annotated[int, Field(gt=0, lt=2**63)]
Points = Annotated[int, Field(gt=0, le=10**9)]
Reference = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


class BalanceOut(Schema):
    programme_id: int
    programme: str
    spendable: int = Field(description="valid and not set aside; below zero only where the programme lets it")
    pending: int = Field(description="of orders whose return window is still open")
    held: int = Field(description="set aside for tills")
    debt: int = Field(description="called back after they were spent, and not settled yet")
    next_expiry_at: datetime | None
    next_expiry_points: int
    worth: int = Field(description="of the spendable points, in the smallest unit of the merchant's currency")


class EntryOut(Schema):
    id: int
    at: datetime
    kind: str
    points: int
    why: str
    order_id: int | None
    programme_id: int
    valid_from: datetime
    expires_at: datetime | None


class QuoteIn(Schema):
    customer_id: Number
    shop_id: Number
    total: Annotated[int, Field(ge=0, le=10**15, description="of the order, in the merchant's currency")]


class QuoteOut(Schema):
    spendable: int
    points: int = Field(description="the most that may be spent on this order")
    discount: int = Field(description="what they take off, in the smallest unit of the currency")
    currency: str
    why: str = Field(description="what keeps it from being more; empty when nothing does")


class ReservationIn(Schema):
    customer_id: Number
    shop_id: Number
    points: Points
    reference: Reference = Field(description="your own name for it: the same again gives the same reservation")
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = Field(None, description="the programme's when left out")


class ReservationOut(Schema):
    id: int
    reference: str
    shop_id: int
    customer_id: int
    points: int
    discount: int
    currency: str
    state: str
    made_at: datetime
    expires_at: datetime


class ReviewIn(Schema):
    customer_id: Number
    shop_id: Number
    external_id: Reference = Field(description="your own name for the review: the same again changes nothing")
    product: Reference = Field(description="the shop's own code of what was reviewed")
    order_number: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] = Field(
        "", description="of the order it came with; each line of an order brings points once"
    )


class ReviewOut(Schema):
    points: int
    why: str = Field(description="why it is not more; empty when it brought all that the rule says")


class AdjustmentIn(Schema):
    customer_id: Number
    programme_id: Number
    points: Annotated[int, Field(ge=-(10**9), le=10**9, description="below zero takes them")]
    reason: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
    reference: Reference = Field(description="your own name for it: the same again changes nothing")


class AdjustmentOut(Schema):
    id: int
    customer_id: int
    programme_id: int
    points: int
    reason: str
    reference: str
    state: str = Field(description="`waiting` for a second person, `done` or `refused`")


def _now(customer_id: int) -> int:
    """The customer, or whom they were merged into."""
    number = customers.present({customer_id}).get(customer_id)
    if number is None:
        raise ApiProblem(404, "not-found", "There is no such customer.")
    return number


def _said(body: QuoteIn | ReservationIn | ReviewIn | AdjustmentIn) -> dict[str, Any]:
    return body.model_dump() | {"customer_id": _now(body.customer_id)}


def _problem(error: PointsError) -> ApiProblem:
    status = 404 if isinstance(error, NoSuch) else 422 if isinstance(error, BadPoints) else 409
    return ApiProblem(status, error.code, str(error))


@router.get("/customers/{customer_id}", response={200: list[BalanceOut], **PROBLEMS}, auth=Scope("loyalty.points"))
def balances(request: HttpRequest, customer_id: Id) -> Any:
    """What a customer has in each programme, now."""
    return queries.balances(_now(customer_id), now=timezone.now())


@router.get(
    "/customers/{customer_id}/entries", response={200: Page[EntryOut], **PROBLEMS}, auth=Scope("loyalty.points")
)
def statement(request: HttpRequest, customer_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """A customer's ledger with why, newest first."""
    number = _now(customer_id)
    before = paging.after([int, int])
    seen = (_moment(int(before[0])), int(before[1])) if before else None
    rows = queries.statement(number, limit=paging.limit + 1, before=seen)
    items, following = cut(rows, paging.limit, lambda row: ((row.at - EPOCH) // timedelta(microseconds=1), row.id))
    return {"items": list(items), "next": following}


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 10**16
"""Microseconds; more than any moment of ours, and still a date."""


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=max(0, min(microseconds, LATEST)))


@router.post("/quote", response={200: QuoteOut, **PROBLEMS}, auth=Scope("loyalty.points"))
def quote(request: HttpRequest, body: QuoteIn) -> Any:
    """What the customer's points could take off an order; changes nothing."""
    said = _said(body)
    try:
        return services.quote(**said, now=timezone.now())
    except PointsError as error:
        raise _problem(error) from None


@router.post("/reservations", response={201: ReservationOut, **PROBLEMS}, auth=Scope("loyalty.points_spend"))
@decorate_view(idempotent)
def reserve(request: HttpRequest, body: ReservationIn) -> Status[Any]:
    """Set points aside, until they are committed or released or the time runs out."""
    said = _said(body)
    try:
        return Status(201, services.reserve(**said, now=timezone.now()))
    except PointsError as error:
        raise _problem(error) from None


@router.get(
    "/reservations/{reservation_id}", response={200: ReservationOut, **PROBLEMS}, auth=Scope("loyalty.points_spend")
)
def one_reservation(request: HttpRequest, reservation_id: Id) -> Any:
    """What became of it."""
    try:
        return spending.one(reservation_id)
    except PointsError as error:
        raise _problem(error) from None


@router.post(
    "/reservations/{reservation_id}/commit",
    response={200: ReservationOut, **PROBLEMS},
    auth=Scope("loyalty.points_spend"),
)
@decorate_view(idempotent)
def commit(request: HttpRequest, reservation_id: Id) -> Any:
    """Spend the points for good; again it changes nothing."""
    try:
        return services.commit(reservation_id, now=timezone.now())
    except PointsError as error:
        raise _problem(error) from None


@router.post(
    "/reservations/{reservation_id}/release",
    response={200: ReservationOut, **PROBLEMS},
    auth=Scope("loyalty.points_spend"),
)
@decorate_view(idempotent)
def release(request: HttpRequest, reservation_id: Id) -> Any:
    """Give the points back; again it changes nothing."""
    try:
        return services.release(reservation_id, now=timezone.now())
    except PointsError as error:
        raise _problem(error) from None


@router.post("/reviews", response={200: ReviewOut, **PROBLEMS}, auth=Scope("loyalty.points_spend"))
@decorate_view(idempotent)
def review(request: HttpRequest, body: ReviewIn) -> Any:
    """Report a review that a customer wrote; it brings points as the programme of the shop says."""
    said = _said(body)
    try:
        return services.review(**said, now=timezone.now())
    except PointsError as error:
        raise _problem(error) from None


@router.post("/adjustments", response={201: AdjustmentOut, **PROBLEMS}, auth=Scope("loyalty.points_adjust"))
@decorate_view(idempotent)
def adjust(request: HttpRequest, body: AdjustmentIn) -> Status[Any]:
    """Give or take points by hand; above the programme's limit it waits for a second person."""
    said = _said(body)
    try:
        programmes.one(body.programme_id)
    except NoSuch as error:
        raise ApiProblem(422, "not-valid", str(error)) from None
    try:
        return Status(201, services.adjust(**said, user=actor(request), now=timezone.now()))
    except PointsError as error:
        raise _problem(error) from None
