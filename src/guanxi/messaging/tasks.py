"""Sending in the worker."""

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.core import jobs
from guanxi.core.jobs import JobFailed, Run
from guanxi.core.models import Job
from guanxi.core.models.jobs import JobState
from guanxi.messaging.channels import outbox
from guanxi.messaging.delivery import trouble
from guanxi.messaging.sender.claiming import due_sources
from guanxi.messaging.sender.running import send_due

KIND = "messages.send"


WORDS = {"sent": _("Sent"), "skipped": _("Left out"), "failed": _("Failed"), "uncertain": _("Uncertain")}


@jobs.job(KIND, label=_("Send messages"), words=WORDS)
def send_messages(run: Run) -> dict[str, object]:
    """Send everything that is due. Cut off, it carries on from what is written down."""
    report = send_due(clock=timezone.now, progress=run.progress)
    if report.trouble:
        raise JobFailed(report.trouble)
    return {
        "sent": report.sent,
        "skipped": report.skipped,
        "failed": report.failed,
        "uncertain": report.uncertain,
        "seconds": round(report.seconds, 2),
    }


@jobs.every(1, name="messages.due")
def start_when_due() -> None:
    """Start the job when messages are due, or were left by a run that died, unless the server needs a pause."""
    if Job.objects.filter(kind=KIND, state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        return
    now = timezone.now()
    found = trouble()
    if found and found.retry_at > now:
        return
    if due_sources(now=now) or _held():
        jobs.start(KIND, lock=KIND)


@jobs.every(3600, name="messages.forget_outbox")
def forget_outbox() -> None:
    outbox.forget_old(now=timezone.now())


def _held() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM messaging_message WHERE state = 'sending')")
        return bool(cursor.fetchone()[0])
