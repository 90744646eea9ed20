"""What readers do with a message, and what comes back: opened, clicked, unsubscribed, bounced, reported as spam."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from guanxi.core import events
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
OPEN = f"UPDATE messaging_message SET opened_at = %(now)s WHERE id = %(id)s AND opened_at IS NULL RETURNING {ABOUT}"
CLICK = f"""
UPDATE messaging_message m SET links_clicked = m.links_clicked || %(link)s::smallint,
  clicked_at = coalesce(m.clicked_at, %(now)s), opened_at = coalesce(m.opened_at, %(now)s)
FROM (SELECT id, opened_at AS opened_before FROM messaging_message WHERE id = %(id)s FOR UPDATE) before
WHERE m.id = before.id AND NOT (%(link)s::smallint = ANY(m.links_clicked)) RETURNING opened_before, {ABOUT}
"""


def is_machine(user_agent: str, purpose: str = "") -> bool:
    """Whether a request says of itself that no person made it. Mail programs that load pictures ahead in secret (as
    Apple's does) say nothing, so opens stay an estimate from above."""
    return "prefetch" in purpose.lower() or not user_agent or bool(MACHINE.search(user_agent))


def record_open(message_id: int, *, now: datetime) -> bool:
    """The first time counts. Returns whether this was it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OPEN, {"id": message_id, "now": now})
        message = cursor.fetchone()
        if message:
            events.publish([MessageOpened(**_about(message_id, message, now))], now=now)
    return message is not None


def link_of(message_id: int, link: int) -> str | None:
    """The address behind a link of a message; None for a number the message never had."""
    message = Message.objects.select_related("template_version").filter(pk=message_id).first()
    links = message.template_version.links if message else []
    return links[link] if 0 <= link < len(links) else None


def record_click(message_id: int, link: int, *, url: str, now: datetime) -> bool:
    """Each link's first time counts; a click is an open too. Returns whether this was it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLICK, {"id": message_id, "link": link, "now": now})
        found = cursor.fetchone()
        if found:
            opened_before, *message = found
            about = _about(message_id, message, now)
            opened = [] if opened_before else [MessageOpened(**about)]
            events.publish([*opened, MessageClicked(**about, link=link, url=url)], now=now)
    return found is not None


def unsubscribe(message_id: int, *, now: datetime, source: str = "unsubscribe") -> bool:
    """The customer of this message wants no more marketing by its channel. Returns False for an unknown message."""
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id).first()
        if message is None:
            return False
        _consent(message, granted=False, source=source, now=now)
        if message.unsubscribed_at is None:
            Message.objects.filter(pk=message_id).update(unsubscribed_at=now)
            events.publish([MessageUnsubscribed(**_about(message.pk, _of(message), now))], now=now)
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
    events.publish([MessageBounced(**_about(message.pk, _of(message), now), hard=hard, code=inbound.code)], now=now)
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


def _of(message: Message) -> list[Any]:
    """The values of ABOUT."""
    return [getattr(message, name) for name in ABOUT.split(", ")]


def _about(message_id: int, message: Sequence[Any], now: datetime) -> dict[str, Any]:
    about = dict(zip(ABOUT.split(", "), message, strict=True))
    return about | {"subject_id": message_id, "occurred_at": now}
