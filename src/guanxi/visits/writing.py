"""One writer for all requests of a process: what arrives while it commits goes into its next commit.

A commit waits for the disk some milliseconds, however much is in it, and a statement costs PostgreSQL and us more than
thirty events in it do. Requests that come together share both, as PostgreSQL's own commits do; so that more come
together, the first waits a moment for company. Each still waits until its own events are on disk.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from guanxi.visits import recording
from guanxi.visits.types import SiteCard, Visit

MOST = 2000
"""Events in one commit."""
GATHER = 0.004
"""Seconds for which the first waits for company. Nobody looks on: a page sends and forgets."""
PATIENCE = 20.0
"""Seconds until a request gives up; its page comes again, and what was written by then is not written twice."""


class NotWritten(Exception):
    """The events are not known to be on disk."""


@dataclass(slots=True, eq=False)
class Waiting:
    rows: list[recording.Row]
    done: threading.Event = field(default_factory=threading.Event)
    failed: bool = False


class Writer:
    """Starts its thread with the first batch, in whichever process that comes to."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._waiting: list[Waiting] = []
        self._thread: threading.Thread | None = None

    def record(self, visits: Sequence[Visit], *, site: SiteCard, now: datetime) -> None:
        """As `recording.record`. Raises NotWritten."""
        mine = Waiting(recording.rows(visits, site=site, now=now))
        with self._wake:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="visits", daemon=True)
                self._thread.start()
            self._waiting.append(mine)
            self._wake.notify()
        if not mine.done.wait(PATIENCE) or mine.failed:
            raise NotWritten

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._waiting:
                    self._wake.wait()
            time.sleep(GATHER)
            with self._wake:
                taken = [self._waiting.pop(0)]
                events = len(taken[0].rows)
                while self._waiting and events + len(self._waiting[0].rows) <= MOST:
                    taken.append(self._waiting.pop(0))
                    events += len(taken[-1].rows)
            self._write(taken)

    def _write(self, taken: list[Waiting]) -> None:
        try:
            try:
                recording.insert([row for one in taken for row in one.rows])
            except (OperationalError, InterfaceError):
                connection.close()  # the database was restarted, perhaps; what did get in is passed over now
                recording.insert([row for one in taken for row in one.rows])
        except DatabaseError:
            connection.close()
            if len(taken) > 1:  # one batch that cannot be written must not cost the others
                for one in taken:
                    self._write([one])
                return
            taken[0].failed = True
        except Exception:  # the thread must live
            for one in taken:
                one.failed = True
        for one in taken:
            one.done.set()


WRITER = Writer()
