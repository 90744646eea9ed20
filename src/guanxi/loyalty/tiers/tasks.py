"""Work of tiers for the worker."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.core import jobs, preferences
from guanxi.core.models import Job
from guanxi.core.models.jobs import JobState
from guanxi.loyalty.models.tiers import TierProgramme
from guanxi.loyalty.tiers import services
from guanxi.loyalty.tiers.types import Evaluated

WORDS = {
    "programmes": _("Programmes evaluated"),
    "raised": _("Customers who rose"),
    "lowered": _("Customers who went down"),
    "warned": _("Customers warned"),
}
JOB = "loyalty.tiers"


def tiers_page() -> str:
    return reverse("loyalty:tiers")


@jobs.job(JOB, label=_("Evaluate tiers"), words=WORDS, page=tiers_page)
def evaluate_tiers(run: jobs.Run) -> dict[str, Any]:
    """Bring every programme that has not seen this day up to date; each is one transaction."""
    now = timezone.now()
    waiting = due(now)
    result = Evaluated()
    for done, programme_id in enumerate(waiting, start=1):
        result += services.evaluate(programme_id, now=now)
        run.progress(done, total=len(waiting))
    return {
        "programmes": len(waiting),
        "raised": result.raised,
        "lowered": result.lowered,
        "warned": result.warned,
    }


@jobs.every(900, name=JOB)
def evaluate_each_night() -> None:
    """Soon after the merchant's midnight, once a day, also when the machine was off at that hour."""
    busy = Job.objects.filter(kind=JOB, state__in=[JobState.QUEUED, JobState.RUNNING])
    if due(timezone.now()) and not busy.exists():
        jobs.start(JOB, lock=JOB)


def due(now: datetime) -> list[int]:
    """Programmes that were not evaluated on the merchant's day of ``now``."""
    today = now.astimezone(preferences.time_zone()).date()
    rows = TierProgramme.objects.filter(closed_at=None).exclude(evaluated_on__gte=today)
    return list(rows.order_by("pk").values_list("pk", flat=True))
