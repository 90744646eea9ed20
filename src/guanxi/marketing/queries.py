"""Reading campaigns: as they are, as they would be launched now, and how far they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, QuerySet, Sum
from numpy.typing import NDArray

from guanxi.marketing.audience import LEFT_OUT, divide
from guanxi.marketing.models import Campaign, CampaignMember, CampaignStatus, CostEntry
from guanxi.marketing.problems import NoCampaign
from guanxi.marketing.types import CONTROL_ARM, CampaignView, VariantView
from guanxi.messaging.types import Eligibility

__all__ = [
    "CampaignView",
    "Cost",
    "LeftOut",
    "NoCampaign",
    "Review",
    "arm_counts",
    "campaign",
    "campaigns",
    "costs",
    "launched_between",
    "left_out_counts",
    "names",
    "review",
]

SAMPLE = 5
"""Customers named of each group on the review page."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Customers who will not be written to for one reason."""

    reason: str
    label: str
    count: int
    sample: tuple[int, ...]
    """Ids of some of them."""


@dataclass(frozen=True, slots=True)
class Group:
    """Customers of one arm."""

    variant: VariantView | None
    """None for the control group."""
    count: int
    sample: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """What a launch would do now."""

    campaign: CampaignView
    at: datetime
    audience: int
    """Members of the segment."""
    eligible: int
    """Of them, who may be written to; the control group is drawn from these."""
    left_out: tuple[LeftOut, ...]
    control: Group
    variants: tuple[Group, ...]

    @property
    def messages(self) -> int:
        return sum(group.count for group in self.variants)

    @property
    def message_cost(self) -> int:
        """Minor units of the campaign's currency."""
        return round(self.campaign.cost_per_thousand * self.messages / 1000)


@dataclass(frozen=True, slots=True)
class Cost:
    amount: int
    note: str
    recorded_at: datetime


def campaign(campaign_id: int) -> CampaignView:
    """Raises NoCampaign."""
    found = _views(Campaign.objects.filter(pk=campaign_id))
    if not found:
        raise NoCampaign(campaign_id)
    return found[0]


def campaigns(
    *, statuses: Iterable[str] = (), limit: int | None = None, before_id: int | None = None
) -> list[CampaignView]:
    """Newest first; ``before_id`` leaves out that one and what came after it."""
    rows = Campaign.objects.order_by("-id")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    statuses = list(statuses)
    if statuses:
        rows = rows.filter(status__in=statuses)
    return _views(rows[:limit])


def views(campaign_ids: Sequence[int]) -> list[CampaignView]:
    """In the order given; ids without a campaign are left out."""
    found = {view.id: view for view in _views(Campaign.objects.filter(pk__in=campaign_ids))}
    return [found[campaign_id] for campaign_id in campaign_ids if campaign_id in found]


def launched_between(start: datetime, end: datetime) -> list[CampaignView]:
    """Campaigns whose audience was frozen in [start, end), oldest first."""
    return _views(Campaign.objects.filter(launched_at__gte=start, launched_at__lt=end).order_by("launched_at", "id"))


def names(campaign_ids: Iterable[int]) -> dict[int, str]:
    """For timelines and lists of other rooms."""
    return dict(Campaign.objects.filter(pk__in=set(campaign_ids)).values_list("id", "name"))


def review(campaign_id: int, *, now: datetime) -> Review:
    """The audience as a launch would divide it now: exact, because the division is reproducible.

    Raises NoCampaign and what segments raises for a definition that cannot be computed.
    """
    view = campaign(campaign_id)
    seed = Campaign.objects.values_list("seed", flat=True).get(pk=campaign_id)
    audience = divide(view, seed=seed, now=now)
    labels = dict(Eligibility.choices)

    def sample(chosen: NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(audience.customer_ids[chosen][:SAMPLE].tolist())

    left_out = []
    for reason in sorted(set(audience.reasons[audience.arms == LEFT_OUT].tolist())):
        chosen = audience.reasons == reason
        left_out.append(LeftOut(reason, str(labels.get(reason, reason)), int(chosen.sum()), sample(chosen)))
    return Review(
        campaign=view,
        at=now,
        audience=len(audience),
        eligible=len(audience) - audience.in_arm(LEFT_OUT),
        left_out=tuple(left_out),
        control=Group(None, audience.in_arm(CONTROL_ARM), sample(audience.arms == CONTROL_ARM)),
        variants=tuple(Group(v, audience.in_arm(v.id), sample(audience.arms == v.id)) for v in view.variants),
    )


def arm_counts(campaign_id: int) -> dict[int, int]:
    """Customers in each arm of a launched campaign: by variant id, and CONTROL_ARM."""
    rows = CampaignMember.objects.filter(campaign=campaign_id, excluded="").values_list("variant_id")
    return {variant_id or CONTROL_ARM: count for variant_id, count in rows.annotate(count=Count("id"))}


def left_out_counts(campaign_id: int) -> dict[str, int]:
    """Customers a launched campaign left out, by reason."""
    rows = CampaignMember.objects.filter(campaign=campaign_id).exclude(excluded="").values_list("excluded")
    return dict(rows.annotate(count=Count("id")).order_by("excluded"))


def costs(campaign_id: int) -> list[Cost]:
    """What was spent on a campaign beside its messages, oldest first; minor units of its currency."""
    rows = CostEntry.objects.filter(campaign=campaign_id).order_by("recorded_at", "id")
    return [Cost(row.amount, row.note, row.recorded_at) for row in rows]


def unfinished() -> list[int]:
    """Campaigns whose messages are all queued and may be all out."""
    return list(Campaign.objects.filter(status=CampaignStatus.SENDING).values_list("id", flat=True))


def due(now: datetime) -> list[int]:
    """Scheduled campaigns whose time has come."""
    return list(
        Campaign.objects.filter(status=CampaignStatus.SCHEDULED, scheduled_at__lte=now).values_list("id", flat=True)
    )


def _views(rows: QuerySet[Campaign]) -> list[CampaignView]:
    found = list(rows.prefetch_related("variants"))
    spent = dict(
        CostEntry.objects.filter(campaign__in=[row.pk for row in found])
        .values_list("campaign_id")
        .annotate(spent=Sum("amount"))
    )
    return [_view(row, spent.get(row.pk, 0)) for row in found]


def _view(row: Campaign, spent: int) -> CampaignView:
    same = (
        "id",
        "name",
        "segment_id",
        "channel",
        "purpose",
        "status",
        "problem",
        "control_share",
        "window_days",
        "tracking",
        "fixed_cost",
        "cost_per_thousand",
        "currency",
        "scheduled_at",
        "reviewed_audience",
        "launched_at",
        "audience",
        "queued_at",
        "finished_at",
        "created_at",
    )
    variants = tuple(
        VariantView(
            id=variant.pk,
            number=variant.number,
            name=variant.name,
            share=variant.share,
            template_version_id=variant.template_version_id,
        )
        for variant in row.variants.all()
    )
    return CampaignView(**{name: getattr(row, name) for name in same}, variants=variants, spent=spent)
