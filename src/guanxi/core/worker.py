"""The worker process: runs jobs, feeds event readers, and ticks what is periodic."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections, connection
from django.utils import timezone
from procrastinate.contrib.django import app as queue

from guanxi.core import events
from guanxi.core.jobs import PERIODIC

log = logging.getLogger("guanxi.worker")

HEARTBEAT = 2.0
STALLED_AFTER = 8.0
IDLE = 0.5


def run_worker(*, concurrency: int = 2, once: bool = False) -> None:
    """Work until interrupted; with ``once`` until the queue is empty and all readers are up to date."""
    stop = threading.Event()
    loops: list[Callable[[threading.Event], None]] = [] if once else [feed_readers, tick, rescue_jobs]
    threads = [threading.Thread(target=loop, args=(stop,), name=loop.__name__, daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        asyncio.run(_work(concurrency, wait=not once))
        if once:
            drain_readers()
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=10)


async def _work(concurrency: int, *, wait: bool) -> None:
    worker_app = queue.with_connector(queue.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=concurrency,
            wait=wait,
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED_AFTER,
            shutdown_graceful_timeout=5,
            delete_jobs="successful",
        )


def drain_readers() -> int:
    """Feed every reader until none has anything left. Returns the number of events passed."""
    total = 0
    while passed := sum(events.read_next(name, now=timezone.now()) for name in list(events.READERS)):
        total += passed
    return total


def feed_readers(stop: threading.Event) -> None:
    while not stop.is_set():
        passed = 0
        for name in list(events.READERS):
            try:
                passed += events.read_next(name, now=timezone.now())
            except Exception:
                log.exception("event reader %s failed and will be tried again", name)
        if not passed:
            close_old_connections()
            stop.wait(IDLE)
    connection.close()


def tick(stop: threading.Event) -> None:
    due = dict.fromkeys(PERIODIC, 0.0)
    while not stop.is_set():
        for name, periodic in PERIODIC.items():
            if time.monotonic() >= due[name]:
                due[name] = time.monotonic() + periodic.every
                try:
                    periodic.function()
                except Exception:
                    log.exception("periodic %s failed and will be tried again", name)
        close_old_connections()
        stop.wait(IDLE)
    connection.close()


def rescue_jobs(stop: threading.Event) -> None:
    """Put the jobs of a worker that died back into the queue."""
    while not stop.is_set():
        try:
            _rescue_once()
        except Exception:
            log.exception("looking for jobs of dead workers failed and will be tried again")
        stop.wait(STALLED_AFTER / 2)
    connection.close()


def _rescue_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id"
            " WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s))",
            [STALLED_AFTER],
        )
        stalled = [row[0] for row in cursor.fetchall()]
    for job_id in stalled:
        log.warning("job %s was cut off with its worker; it runs again", job_id)
        queue.job_manager.retry_job_by_id(job_id, retry_at=timezone.now())
