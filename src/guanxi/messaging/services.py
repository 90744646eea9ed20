"""What other rooms and pages ask of messaging. All of it works in sets."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from guanxi.core import audit, bulk
from guanxi.core.models import User
from guanxi.messaging import queries
from guanxi.messaging.models import Message, PausedSource, TemplateVersion
from guanxi.messaging.templating.provided import provide
from guanxi.messaging.types import Eligibility, MessageState, OutgoingMessage, QueueResult, Reason

__all__ = [
    "OutgoingMessage",
    "QueueResult",
    "cancel",
    "pause",
    "provide",
    "queue_messages",
    "resume",
    "settle_uncertain",
]

COLUMNS = (
    "customer_id, channel, purpose, source_kind, source_id, variant_id, template_version_id, idempotency_key, track,"
    " state, reason, not_before, created_at"
)
QUEUED, SKIPPED = MessageState.QUEUED.value, MessageState.SKIPPED.value
STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS messaging_stage (
  customer_id bigint, channel text, purpose text, source_kind text, source_id bigint, variant_id bigint,
  template_version_id bigint, idempotency_key text, track boolean, state text, reason text, not_before timestamptz,
  created_at timestamptz) ON COMMIT DELETE ROWS
"""
INSERT = f"""
WITH made AS (
  INSERT INTO messaging_message ({COLUMNS}, reply_code, attempts, links_clicked)
  SELECT {COLUMNS}, '', 0, '{{}}' FROM messaging_stage
  ON CONFLICT (idempotency_key) DO NOTHING RETURNING state, reason
)
SELECT state, reason, count(*) FROM made GROUP BY state, reason
"""


def queue_messages(messages: Sequence[OutgoingMessage], now: datetime) -> QueueResult:
    """Queue what may go, and keep the rest as left out with its reason. Joins the caller's transaction.

    A key that was queued before is left as it is, so a caller that was cut off simply queues everything again. Consent,
    suppression and address are asked again when a message's turn comes. Raises ValueError for a version that is not
    there.
    """
    if not messages:
        return QueueResult(0)
    _use_versions({message.template_version_id for message in messages}, now=now)
    reasons = _reasons(messages)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STAGE)
        at = now.isoformat()
        lines = [_line(m, reasons[m.channel, m.purpose][m.customer_id], at) for m in messages]
        bulk.copy_lines("messaging_stage", COLUMNS, lines)
        cursor.execute(INSERT)
        made = {(state, reason): count for state, reason, count in cursor.fetchall()}
        cursor.execute("DELETE FROM messaging_stage")
    refused = {reason: count for (state, reason), count in made.items() if state == MessageState.SKIPPED}
    queued = sum(count for (state, _reason), count in made.items() if state == MessageState.QUEUED)
    return QueueResult(queued, refused, already=len(messages) - sum(made.values()))


def _line(message: OutgoingMessage, reason: Eligibility, now: str) -> str:
    state, why = (QUEUED, "") if reason is Eligibility.OK else (SKIPPED, reason.value)
    variant = bulk.NULL if message.variant_id is None else message.variant_id
    not_before = message.not_before.isoformat() if message.not_before else now
    return (
        f"{message.customer_id}\t{message.channel}\t{message.purpose}\t{message.source_kind}\t{message.source_id}\t"
        f"{variant}\t{message.template_version_id}\t{bulk.text(message.idempotency_key)}\t{message.track}\t"
        f"{state}\t{why}\t{not_before}\t{now}"
    )


def _reasons(messages: Sequence[OutgoingMessage]) -> dict[tuple[str, str], dict[int, Eligibility]]:
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for message in messages:
        groups[message.channel, message.purpose].add(message.customer_id)
    return {group: queries.eligibility(list(ids), *group) for group, ids in groups.items()}


def _use_versions(numbers: set[int], *, now: datetime) -> None:
    """From now on these versions stay as they are."""
    found = TemplateVersion.objects.filter(pk__in=numbers)
    if found.count() != len(numbers):
        raise ValueError("a message names a template version that does not exist")
    found.filter(used_at=None).update(used_at=now)


def cancel(source_kind: str, source_id: int) -> int:
    """Everything of this source that waits is left out for good. Returns how many; those being sent now still go."""
    waiting = Message.objects.filter(source_kind=source_kind, source_id=source_id, state=MessageState.QUEUED)
    return waiting.update(state=MessageState.SKIPPED, reason=Reason.CANCELLED)


def pause(source_kind: str, source_id: int, *, now: datetime) -> None:
    """What waits, waits on; what a run has already claimed, some hundreds at most, still goes."""
    PausedSource.objects.get_or_create(source_kind=source_kind, source_id=source_id, defaults={"paused_at": now})


def resume(source_kind: str, source_id: int) -> None:
    PausedSource.objects.filter(source_kind=source_kind, source_id=source_id).delete()


def settle_uncertain(message_ids: Iterable[int], *, send_again: bool, actor: User, now: datetime) -> int:
    """A person's word on messages that were cut off in the last step: send them again, or take them as sent.

    Returns how many were still uncertain.
    """
    with transaction.atomic():
        rows = Message.objects.select_for_update().filter(pk__in=list(message_ids), state=MessageState.UNCERTAIN)
        numbers = list(rows.values_list("pk", flat=True))
        chosen = Message.objects.filter(pk__in=numbers)
        if send_again:
            chosen.update(state=MessageState.QUEUED, reason="", not_before=now)
        else:
            chosen.update(state=MessageState.SENT, sent_at=now)
        for number in numbers:
            detail: dict[str, object] = {"send_again": send_again}
            audit.record("message.settled", actor=actor, subject=("message", number), detail=detail, now=now)
    return len(numbers)
