"""Work of the analytics room for the worker: forecasts, every night and when someone asks."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics import services
from guanxi.analytics.forecasts import FORECASTS
from guanxi.core import jobs
from guanxi.core.models import User
from guanxi.warehouse.queries import NoSnapshot, freshness

EVERY = 600.0


def page(*, name: str) -> str:
    return reverse("analytics:model", args=[name]) if name in FORECASTS else reverse("analytics:models")


@jobs.job(services.KIND, label=gettext_lazy("Run a model"), words={"customers": gettext_lazy("Customers")}, page=page)
def run_model(run: jobs.Run, *, name: str) -> dict[str, Any]:
    """Run one forecast; between its steps it can be stopped, and then nothing has changed."""

    def progress(done: int, total: int, step: str) -> None:
        run.check()
        run.progress(done, total=total, message=step)

    user = User.objects.filter(pk=run.user_id).first() if run.user_id else None
    try:
        made = services.run_forecast(name, now=timezone.now(), progress=progress, user=user)
    except services.UnknownKind:
        raise jobs.JobFailed(_("This version of Guanxi has no such model any more.")) from None
    except NoSnapshot as empty:
        raise jobs.JobFailed(str(empty)) from None
    return {"customers": made.customers, "state": made.state}


@jobs.every(EVERY, name="models.nightly")
def run_nightly() -> None:
    """Start what is due, once there is a warehouse to learn from."""
    if freshness() is not None:
        services.start_nightly(now=timezone.now())
