"""After a run was cut off: what its journal knows is written down, what it never began is sent, the rest is asked."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from guanxi.messaging import contacts, suppressions
from guanxi.messaging.models import Message
from guanxi.messaging.sender import journal, outcomes
from guanxi.messaging.sender.journal import DeadRun
from guanxi.messaging.sender.outcomes import Result
from guanxi.messaging.types import MessageState, Reason

log = logging.getLogger("guanxi.messaging")

ORPHAN_AFTER = timedelta(hours=1)
"""Claims without a journal on this machine belong to another machine's worker, until they are this old."""


def recover(*, now: datetime) -> int:
    """Settle the claims of runs that died. Returns how many messages."""
    settled = 0
    for run in journal.dead_runs():
        settled += _settle(run, now=now)
    return settled + _settle_orphans(now=now)


def _settle(run: DeadRun, *, now: datetime) -> int:
    held = {message.pk: message for message in _claimed_by(run.run_id)}
    results: list[Result] = []
    unknown = []
    for outcome in run.answered:
        if message := held.get(outcome.message_id):
            results.append(outcomes.result_of(outcome, attempts=message.attempts, at=now))
            unknown += [message] if outcome.unknown_user else []
    known = {result.message_id for result in results}
    unsure = set(held) - known if not run.same_boot else (run.begun & set(held)) - known
    results += [_uncertain(number, now) for number in sorted(unsure)]
    results += outcomes.put_back(sorted(set(held) - known - unsure), at=now)
    outcomes.write(results, now=now)
    _suppress(unknown, now=now)
    if results:
        log.warning("a sending run was cut off: %s known, %s uncertain, rest queued", len(known), len(unsure))
    return len(results)


def _claimed_by(run_id: UUID) -> list[Message]:
    fields = ("pk", "attempts", "channel", "customer_id")
    return list(Message.objects.filter(state=MessageState.SENDING, claimed_by=run_id).only(*fields))


def _settle_orphans(*, now: datetime) -> int:
    lost = Message.objects.filter(state=MessageState.SENDING, claimed_at__lt=now - ORPHAN_AFTER)
    numbers = list(lost.exclude(claimed_by__in=journal.living_runs()).values_list("pk", flat=True))
    outcomes.write([_uncertain(number, now) for number in numbers], now=now)
    return len(numbers)


def _uncertain(number: int, now: datetime) -> Result:
    return Result(number, MessageState.UNCERTAIN, now, Reason.CUT_OFF, counted=1)


def _suppress(messages: list[Message], *, now: datetime) -> None:
    for message in messages:
        card = contacts.cards([message.customer_id], message.channel).get(message.customer_id)
        if card:
            suppressions.add_unknown_users([(message.channel, card.address, message.pk)], now=now)
