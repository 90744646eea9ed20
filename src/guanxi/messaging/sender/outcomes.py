"""How handing over went, written in batches, with what follows from it: retries, suppressions, events."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from guanxi.core import bulk, events
from guanxi.messaging.channels.base import Outcome, Verdict
from guanxi.messaging.types import MessageState, Reason

BACKOFF = (1, 5, 15, 60, 180, 360, 720, 1440)
"""Minutes until the next try after a passing refusal; after the last the message has failed."""
AT_ONCE = timedelta(seconds=5)

WRITE = """
UPDATE messaging_message m
SET state = o.state, reason = o.reason, reply_code = o.code, attempts = m.attempts + o.counted,
    sent_at = CASE WHEN o.state = 'sent' THEN o.at END, not_before = coalesce(o.not_before, m.not_before),
    claimed_by = NULL
FROM unnest(%(ids)s::text[], %(states)s::text[], %(reasons)s::text[], %(codes)s::text[], %(counted)s::smallint[],
            %(at)s::timestamptz[], %(not_before)s::timestamptz[])
  AS o(ids, state, reason, code, counted, at, not_before), unnest(o.ids::bigint[]) AS number
WHERE m.id = number AND m.state = 'sending'
"""
SENT = """
SELECT 'message.sent', customer_id, id, sent_at, %(now)s,
       jsonb_build_object('channel', channel, 'purpose', purpose, 'source_kind', source_kind, 'source_id', source_id,
                          'variant_id', variant_id)
FROM messaging_message WHERE id = ANY(%(ids)s::bigint[]) AND state = 'sent'
"""


@dataclass(frozen=True, slots=True)
class Result:
    """The next state of one claimed message."""

    message_id: int
    state: str
    at: datetime
    reason: str = ""
    code: str = ""
    counted: int = 0
    not_before: datetime | None = None


def result_of(outcome: Outcome, *, attempts: int, at: datetime) -> Result:  # one per verdict
    """What a verdict means for a message that was tried ``attempts`` times before."""
    number, code = outcome.message_id, outcome.code
    match outcome.verdict:
        case Verdict.SENT:
            return Result(number, MessageState.SENT, at, code=code, counted=1)
        case Verdict.UNCERTAIN:
            return Result(number, MessageState.UNCERTAIN, at, Reason.CUT_OFF, code, counted=1)
        case Verdict.BROKEN:
            if attempts >= len(BACKOFF):
                return Result(number, MessageState.FAILED, at, Reason.GAVE_UP, code, counted=1)
            again = at + (timedelta(minutes=BACKOFF[attempts]) if attempts else AT_ONCE)
            return Result(number, MessageState.QUEUED, at, Reason.CONNECTION, code, counted=1, not_before=again)
        case Verdict.REFUSED:
            reason = Reason.UNKNOWN_USER if outcome.unknown_user else Reason.REFUSED
            return Result(number, MessageState.FAILED, at, reason, code, counted=1)
        case Verdict.LATER:
            if attempts >= len(BACKOFF):
                return Result(number, MessageState.FAILED, at, Reason.GAVE_UP, code, counted=1)
            again = at + timedelta(minutes=BACKOFF[attempts])
            return Result(number, MessageState.QUEUED, at, Reason.RETRY, code, counted=1, not_before=again)


def skipped(message_id: int, reason: str, *, at: datetime) -> Result:
    return Result(message_id, MessageState.SKIPPED, at, reason)


def write(results: Sequence[Result], *, now: datetime) -> None:
    """Write new states of messages in state ``sending``, and announce those that were sent."""
    if not results:
        return
    alike: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for r in results:
        alike[str(r.state), str(r.reason), r.code, r.counted, r.at, r.not_before].append(str(r.message_id))
    names = ("states", "reasons", "codes", "counted", "at", "not_before")
    columns = dict(zip(names, map(list, zip(*alike, strict=True)), strict=True))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WRITE, {"ids": [bulk.array(ids) for ids in alike.values()], **columns})
        sent = [str(r.message_id) for r in results if r.state == MessageState.SENT]
        if sent:
            events.publish_select(SENT, {"ids": bulk.array(sent), "now": now})


def put_back(message_ids: Iterable[int], *, at: datetime, reason: str = "") -> list[Result]:
    """Claimed messages that were not touched wait in the queue again."""
    return [Result(number, MessageState.QUEUED, at, reason) for number in message_ids]
