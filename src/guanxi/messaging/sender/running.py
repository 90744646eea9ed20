"""The sending run: claim, prepare, hand over, write down; over and over until nothing is due."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from guanxi.messaging import delivery, suppressions
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.channels.base import TransportTrouble
from guanxi.messaging.sender import outcomes
from guanxi.messaging.sender.claiming import Claimed, claim
from guanxi.messaging.sender.journal import Journal
from guanxi.messaging.sender.outcomes import Result
from guanxi.messaging.sender.pool import Handed, Pool
from guanxi.messaging.sender.preparing import Preparer
from guanxi.messaging.sender.recovery import recover
from guanxi.messaging.types import MessageState

log = logging.getLogger("guanxi.messaging")

CLAIM_SIZE = 500
"""Messages claimed at once; also about how many still go out after someone presses pause."""
WRITE_SIZE = 250
WRITE_EVERY = 0.5
Clock = Callable[[], datetime]


@dataclass(slots=True)
class SendReport:
    """What one run did."""

    sent: int = 0
    skipped: int = 0
    failed: int = 0
    put_back: int = 0
    uncertain: int = 0
    trouble: str = ""
    seconds: float = 0.0

    def count(self, results: list[Result]) -> None:
        names = {MessageState.QUEUED: "put_back", MessageState.SENDING: "put_back"}
        for result in results:
            name = names.get(MessageState(result.state), str(result.state))
            setattr(self, name, getattr(self, name) + 1)


@dataclass(slots=True)
class _Run:
    journal: Journal
    clock: Clock
    report: SendReport = field(default_factory=SendReport)
    pools: dict[str, Pool] = field(default_factory=dict)
    held: dict[int, Claimed] = field(default_factory=dict)
    """Claimed and not yet written down."""
    results: list[Result] = field(default_factory=list)
    unknown_users: list[tuple[str, str, int]] = field(default_factory=list)
    written_at: float = field(default_factory=time.monotonic)

    def pool(self, channel: str) -> Pool:
        if channel not in self.pools:
            self.pools[channel] = Pool(CHANNELS.get(channel).transport(), self.journal)
        return self.pools[channel]

    @property
    def claim_size(self) -> int:
        """With a rate limit, what goes out in two seconds, so that a pause works soon."""
        rates = [CHANNELS.get(name).transport().rate for name in CHANNELS.names()]
        slowest = min((rate for rate in rates if rate), default=0)
        return min(CLAIM_SIZE, max(1, slowest * 2)) if slowest else CLAIM_SIZE

    @property
    def pending(self) -> int:
        return sum(pool.pending for pool in self.pools.values())

    def take(self, handed: list[Handed]) -> None:
        now = self.clock()
        for item in handed:
            message = self.held.get(item.handover.message_id)
            if message is None or item.outcome is None:
                continue  # not begun: put back at the end
            self.results.append(outcomes.result_of(item.outcome, attempts=message.attempts, at=now))
            if item.outcome.unknown_user:
                self.unknown_users.append((message.channel, item.handover.recipient, message.message_id))

    def write(self, *, force: bool = False) -> None:
        waited = time.monotonic() - self.written_at > WRITE_EVERY
        if not self.results or not (force or waited or len(self.results) >= WRITE_SIZE):
            return
        now = self.clock()
        outcomes.write(self.results, now=now)
        if self.unknown_users:
            suppressions.add_unknown_users(self.unknown_users, now=now)
            self.unknown_users = []
        self.report.count(self.results)
        for result in self.results:
            self.held.pop(result.message_id, None)
        self.results, self.written_at = [], time.monotonic()


def send_due(
    *, clock: Clock, stop: threading.Event | None = None, progress: Callable[[int], None] = lambda sent: None
) -> SendReport:
    """Send what is due, until nothing is or ``stop`` is set. ``progress`` hears how many were sent and may raise to
    end the run; everything claimed and not begun goes back to the queue. Trouble with the transport is in the report
    and kept for the banner."""
    started = time.monotonic()
    recover(now=clock())
    run = _Run(Journal(), clock)
    clean = False
    try:
        _work(run, stop or threading.Event(), progress)
        clean = True
    except TransportTrouble as trouble:
        run.report.trouble = str(trouble)
        clean = True
    finally:
        clean = _finish(run) and clean
        run.journal.close(remove=clean)
        run.report.seconds = time.monotonic() - started
    _note(run.report, now=clock())
    return run.report


def _work(run: _Run, stop: threading.Event, progress: Callable[[int], None]) -> None:
    preparer = Preparer()
    size, drained = run.claim_size, False
    while not stop.is_set():
        # Nothing was due when we last looked: what came since may wait until these are out.
        hungry = run.pending == 0 if drained else run.pending <= size // 2
        claimed = claim(run.journal.run_id, limit=size, now=run.clock()) if hungry else []
        drained = not claimed if hungry else drained
        _feed(run, preparer, claimed)
        for pool in run.pools.values():
            run.take(pool.collect(wait=0.05 if not claimed and pool.pending else 0.0))
            if pool.trouble and not pool.working:
                raise TransportTrouble(pool.trouble)
        idle = hungry and not claimed and not run.pending
        run.write(force=idle)
        progress(run.report.sent)
        if idle:
            return


def _feed(run: _Run, preparer: Preparer, claimed: list[Claimed]) -> None:
    """Hand claimed messages to the threads one by one, so that they begin while the rest is still being filled in."""
    run.held.update({message.message_id: message for message in claimed})
    for message, prepared in preparer.prepare(claimed, now=run.clock()):
        if isinstance(prepared, Result):
            run.results.append(prepared)
        else:
            run.pool(message.channel).put(prepared)


def _finish(run: _Run) -> bool:
    """End the threads, write everything down, put back the rest. False when the database does not take it: then the
    journal stays and the next run reads it."""
    for pool in run.pools.values():
        run.take(pool.stop())
        run.report.trouble = run.report.trouble or pool.trouble or ""
    known = {result.message_id for result in run.results}
    try:
        run.results += outcomes.put_back(set(run.held) - known, at=run.clock())
        run.write(force=True)
    except Exception:
        log.exception("what was sent could not be written down; the journal %s keeps it", run.journal.run_id)
        return False
    return True


def _note(report: SendReport, *, now: datetime) -> None:
    if report.trouble:
        log.warning("sending stopped: %s", report.trouble)
        delivery.note_trouble(report.trouble, now=now)
    elif report.sent:
        delivery.clear_trouble()
