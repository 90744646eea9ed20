"""What can be done with a campaign. Each function is one use case in one transaction."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core import audit, events, jobs
from guanxi.core.models import User
from guanxi.core.money import Minor
from guanxi.marketing.checks import check_parts, check_ready
from guanxi.marketing.events import CampaignChanged
from guanxi.marketing.models import Campaign, CampaignStatus, CostEntry, Variant
from guanxi.marketing.plans import BadPlan, CampaignPlan, VariantPlan, check_plan
from guanxi.marketing.problems import LaunchRefused, NoCampaign, Problem, WrongStatus
from guanxi.messaging import queries as messages
from guanxi.messaging import services as messaging

__all__ = [
    "SOURCE",
    "BadPlan",
    "CampaignPlan",
    "LaunchRefused",
    "NoCampaign",
    "Problem",
    "VariantPlan",
    "WrongStatus",
    "cancel",
    "create_campaign",
    "delete_draft",
    "finish_if_sent",
    "launch",
    "launch_scheduled",
    "pause",
    "record_cost",
    "resume",
    "schedule",
    "unschedule",
    "update_campaign",
]

SOURCE = "campaign"
"""``source_kind`` of a campaign's messages; their ``source_id`` is the campaign's id."""

EDITABLE = frozenset({CampaignStatus.DRAFT})
WAITING = frozenset({CampaignStatus.DRAFT, CampaignStatus.SCHEDULED})
RUNNING = frozenset({CampaignStatus.LAUNCHING, CampaignStatus.SENDING})
CANCELLABLE = WAITING | RUNNING | {CampaignStatus.PAUSED}


@transaction.atomic
def create_campaign(plan: CampaignPlan, *, user: User | None, now: datetime) -> int:
    """Make a draft; returns its id. Raises BadPlan."""
    check_plan(plan)
    check_parts(plan)
    campaign = Campaign.objects.create(**_columns(plan), created_by=user, created_at=now, updated_at=now)
    # A seed of its own: the control group of one campaign must not be the control group of all.
    campaign.seed = f"campaign:{campaign.pk}"
    campaign.save(update_fields=["seed"])
    _write_variants(campaign, plan)
    audit.record("campaign.create", actor=user, subject=("campaign", campaign.pk), now=now)
    return campaign.pk


@transaction.atomic
def update_campaign(campaign_id: int, plan: CampaignPlan, *, user: User | None, now: datetime) -> None:
    """Change a draft. Raises BadPlan, WrongStatus, NoCampaign."""
    campaign = locked(campaign_id)
    _require(campaign, EDITABLE, _("Only a draft can be changed; take a scheduled campaign back first."))
    check_plan(plan)
    check_parts(plan)
    for name, value in _columns(plan).items():
        setattr(campaign, name, value)
    campaign.problem, campaign.reviewed_at, campaign.reviewed_audience, campaign.updated_at = "", None, None, now
    campaign.save()
    campaign.variants.all().delete()
    _write_variants(campaign, plan)
    audit.record("campaign.change", actor=user, subject=("campaign", campaign_id), now=now)


@transaction.atomic
def delete_draft(campaign_id: int, *, user: User | None, now: datetime) -> None:
    """Remove a campaign that was never launched. Raises WrongStatus, NoCampaign."""
    campaign = locked(campaign_id)
    _require(campaign, EDITABLE, _("Only a draft can be deleted; a campaign that was launched stays on record."))
    CostEntry.objects.filter(campaign=campaign).delete()
    campaign.delete()
    audit.record("campaign.delete", actor=user, subject=("campaign", campaign_id), now=now)


@transaction.atomic
def schedule(
    campaign_id: int, *, at: datetime, reviewed_audience: int | None = None, user: User | None, now: datetime
) -> None:
    """Launch at that moment by itself. ``reviewed_audience`` is what the person who agreed saw.

    Raises LaunchRefused, WrongStatus, NoCampaign; BadPlan when the moment is past.
    """
    campaign = locked(campaign_id)
    _require(campaign, WAITING, _("This campaign was launched already."))
    if at <= now:
        raise BadPlan({"scheduled_at": _("Choose a time that is still to come.")})
    check_ready(campaign, now=now)
    campaign.scheduled_at = at
    _note_review(campaign, reviewed_audience, now)
    move(campaign, CampaignStatus.SCHEDULED, now=now)
    audit.record(
        "campaign.schedule", actor=user, subject=("campaign", campaign_id), detail={"at": at.isoformat()}, now=now
    )


@transaction.atomic
def unschedule(campaign_id: int, *, user: User | None, now: datetime) -> None:
    """Make a scheduled campaign a draft again. Raises WrongStatus, NoCampaign."""
    campaign = locked(campaign_id)
    _require(campaign, {CampaignStatus.SCHEDULED}, _("This campaign is not scheduled."))
    campaign.scheduled_at = None
    move(campaign, CampaignStatus.DRAFT, now=now)
    audit.record("campaign.unschedule", actor=user, subject=("campaign", campaign_id), now=now)


@transaction.atomic
def launch(campaign_id: int, *, reviewed_audience: int | None = None, user: User | None, now: datetime) -> int:
    """Start the job that freezes the audience and queues the messages; returns the job's id.

    Raises LaunchRefused, WrongStatus, NoCampaign.
    """
    campaign = locked(campaign_id)
    _require(campaign, WAITING, _("This campaign was launched already."))
    check_ready(campaign, now=now)
    _note_review(campaign, reviewed_audience, now)
    move(campaign, CampaignStatus.LAUNCHING, now=now)
    audit.record("campaign.launch", actor=user, subject=("campaign", campaign_id), now=now)
    return _start_job(campaign, user)


def launch_scheduled(campaign_id: int, *, now: datetime) -> None:
    """Launch a scheduled campaign whose time has come. When it cannot be, it becomes a draft that says why.

    Raises LaunchRefused, WrongStatus, NoCampaign.
    """
    try:
        launch(campaign_id, user=None, now=now)
    except LaunchRefused as refusal:
        refuse(campaign_id, refusal.problem, now=now)
        raise


@transaction.atomic
def refuse(campaign_id: int, problem: Problem, *, now: datetime) -> None:
    """Make a campaign that cannot be launched a draft again that says why."""
    campaign = locked(campaign_id)
    if campaign.status in {CampaignStatus.SCHEDULED, CampaignStatus.LAUNCHING}:
        campaign.problem, campaign.scheduled_at = problem, None
        move(campaign, CampaignStatus.DRAFT, now=now)


@transaction.atomic
def finish_if_sent(campaign_id: int, *, now: datetime) -> bool:
    """Mark a campaign done when none of its messages waits any more."""
    campaign = locked(campaign_id)
    if campaign.status != CampaignStatus.SENDING or not messages.states(SOURCE, campaign_id).finished:
        return False
    campaign.finished_at = now
    move(campaign, CampaignStatus.DONE, now=now)
    return True


@transaction.atomic
def pause(campaign_id: int, *, user: User | None, now: datetime) -> None:
    """Send nothing more for now. What a mail server already has cannot be called back. Raises WrongStatus."""
    campaign = locked(campaign_id)
    _require(campaign, RUNNING, _("Only a campaign that is being sent can be paused."))
    messaging.pause(SOURCE, campaign_id, now=now)
    move(campaign, CampaignStatus.PAUSED, now=now)
    audit.record("campaign.pause", actor=user, subject=("campaign", campaign_id), now=now)


@transaction.atomic
def resume(campaign_id: int, *, user: User | None, now: datetime) -> None:
    """Go on where it was paused. Raises WrongStatus."""
    campaign = locked(campaign_id)
    _require(campaign, {CampaignStatus.PAUSED}, _("This campaign is not paused."))
    messaging.resume(SOURCE, campaign_id)
    campaign.problem = ""
    if campaign.queued_at:
        move(campaign, CampaignStatus.SENDING, now=now)
    else:
        move(campaign, CampaignStatus.LAUNCHING, now=now)
        _start_job(campaign, user)
    audit.record("campaign.resume", actor=user, subject=("campaign", campaign_id), now=now)


@transaction.atomic
def cancel(campaign_id: int, *, user: User | None, now: datetime) -> None:
    """End a campaign for good: waiting messages are never sent; what was sent is still measured. Raises WrongStatus."""
    campaign = locked(campaign_id)
    _require(campaign, CANCELLABLE, _("This campaign has already ended."))
    messaging.cancel(SOURCE, campaign_id)
    campaign.finished_at = now
    move(campaign, CampaignStatus.CANCELLED, now=now)
    audit.record("campaign.cancel", actor=user, subject=("campaign", campaign_id), now=now)


@transaction.atomic
def record_cost(
    campaign_id: int, *, amount: Minor, note: str, idempotency_key: str, user: User | None, now: datetime
) -> bool:
    """Add what was spent (negative to put a mistake right), once for each key; returns whether it was new.

    Raises BadPlan when the amount is 0 or past measure, NoCampaign.
    """
    if not 0 < abs(amount) <= 10**15:
        raise BadPlan({"amount": _("Enter an amount other than zero.")})
    campaign = locked(campaign_id)
    _entry, created = CostEntry.objects.get_or_create(
        idempotency_key=idempotency_key,
        defaults={
            "campaign": campaign,
            "amount": amount,
            "note": note[:120],
            "recorded_by": user,
            "recorded_at": now,
        },
    )
    if created:
        audit.record("campaign.cost", actor=user, subject=("campaign", campaign_id), detail={"amount": amount}, now=now)
    return created


def locked(campaign_id: int) -> Campaign:
    """The campaign, with its row locked until the end of the transaction. Raises NoCampaign."""
    campaign = Campaign.objects.select_for_update().filter(pk=campaign_id).first()
    if campaign is None:
        raise NoCampaign(campaign_id)
    return campaign


def move(campaign: Campaign, status: CampaignStatus, *, now: datetime) -> None:
    """Save the locked campaign in its new status and announce it."""
    campaign.status, campaign.updated_at = status, now
    campaign.save()
    changed = CampaignChanged(customer_id=None, subject_id=campaign.pk, occurred_at=now, status=status.value)
    events.publish([changed], now=now)


def _require(campaign: Campaign, statuses: Collection[CampaignStatus], message: str) -> None:
    if campaign.status not in statuses:
        raise WrongStatus(message)


def _note_review(campaign: Campaign, audience: int | None, now: datetime) -> None:
    campaign.problem = ""
    if audience is not None:
        campaign.reviewed_at, campaign.reviewed_audience = now, audience


def _start_job(campaign: Campaign, user: User | None) -> int:
    title = _("Launch campaign “%(name)s”") % {"name": campaign.name}
    lock = f"campaign:{campaign.pk}"
    return jobs.start("campaigns.launch", title=title, user=user, lock=lock, campaign_id=campaign.pk).pk


def _columns(plan: CampaignPlan) -> dict[str, object]:
    copied = (
        "segment_id",
        "channel",
        "purpose",
        "control_share",
        "window_days",
        "tracking",
        "fixed_cost",
        "cost_per_thousand",
        "currency",
    )
    return {"name": plan.name.strip(), **{name: getattr(plan, name) for name in copied}}


def _write_variants(campaign: Campaign, plan: CampaignPlan) -> None:
    Variant.objects.bulk_create(
        Variant(
            campaign=campaign,
            number=number,
            name=variant.name.strip(),
            share=variant.share,
            template_version_id=variant.template_version_id,
        )
        for number, variant in enumerate(plan.variants, start=1)
    )
