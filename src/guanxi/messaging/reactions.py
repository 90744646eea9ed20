"""What readers do with a message, and what comes back: opened, clicked, unsubscribed, bounced, reported as spam."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from guanxi.core import bulk, events
from guanxi.core.event_types import Event
from guanxi.customers import services as customers
from guanxi.customers.types import Channel, Purpose
from guanxi.messaging import contacts, suppressions
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.channels.base import Inbound, InboundKind
from guanxi.messaging.events import MessageBounced, MessageClicked, MessageOpened, MessageUnsubscribed
from guanxi.messaging.models import Message
from guanxi.messaging.types import MessageState, Reason, SuppressionReason

MACHINE = re.compile(
    r"bot\b|crawl|spider|scan|preview|prefetch|monitor|curl|wget|python|java/|go-http|headless|barracuda|proofpoint"
    r"|mimecast|safelinks|urldefense",
    re.IGNORECASE,
)
ABOUT = "customer_id, channel, purpose, source_kind, source_id, variant_id"
"""What every event of a message says of it."""
OPEN = f"""
UPDATE messaging_message m SET opened_at = s.at
FROM unnest(%(ids)s::bigint[], %(at)s::timestamptz[]) s (id, at)
WHERE m.id = s.id AND m.opened_at IS NULL RETURNING m.id, s.at, {ABOUT}
"""
CLICK = f"""
WITH said AS MATERIALIZED (
  SELECT s.*, m.opened_at AS opened_before
  FROM unnest(%(ids)s::bigint[], %(links)s::smallint[], %(at)s::timestamptz[]) s (id, link, at)
  JOIN messaging_message m USING (id) ORDER BY m.id FOR UPDATE OF m
)
UPDATE messaging_message m SET links_clicked = m.links_clicked || s.link,
  clicked_at = coalesce(m.clicked_at, s.at), opened_at = coalesce(m.opened_at, s.at)
FROM said s WHERE m.id = s.id AND NOT (s.link = ANY(m.links_clicked))
RETURNING s.link, s.opened_before, m.id, s.at, {ABOUT}
"""


@dataclass(frozen=True, slots=True)
class Click:
    """A link of a message was followed."""

    message_id: int
    link: int
    """Its number in the template version."""
    url: str
    at: datetime


def is_machine(user_agent: str, purpose: str = "") -> bool:
    """Whether a request says of itself that no person made it. Mail programs that load pictures ahead in secret (as
    Apple's does) say nothing, so opens stay an estimate from above."""
    return "prefetch" in purpose.lower() or not user_agent or bool(MACHINE.search(user_agent))


def record_open(message_id: int, *, now: datetime) -> bool:
    """The first time counts. Returns whether this was it."""
    return record_opens({message_id: now}, now=now) == 1


def record_opens(opened: Mapping[int, datetime], *, now: datetime) -> int:
    """Messages with the time at which each was opened. Returns for how many it was the first."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OPEN, {"ids": bulk.numbers(opened), "at": list(opened.values())})
        rows = cursor.fetchall()
        if rows:
            events.publish([MessageOpened(**_about(*row)) for row in rows], now=now)
    return len(rows)


def link_of(message_id: int, link: int) -> str | None:
    """The address behind a link of a message; None for a number the message never had."""
    links = links_of([message_id]).get(message_id, [])
    return links[link] if 0 <= link < len(links) else None


def links_of(message_ids: Collection[int]) -> dict[int, list[str]]:
    """The addresses that each message leads to, in the order of their numbers."""
    found = Message.objects.filter(pk__in=message_ids).values_list("pk", "template_version__links")
    return dict(found)


def record_click(message_id: int, link: int, *, url: str, now: datetime) -> bool:
    """Each link's first time counts; a click is an open too. Returns whether this was it."""
    return record_clicks([Click(message_id, link, url, now)], now=now) == 1


def record_clicks(clicks: Sequence[Click], *, now: datetime) -> int:
    """Returns how many of them were their link's first."""
    made: list[Event] = []
    count = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for part in _each_message_once(clicks):
            urls = {(click.message_id, click.link): click.url for click in part}
            ids = bulk.numbers(click.message_id for click in part)
            links, at = [click.link for click in part], [click.at for click in part]
            cursor.execute(CLICK, {"ids": ids, "links": links, "at": at})
            for link, opened_before, *row in cursor.fetchall():
                about = _about(*row)
                made += [] if opened_before else [MessageOpened(**about)]
                made.append(MessageClicked(**about, link=link, url=urls[row[0], link]))
                count += 1
        if made:
            events.publish(made, now=now)
    return count


def _each_message_once(clicks: Sequence[Click]) -> list[list[Click]]:
    """Parts to be written one after the other, because one statement changes a row only once."""
    parts: list[list[Click]] = []
    turns: Counter[int] = Counter()
    for click in clicks:
        turn = turns[click.message_id]
        turns[click.message_id] += 1
        if turn == len(parts):
            parts.append([])
        parts[turn].append(click)
    return parts


def unsubscribe(message_id: int, *, now: datetime, source: str = "unsubscribe") -> bool:
    """The customer of this message wants no more marketing by its channel. Returns False for an unknown message."""
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id).first()
        if message is None:
            return False
        _consent(message, granted=False, source=source, now=now)
        if message.unsubscribed_at is None:
            Message.objects.filter(pk=message_id).update(unsubscribed_at=now)
            events.publish([MessageUnsubscribed(**_of(message, now))], now=now)
    return True


def resubscribe(message_id: int, *, now: datetime) -> bool:
    """The customer wants marketing again, after all. Returns False for an unknown message."""
    message = Message.objects.filter(pk=message_id).first()
    if message is not None:
        _consent(message, granted=True, source="preferences", now=now)
    return message is not None


def wants_marketing(message_id: int) -> bool:
    """Whether the customer of this message gets marketing by its channel now."""
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        return False
    answers = customers.may_contact([message.customer_id], channel=Channel(message.channel), purpose=Purpose.MARKETING)
    return answers[message.customer_id].allowed


def _consent(message: Message, *, granted: bool, source: str, now: datetime) -> None:
    customers.record_consent(
        [message.customer_id],
        channel=Channel(message.channel),
        purpose=Purpose.MARKETING,
        granted=granted,
        source=source,
        at=now,
        now=now,
        detail=f"message {message.pk}",
    )


def take_inbound(inbound: Inbound, *, now: datetime) -> bool:
    """Act on a report about one message. Returns False when there is no such message; the same report twice acts
    once."""
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=inbound.message_id).first()
        if message is None:
            return False
        match inbound.kind:
            case InboundKind.UNSUBSCRIBE:
                unsubscribe(message.pk, now=now)
            case InboundKind.COMPLAINT:
                unsubscribe(message.pk, now=now, source="complaint")
                _suppress(message, SuppressionReason.COMPLAINT, now=now)
            case _:
                _bounce(message, inbound, now=now)
    return True


def _bounce(message: Message, inbound: Inbound, *, now: datetime) -> None:
    if message.bounced_at is not None:
        return
    reasons = {InboundKind.HARD_BOUNCE: Reason.HARD_BOUNCE, InboundKind.POLICY_BOUNCE: Reason.POLICY}
    reason = reasons.get(inbound.kind, Reason.SOFT_BOUNCE)
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.BOUNCED, reason=reason, reply_code=inbound.code[:16], bounced_at=now
    )
    hard = inbound.kind is InboundKind.HARD_BOUNCE
    events.publish([MessageBounced(**_of(message, now), hard=hard, code=inbound.code)], now=now)
    if hard:
        _suppress(message, SuppressionReason.HARD_BOUNCE, now=now)
    elif inbound.kind is InboundKind.SOFT_BOUNCE and (address := _address(message)):
        digest = CHANNELS.get(message.channel).digest(address)
        suppressions.count_soft(digest, channel=message.channel, message_id=message.pk, now=now)


def _suppress(message: Message, reason: SuppressionReason, *, now: datetime) -> None:
    if address := _address(message):
        digest = CHANNELS.get(message.channel).digest(address)
        suppressions.put(digest, channel=message.channel, reason=reason, message_id=message.pk, now=now)


def _address(message: Message) -> str:
    card = contacts.cards([message.customer_id], message.channel).get(message.customer_id)
    return card.address if card else ""


def _of(message: Message, at: datetime) -> dict[str, Any]:
    return _about(message.pk, at, *[getattr(message, name) for name in ABOUT.split(", ")])


def _about(message_id: int, at: datetime, *values: Any) -> dict[str, Any]:
    """What an event says, from the values of ABOUT."""
    return dict(zip(ABOUT.split(", "), values, strict=True)) | {"subject_id": message_id, "occurred_at": at}
