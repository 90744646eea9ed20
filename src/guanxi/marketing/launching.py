"""What happens at launch: freeze the audience, divide it by chance, queue the messages.

Cut off anywhere and run again, it carries on: the audience is frozen in one transaction and never again, and each batch
of messages is queued in the transaction that notes how far the queue has come.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from django.db.models import QuerySet

from guanxi.core import events
from guanxi.marketing import queries
from guanxi.marketing.audience import LEFT_OUT, Audience, divide
from guanxi.marketing.checks import readable
from guanxi.marketing.events import CampaignAssigned
from guanxi.marketing.models import Campaign, CampaignMember, CampaignStatus, CostEntry
from guanxi.marketing.problems import LaunchRefused, Problem
from guanxi.marketing.services import SOURCE, locked, move, refuse
from guanxi.marketing.types import CONTROL_ARM
from guanxi.messaging import services as messaging
from guanxi.messaging.types import OutgoingMessage

BATCH = 5_000
"""Messages queued in one transaction."""

COPY_ROWS = 50_000
"""Members handed to the database at once; bounds memory."""


def freeze(campaign_id: int, *, now: datetime) -> None:
    """Decide once who is in the campaign, and in which arm. Does nothing when that is decided.

    Raises LaunchRefused when there is nobody to write to; then the campaign is a draft again that says why.
    """
    campaign = Campaign.objects.get(pk=campaign_id)
    if campaign.launched_at or campaign.status != CampaignStatus.LAUNCHING:
        return
    try:
        # Outside the lock: a segment over a million customers takes a moment, in which people may pause or cancel.
        with readable():
            audience = divide(queries.campaign(campaign_id), seed=campaign.seed, now=now)
        _somebody(audience)
    except LaunchRefused as refusal:
        refuse(campaign_id, refusal.problem, now=now)
        raise
    with transaction.atomic():
        campaign = locked(campaign_id)
        if campaign.launched_at or campaign.status != CampaignStatus.LAUNCHING:
            return
        _write_members(campaign, audience, now=now)
        campaign.launched_at, campaign.audience = now, len(audience)
        campaign.save(update_fields=["launched_at", "audience"])
        _announce(campaign, now=now)
        _write_fixed_cost(campaign, now=now)


def queue(campaign_id: int, *, now: datetime, report: Callable[[int], None] = lambda queued: None) -> None:
    """Queue the messages that are not queued yet. Stops early when someone pauses or cancels the campaign.

    ``report`` is given the number of messages after each batch.
    """
    queued = 0
    while batch := _queue_batch(campaign_id, now=now):
        queued += batch
        report(queued)


def still_to_queue(campaign_id: int) -> int:
    campaign = Campaign.objects.get(pk=campaign_id)
    return _waiting(campaign).count()


def interrupted(campaign_id: int, *, now: datetime) -> None:
    """Queuing broke off for a reason of its own: the campaign waits, and says so, until someone resumes it."""
    with transaction.atomic():
        campaign = locked(campaign_id)
        if campaign.status == CampaignStatus.LAUNCHING:
            campaign.problem = Problem.INTERRUPTED
            messaging.pause(SOURCE, campaign_id, now=now)
            move(campaign, CampaignStatus.PAUSED, now=now)


def _somebody(audience: Audience) -> None:
    if not len(audience):
        raise LaunchRefused(Problem.EMPTY_SEGMENT)
    if np.all(audience.arms == LEFT_OUT):
        raise LaunchRefused(Problem.NOBODY_ELIGIBLE)
    if np.all(audience.arms <= CONTROL_ARM):
        raise LaunchRefused(Problem.NOBODY_TO_WRITE_TO)


def _write_members(campaign: Campaign, audience: Audience, *, now: datetime) -> None:
    columns = "campaign_id, customer_id, variant_id, excluded, assigned_at"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY marketing_campaignmember ({columns}) FROM STDIN") as copy,
    ):
        for block in _copy_blocks(campaign.pk, audience, now.isoformat()):
            copy.write(block)


def _copy_blocks(campaign_id: int, audience: Audience, moment: str) -> Iterator[str]:
    for start in range(0, len(audience), COPY_ROWS):
        part = slice(start, start + COPY_ROWS)
        rows = zip(
            audience.customer_ids[part].tolist(),
            audience.arms[part].tolist(),
            audience.reasons[part].tolist(),
            strict=True,
        )
        yield "".join(
            f"{campaign_id}\t{customer}\t{arm if arm > CONTROL_ARM else chr(92) + 'N'}\t{reason}\t{moment}\n"
            for customer, arm, reason in rows
        )


def _announce(campaign: Campaign, *, now: datetime) -> None:
    events.publish_select(
        "SELECT %s, customer_id, campaign_id, assigned_at, %s, jsonb_build_object('variant_id', variant_id)"
        " FROM marketing_campaignmember WHERE campaign_id = %s AND excluded = '' ORDER BY id",
        [CampaignAssigned.kind, now, campaign.pk],
    )


def _write_fixed_cost(campaign: Campaign, *, now: datetime) -> None:
    if campaign.fixed_cost:
        CostEntry.objects.get_or_create(
            idempotency_key=f"campaign:{campaign.pk}:fixed",
            defaults={"campaign": campaign, "amount": campaign.fixed_cost, "recorded_at": now},
        )


def _queue_batch(campaign_id: int, *, now: datetime) -> int:
    with transaction.atomic():
        campaign = locked(campaign_id)
        if campaign.status != CampaignStatus.LAUNCHING or not campaign.launched_at:
            return 0
        members = list(_waiting(campaign).order_by("id").values_list("id", "customer_id", "variant_id")[:BATCH])
        if not members:
            campaign.queued_at = now
            move(campaign, CampaignStatus.SENDING, now=now)
            return 0
        messaging.queue_messages(_messages(campaign, members), now=now)
        campaign.queued_through = members[-1][0]
        campaign.save(update_fields=["queued_through"])
        return len(members)


def _waiting(campaign: Campaign) -> QuerySet[CampaignMember]:
    return CampaignMember.objects.filter(campaign=campaign, pk__gt=campaign.queued_through, variant__isnull=False)


def _messages(campaign: Campaign, members: Sequence[tuple[int, int, int]]) -> list[OutgoingMessage]:
    templates = dict(campaign.variants.values_list("id", "template_version_id"))
    return [
        OutgoingMessage(
            customer_id=customer_id,
            channel=campaign.channel,
            purpose=campaign.purpose,
            template_version_id=templates[variant_id],
            idempotency_key=f"campaign:{campaign.pk}:{customer_id}",
            source_kind=SOURCE,
            source_id=campaign.pk,
            variant_id=variant_id,
            track=campaign.tracking,
        )
        for _id, customer_id, variant_id in members
    ]
