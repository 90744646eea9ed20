"""Endpoints of tiers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema, Status
from ninja.decorators import decorate_view

from guanxi.core import preferences
from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.problems import PROBLEMS, ApiProblem
from guanxi.core.permissions import actor
from guanxi.customers import queries as customers
from guanxi.loyalty.tiers import queries, services

router = Router(tags=["tiers"])
Id = Annotated[int, Path(gt=0, lt=2**63)]
MOST_CUSTOMERS = 500


class BenefitsOut(Schema):
    tier_id: int
    tier: str
    rank: int
    programme_id: int
    discount_percent: Decimal
    points_multiplier: Decimal
    free_shipping: bool
    birthday_gift: str
    service_priority: int
    text: str


class TierOut(Schema):
    id: int
    rank: int = Field(description="from 1, the lowest")
    name: str
    min_spend: int | None = Field(description="minor units of `currency`, less refunds")
    min_orders: int | None
    min_points: int | None = Field(description="earned in the window, not given by hand")
    match: str = Field(description="`all` or `any` of the conditions")
    members: int
    benefits: BenefitsOut


class ProgrammeOut(Schema):
    id: int
    name: str
    shop_id: int | None = Field(description="null for the programme of all shops")
    currency: str
    window: str = Field(description="`rolling`, `year` or `quarter`")
    window_days: int
    downgrade: str = Field(description="`grace`, `yearly` or `never`")
    grace_days: int
    warn_days: int
    evaluated_at: datetime | None
    tiers: list[TierOut]


class GapOut(Schema):
    kind: str = Field(description="`spend` in minor units, `orders` or `points`")
    has: int
    wants: int
    missing: int


class StepOut(Schema):
    tier_id: int
    tier: str
    match: str
    gaps: list[GapOut]
    by: date | None = Field(description="last day on which this holds")


class GrantOut(Schema):
    id: int
    tier: str
    until: date
    note: str


class StandingOut(Schema):
    programme_id: int
    programme: str
    shop_id: int | None
    tier_id: int | None
    tier: str
    rank: int
    since: datetime | None
    loses_on: date | None
    orders: int
    spend: int
    points: int = Field(description="earned in the window; 0 where no tier asks for them")
    window_from: date
    next: StepOut | None
    grant: GrantOut | None
    benefits: BenefitsOut | None


class ChangeOut(Schema):
    at: datetime
    from_tier: str
    to_tier: str
    reason: str
    words: str
    orders: int
    spend: int
    points: int
    window_from: date


class CustomerTiers(Schema):
    customer_id: int
    currency: str
    standings: list[StandingOut]
    history: list[ChangeOut] = Field(description="newest first, at most 50")


class CustomerBenefits(Schema):
    customer_id: int
    benefits: BenefitsOut | None = Field(description="null without a tier")


class SetTier(Schema):
    tier_id: Annotated[int, Field(gt=0, lt=2**63)]
    until: date = Field(description="last day on which the customer does not fall below it")
    note: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")]


class Granted(Schema):
    id: int


@router.get("/tiers", response={200: list[ProgrammeOut], **PROBLEMS}, auth=Scope("loyalty.tiers"))
def list_tiers(request: HttpRequest) -> Any:
    """Programmes in use with their tiers, lowest first, and how many hold each."""
    currency = preferences.currency()
    answer = []
    for programme in queries.programmes():
        held = queries.counts(programme.pk)
        tiers = [
            {
                "id": tier.pk,
                "rank": tier.rank,
                "name": tier.name,
                "min_spend": tier.min_spend,
                "min_orders": tier.min_orders,
                "min_points": tier.min_points,
                "match": tier.match,
                "members": held.get(tier.pk, 0),
                "benefits": queries.benefits(tier),
            }
            for tier in queries.ladder(programme.pk)
        ]
        names = ("name", "shop_id", "window", "window_days", "downgrade", "grace_days", "warn_days", "evaluated_at")
        values = {name: getattr(programme, name) for name in names}
        answer.append({"id": programme.pk, "currency": currency, "tiers": tiers, **values})
    return answer


@router.get("/tiers/benefits", response={200: list[CustomerBenefits], **PROBLEMS}, auth=Scope("loyalty.tiers"))
def benefits(
    request: HttpRequest,
    customer: Annotated[list[Annotated[int, Field(gt=0, lt=2**63)]], Query(min_length=1, max_length=MOST_CUSTOMERS)],
    shop_id: Annotated[int | None, Query(gt=0, lt=2**63)] = None,
) -> Any:
    """What customers' tiers give them now; with `shop_id` by that shop's own programme where it has one."""
    found = queries.benefits_of(customer, timezone.now(), shop_id=shop_id)
    return [{"customer_id": one, "benefits": found.get(one)} for one in dict.fromkeys(customer)]


@router.get("/customers/{customer_id}/tiers", response={200: CustomerTiers, **PROBLEMS}, auth=Scope("loyalty.tiers"))
def tiers_of_customer(request: HttpRequest, customer_id: Id) -> Any:
    """Where a customer stands, how far the next tier is, and how they came there."""
    customer_id = _now(customer_id)
    return {
        "customer_id": customer_id,
        "currency": preferences.currency(),
        "standings": queries.standings(customer_id, now=timezone.now()),
        "history": queries.history(customer_id),
    }


@router.post("/customers/{customer_id}/tiers", response={201: Granted, **PROBLEMS}, auth=Scope("loyalty.tiers_set"))
@decorate_view(idempotent)
def set_tier(request: HttpRequest, customer_id: Id, body: SetTier) -> Status[dict[str, int]]:
    """Set a customer's tier by hand: they do not fall below it until its last day is over."""
    customer_id = _now(customer_id)
    try:
        number = services.set_by_hand(
            customer_id,
            tier_id=body.tier_id,
            until=body.until,
            note=body.note,
            now=timezone.now(),
            user=actor(request),
        )
    except services.BadGrant as problem:
        raise ApiProblem(422, "not-valid", str(problem)) from None
    return Status(201, {"id": number})


def _now(customer_id: int) -> int:
    """The customer, or whom they were merged into."""
    number = customers.present([customer_id]).get(customer_id)
    if number is None:
        raise ApiProblem(404, "not-found", "There is no such customer.")
    return number
