"""What can be done in analytics: let forecasts run."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from guanxi.analytics.forecasts import FORECASTS
from guanxi.analytics.forecasts.running import run as run_forecast
from guanxi.analytics.models.stored import ModelRun
from guanxi.core import audit, jobs, preferences
from guanxi.core.models import Job, User
from guanxi.core.models.jobs import JobState
from guanxi.core.registry import UnknownKind

__all__ = ["UnknownKind", "run_forecast", "start_forecast", "start_nightly"]

KIND = "models.run"
NIGHT_HOUR = 3
"""In the merchant's zone: from then on the day's forecasts are due."""


def start_forecast(name: str, *, user: User | None = None, now: datetime) -> Job | None:
    """Let the worker run a forecast; None when it waits or runs already. Raises UnknownKind."""
    FORECASTS.get(name)
    if _jobs(name).filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        return None
    if user is not None:
        audit.record("model.run", actor=user, detail={"model": name}, now=now)
    return jobs.start(KIND, user=user, lock=f"{KIND}.{name}", name=name)


def start_nightly(*, now: datetime) -> list[Job]:
    """Start each forecast that has not run since three o'clock of the last night, nor failed since."""
    night = _last_night(now)
    due = [
        name
        for name in FORECASTS.names()
        if not ModelRun.objects.filter(model=name, started_at__gte=night).exists()
        and not _jobs(name).filter(created_at__gte=night).exists()
    ]
    return [job for name in due if (job := start_forecast(name, now=now))]


def newest_job(name: str) -> Job | None:
    """The last job that ran or runs a forecast."""
    return _jobs(name).order_by("-created_at", "-pk").first()


def _jobs(name: str) -> QuerySet[Job]:
    return Job.objects.filter(kind=KIND, arguments={"name": name})


def _last_night(now: datetime) -> datetime:
    local = now.astimezone(preferences.time_zone())
    night = local.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    return night if night <= local else night - timedelta(days=1)
