"""What the worker does with visits by itself."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.core import jobs
from guanxi.core.models import Job
from guanxi.core.models.jobs import JobState
from guanxi.visits import folding, identifying, keeping
from guanxi.visits.models import Identification

HASHED = "visits.match_hashes"
ROUNDS = 20
"""Batches at a time, so that what else is periodic has its turn."""


@jobs.every(2, name="visits.fold")
def fold() -> None:
    """Events become visits and interests, and visitors customers, within seconds."""
    for _round in range(ROUNDS):
        now = timezone.now()
        if folding.fold(now=now) + identifying.identify(now=now) == 0:
            return


@jobs.every(3600, name="visits.delete_old")
def delete_old() -> None:
    now = timezone.now()
    keeping.delete_old(now=now)
    identifying.forget_waiting(now=now)


@jobs.every(600, name="visits.match_hashes")
def start_matching() -> None:
    """Hashes take a look at every customer, so it is a job, and only when some wait."""
    if not Identification.objects.filter(hashed=True).exists():
        return
    if not Job.objects.filter(kind=HASHED, state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        jobs.start(HASHED, lock=HASHED)


@jobs.job(HASHED, label=_("Match hashed visitors"), words={"matched": _("Matched visitors")})
def match_hashes(run: jobs.Run) -> dict[str, Any]:
    return {"matched": identifying.identify_hashed(now=timezone.now())}
