"""Jobs: work for the worker that people can watch, cancel and retry, on top of Procrastinate's queue.

    @job("orders.import", label=_("Import orders"))
    def import_orders(run: Run, *, import_id: int) -> dict[str, object]:
        for batch in batches:
            run.progress(done, total=rows)      # also notices a wish to cancel
        return {"orders_created": 5}

A job can be cut off at any moment and is then run again from the start: it must carry on from what it has committed.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as queue

from guanxi.core.models import Job, User
from guanxi.core.models.jobs import JobState

log = logging.getLogger("guanxi.jobs")


class JobCancelled(Exception):
    """Someone asked this job to stop. What is committed stays."""


class JobFailed(Exception):
    """The job cannot go on; the message is for people and says what to do next."""


class Run:
    """What a job's function holds on to while it runs."""

    REPORT_EVERY = 0.5

    def __init__(self, job: Job) -> None:
        self.job_id = job.pk
        self.user_id = job.created_by_id
        self._reported = 0.0

    def progress(self, done: int, *, total: int | None = None, message: str = "") -> None:
        """Show how far it is; at most twice a second. Raises JobCancelled."""
        if time.monotonic() - self._reported < self.REPORT_EVERY and done != total:
            return
        self._reported = time.monotonic()
        shown = {"done": done, "message": str(message)[:300], **({} if total is None else {"total": total})}
        Job.objects.filter(pk=self.job_id).update(**shown)
        self.check()

    def check(self) -> None:
        """Raises JobCancelled when someone asked for it."""
        if Job.objects.filter(pk=self.job_id, cancel_requested=True).exists():
            raise JobCancelled


@dataclass(frozen=True, slots=True)
class JobKind:
    name: str
    label: Promise | str
    function: Callable[..., dict[str, Any] | None]
    queue: str
    words: Mapping[str, Promise | str]
    """What people call the parts of its result, in the order they read them; a part without words is not shown."""
    page: Callable[..., str] | None
    """From its arguments to the address of what it works on."""


JOBS: dict[str, JobKind] = {}


def job(
    name: str,
    *,
    label: Promise | str,
    queue_name: str = "default",
    words: Mapping[str, Promise | str] | None = None,
    page: Callable[..., str] | None = None,
) -> Callable[..., Any]:
    """Make ``function(run, **arguments) -> result`` a kind of job. Register in the room's tasks.py."""

    def register(function: Callable[..., dict[str, Any] | None]) -> Callable[..., dict[str, Any] | None]:
        JOBS[name] = JobKind(name, label, function, queue_name, words or {}, page)
        return function

    return register


def label_of(kind: str) -> str:
    """A kind that this version no longer has goes by its name."""
    return str(JOBS[kind].label) if kind in JOBS else kind


def start(kind: str, *, title: str = "", user: User | None = None, lock: str | None = None, **arguments: Any) -> Job:
    """Queue a job in the caller's transaction; it runs after commit. Jobs with the same ``lock`` run one at a time.

    Without a ``title`` it goes by the label of its kind, in the language of whoever looks.
    """
    with transaction.atomic():
        row = Job.objects.create(
            kind=kind,
            title=title[:200],
            arguments=arguments,
            lock=lock or "",
            created_by=user,
        )
        _defer(row)
    return row


def _defer(row: Job) -> None:
    """A kind that this version no longer has is queued too: running it says what is wrong."""
    queue_name = JOBS[row.kind].queue if row.kind in JOBS else "default"
    task = queue.configure_task("core.run_job", queue=queue_name, lock=row.lock or None)
    task.defer(job_id=row.pk)


def cancel(row: Job) -> None:
    """Ask a job to stop. One that has not begun stops at once."""
    Job.objects.filter(pk=row.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(cancel_requested=True)
    Job.objects.filter(pk=row.pk, state=JobState.QUEUED).update(state=JobState.CANCELLED, finished_at=timezone.now())


def retry(row: Job) -> None:
    """Queue a failed or cancelled job again, with the same arguments and lock."""
    with transaction.atomic():
        changed = Job.objects.filter(pk=row.pk, state__in=[JobState.FAILED, JobState.CANCELLED]).update(
            state=JobState.QUEUED, cancel_requested=False, error="", finished_at=None
        )
        if changed:
            _defer(row)


def run(job_id: int) -> None:
    """Run a job in this process and keep how it ended. Used by the worker, and by tests."""
    row = Job.objects.filter(pk=job_id).exclude(state__in=[JobState.SUCCEEDED, JobState.CANCELLED]).first()
    if row is None:
        return
    row.state, row.started_at, row.attempts = JobState.RUNNING, timezone.now(), row.attempts + 1
    row.save(update_fields=["state", "started_at", "attempts"])
    outcome: dict[str, Any]
    try:
        if row.kind not in JOBS:
            raise JobFailed(_("This version of Guanxi has no such job any more. Start the work anew from its page."))
        result = JOBS[row.kind].function(Run(row), **row.arguments)
        outcome = {"state": JobState.SUCCEEDED, "result": result or {}, "error": ""}
    except JobCancelled:
        outcome = {"state": JobState.CANCELLED}
    except JobFailed as failure:
        outcome = {"state": JobState.FAILED, "error": str(failure)}
    except Exception:
        log.exception("job %s %s failed", row.pk, row.kind)
        outcome = {"state": JobState.FAILED, "error": _("Something went wrong here; the log of the worker says what.")}
    Job.objects.filter(pk=row.pk).update(finished_at=timezone.now(), **outcome)


@dataclass(frozen=True, slots=True)
class Periodic:
    name: str
    every: float
    function: Callable[[], None]


PERIODIC: dict[str, Periodic] = {}


def every(seconds: float, *, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run a short function in the worker again and again, ``seconds`` apart. Longer work is started as a job."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        PERIODIC[name] = Periodic(name, seconds, function)
        return function

    return register
