"""Keeping the warehouse fresh without anybody asking."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.core import jobs, preferences
from guanxi.core.models import Job
from guanxi.core.models.jobs import JobState
from guanxi.warehouse import services

FILL = "warehouse.fill"
TROUBLE = "warehouse.trouble"
"""The setting that says why the warehouse is not up to date; empty when all is well."""


@jobs.every(15, name="warehouse.refresh")
def keep_fresh() -> None:
    """Copy what changed, so that it shows within a minute. The first filling takes longer and is a job."""
    if services.needs_full():
        if not Job.objects.filter(kind=FILL, state__in=[JobState.QUEUED, JobState.RUNNING, JobState.FAILED]).exists():
            jobs.start(FILL, lock=FILL)
        return
    if services.stale():
        try:
            services.refresh(now=timezone.now(), wait=False)
        except services.RefreshRunning:
            return
        except services.DiskFull as error:
            preferences.put(TROUBLE, str(error))
            return
        _clear_trouble()


def _clear_trouble() -> None:
    if preferences.get(TROUBLE, ""):
        preferences.put(TROUBLE, "")


@jobs.job(FILL, label=_("Fill the warehouse"), words={"rows_read": _("Rows read")})
def fill(run: jobs.Run, *, full: bool = False) -> dict[str, Any]:
    """A refresh that people can watch and cancel."""

    def progress(done: int, total: int, table: str) -> None:
        run.progress(done, total=total, message=table)

    try:
        result = services.refresh(full=full, progress=progress, now=timezone.now())
    except services.DiskFull as error:
        preferences.put(TROUBLE, str(error))
        raise jobs.JobFailed(str(error)) from error
    _clear_trouble()
    return {"rows_read": result.rows_read, "seconds": result.seconds, "version": result.version}
