"""Endpoints of campaigns. What they earned is in the analytics room's."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import AwareDatetime

from guanxi.core import preferences
from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.paging import Page, Paging, cut
from guanxi.core.api.problems import PROBLEMS, ApiProblem, FieldProblem
from guanxi.core.permissions import actor
from guanxi.marketing import queries, services
from guanxi.marketing.checks import readable
from guanxi.marketing.problems import LaunchRefused, NoCampaign, WrongStatus
from guanxi.marketing.services import BadPlan, CampaignPlan, VariantPlan
from guanxi.marketing.types import CampaignView

router = Router(tags=["campaigns"])

Id = Annotated[int, Path(gt=0, lt=2**63)]
Share = Annotated[int, Field(ge=0, le=10_000, description="hundredths of a percent")]
Minor = Annotated[int, Field(ge=0, le=10**15, description="in the smallest unit of the currency")]


class VariantOut(Schema):
    id: int
    name: str
    share: int
    template_version_id: int


class CampaignOut(Schema):
    id: int
    name: str
    segment_id: int
    channel: str
    status: str
    control_share: int
    window_days: int
    variants: list[VariantOut]
    audience: int | None
    created_at: datetime
    scheduled_at: datetime | None
    launched_at: datetime | None
    finished_at: datetime | None


class VariantIn(Schema):
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
    share: Share
    template_version_id: int = Field(gt=0, lt=2**63)


class CampaignIn(Schema):
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
    segment_id: int = Field(gt=0, lt=2**63)
    variants: list[VariantIn] = Field(min_length=1, max_length=10)
    control_share: Share = 1000
    window_days: int = Field(14, ge=1, le=365)
    fixed_cost: Minor = 0
    cost_per_thousand: Minor = 0


class ScheduleIn(Schema):
    at: AwareDatetime


class Created(Schema):
    id: int


class Started(Schema):
    job_id: int


class ReasonCount(Schema):
    reason: str
    count: int


class ReviewOut(Schema):
    """What a launch would do now."""

    audience: int
    eligible: int
    control: int
    messages: int
    left_out: list[ReasonCount]


def _view(campaign_id: int) -> CampaignView:
    try:
        return queries.campaign(campaign_id)
    except NoCampaign:
        raise ApiProblem(404, "not-found", "There is no such campaign.") from None


@router.get("", response={200: Page[CampaignOut], **PROBLEMS}, auth=Scope("marketing.view"))
def list_campaigns(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Campaigns, newest first."""
    before = paging.after([int])
    rows = queries.campaigns(limit=paging.limit + 1, before_id=int(before[0]) if before else None)
    items, following = cut(rows, paging.limit, lambda campaign: (campaign.id,))
    return {"items": list(items), "next": following}


@router.post("", response={201: Created, **PROBLEMS}, auth=Scope("marketing.edit"))
@decorate_view(idempotent)
def create_campaign(request: HttpRequest, body: CampaignIn) -> Status[dict[str, int]]:
    """Make a draft."""
    variants = [VariantPlan(**variant.model_dump()) for variant in body.variants]
    plan = CampaignPlan(**body.model_dump(exclude={"variants"}), variants=variants, currency=preferences.currency())
    try:
        campaign_id = services.create_campaign(plan, user=actor(request), now=timezone.now())
    except BadPlan as error:
        raise _bad_plan(error) from None
    return Status(201, {"id": campaign_id})


@router.get("/{campaign_id}", response={200: CampaignOut, **PROBLEMS}, auth=Scope("marketing.view"))
def one_campaign(request: HttpRequest, campaign_id: Id) -> Any:
    return _view(campaign_id)


@router.get("/{campaign_id}/review", response={200: ReviewOut, **PROBLEMS}, auth=Scope("marketing.view"))
def review(request: HttpRequest, campaign_id: Id) -> dict[str, Any]:
    """Who would be written to, who is held out as control group, and who is left out and why."""
    _view(campaign_id)
    try:
        with readable():
            found = queries.review(campaign_id, now=timezone.now())
    except LaunchRefused as refused:
        raise ApiProblem(409, refused.problem.value.replace("_", "-"), str(refused)) from None
    return {
        "audience": found.audience,
        "eligible": found.eligible,
        "control": found.control.count,
        "messages": found.messages,
        "left_out": [{"reason": one.reason, "count": one.count} for one in found.left_out],
    }


@router.post("/{campaign_id}/launch", response={202: Started, **PROBLEMS}, auth=Scope("marketing.launch"))
@decorate_view(idempotent)
def launch(request: HttpRequest, campaign_id: Id) -> Status[dict[str, int]]:
    """Freeze the audience, divide it by chance and send."""
    return Status(202, {"job_id": _do(services.launch, campaign_id, request)})


@router.post("/{campaign_id}/schedule", response={200: CampaignOut, **PROBLEMS}, auth=Scope("marketing.launch"))
@decorate_view(idempotent)
def schedule(request: HttpRequest, campaign_id: Id, body: ScheduleIn) -> Any:
    """Launch at that moment by itself."""
    _do(services.schedule, campaign_id, request, at=body.at)
    return _view(campaign_id)


@router.post("/{campaign_id}/cancel", response={200: CampaignOut, **PROBLEMS}, auth=Scope("marketing.launch"))
@decorate_view(idempotent)
def cancel(request: HttpRequest, campaign_id: Id) -> Any:
    """Send nothing more, for good."""
    _do(services.cancel, campaign_id, request)
    return _view(campaign_id)


def _do(use_case: Any, campaign_id: int, request: HttpRequest, **more: Any) -> Any:
    try:
        return use_case(campaign_id, user=actor(request), now=timezone.now(), **more)
    except NoCampaign:
        raise ApiProblem(404, "not-found", "There is no such campaign.") from None
    except BadPlan as error:
        raise _bad_plan(error) from None
    except WrongStatus as error:
        raise ApiProblem(409, "wrong-status", str(error)) from None
    except LaunchRefused as refused:
        raise ApiProblem(409, refused.problem.value.replace("_", "-"), str(refused)) from None


def _bad_plan(error: BadPlan) -> ApiProblem:
    errors = [FieldProblem(where=f"body.{name}", message=message) for name, message in error.problems.items()]
    return ApiProblem(422, "not-valid", "The campaign cannot be made like this.", errors)
