"""Several connections to the other side at once, one thread each. Threads never touch the database for SMTP."""

import logging
import threading
import time
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue

from django.db import connections
from django.utils.translation import gettext as _

from guanxi.messaging.channels.base import Connection, Handover, Outcome, Transport, TransportTrouble, Verdict
from guanxi.messaging.sender.journal import Journal

log = logging.getLogger("guanxi.messaging")

OPEN_TRIES = 3
OPEN_WAIT = 0.5
BROKEN_IN_A_ROW = 8
"""After this many broken connections without one message going through, the server itself is at fault."""


class Rate:
    """At most so many a second over all threads, evenly spaced."""

    def __init__(self, per_second: int) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._next = time.monotonic()
        self._lock = threading.Lock()

    def wait(self, stop: threading.Event) -> None:
        if not self._gap:
            return
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._gap
        stop.wait(max(0.0, turn - time.monotonic()))


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a handover; ``outcome`` is None when it was not begun."""

    handover: Handover
    outcome: Outcome | None


class Pool:
    """Feed it with ``put``, collect with ``collect``; ``trouble`` says why it stopped by itself."""

    def __init__(self, transport: Transport, journal: Journal) -> None:
        self.trouble: str | None = None
        self.pending = 0
        self._transport = transport
        self._journal = journal
        self._rate = Rate(transport.rate)
        self._stop = threading.Event()
        self._inbox: SimpleQueue[Handover | None] = SimpleQueue()
        self._done: SimpleQueue[Handed] = SimpleQueue()
        self._broken = 0
        self._threads = [
            threading.Thread(target=self._work, name=f"handover-{number}", daemon=True)
            for number in range(transport.connections)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def working(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def put(self, handover: Handover) -> None:
        self.pending += 1
        self._inbox.put(handover)

    def collect(self, *, wait: float = 0.0) -> list[Handed]:
        """What is done, after waiting up to ``wait`` seconds for the first."""
        found: list[Handed] = []
        try:
            if wait:
                found.append(self._done.get(timeout=wait))
            while True:
                found.append(self._done.get_nowait())
        except Empty:
            self.pending -= len(found)
            return found

    def stop(self) -> list[Handed]:
        """Let each thread end its message, close the connections, and give back everything not yet collected."""
        self._stop.set()
        for _thread in self._threads:
            self._inbox.put(None)
        for thread in self._threads:
            thread.join()
        found = self.collect()
        while True:
            try:
                left = self._inbox.get_nowait()
            except Empty:
                break
            if left is not None:
                found.append(Handed(left, None))
        self.pending = 0
        return found

    def _work(self) -> None:
        connection: Connection | None = None
        handover = self._inbox.get()
        while handover is not None:
            outcome: Outcome | None = None
            following: Handover | None = None
            try:
                if connection is None or not connection.alive:
                    connection = None if self._stop.is_set() else self._open()
                self._rate.wait(self._stop)
                if connection is not None and not self._stop.is_set():
                    last_step = partial(self._journal.last_step, handover.message_id)
                    following = self._following()
                    outcome = connection.send(handover, last_step, following)
                    self._keep(outcome)
            except TransportTrouble as trouble:
                self.trouble = str(trouble)
            except Exception:
                log.exception("a connection thread failed on message %s", handover.message_id)
                self.trouble = _("Handing over failed in an unexpected way; the log of the worker says how.")
                outcome = outcome or Outcome(handover.message_id, Verdict.UNCERTAIN)
            self._done.put(Handed(handover, outcome))
            if outcome is None or self.trouble:
                if following is not None:
                    self._done.put(Handed(following, None))
                break
            handover = following or self._inbox.get()
        if connection is not None:
            connection.close()
        connections.close_all()  # this thread's, which only the local outbox opens

    def _following(self) -> Handover | None:
        """The next message if it waits already. With a rate limit its turn comes later."""
        if self._transport.rate:
            return None
        try:
            following = self._inbox.get_nowait()
        except Empty:
            return None
        if following is None:
            self._inbox.put(None)  # the sign to end is for the loop
        return following

    def _keep(self, outcome: Outcome) -> None:
        try:
            self._journal.answered(outcome)
        except OSError:
            self.trouble = _("The disk is full; sending waits until there is room.")
        self._broken = self._broken + 1 if outcome.verdict is Verdict.BROKEN else 0
        if self._broken >= BROKEN_IN_A_ROW:
            self.trouble = _("The mail server keeps breaking off in the middle of messages.")

    def _open(self) -> Connection | None:
        """Raises TransportTrouble when the last try fails too; None when the pool is stopped meanwhile."""
        for wait in [OPEN_WAIT * 2**number for number in range(OPEN_TRIES - 1)]:
            try:
                return self._transport.open()
            except TransportTrouble:
                if self._stop.wait(wait):
                    return None
        return self._transport.open()
