"""Work of points for the worker."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.core import jobs
from guanxi.loyalty.points import earning, expiring, orders, programmes, spending

MINUTE, HOUR = 60.0, 3600.0


def programme_page(*, programme_id: int) -> str:
    return reverse("loyalty:points_programme", args=[programme_id])


@jobs.job(
    "loyalty.points.catch_up",
    label=_("Give points for earlier orders"),
    words={"orders": _("Orders with points")},
    page=programme_page,
)
def catch_up(run: jobs.Run, *, programme_id: int) -> dict[str, Any]:
    """Go through all orders paid since the programme began; those that have points already are left."""
    since = programmes.one(programme_id).starts_at
    awarded = orders.follow_all(
        since=since, clock=timezone.now, report=lambda done, total: run.progress(done, total=total)
    )
    return {"orders": awarded}


@jobs.every(MINUTE, name="loyalty.points.overdue")
def release_overdue() -> None:
    """Give back what tills set aside and forgot."""
    spending.release_overdue(now=timezone.now())


@jobs.every(HOUR, name="loyalty.points.hourly")
def hourly() -> None:
    """Notices, expiry, birthdays, and debts that found something to settle them."""
    now = timezone.now()
    expiring.give_notice(now=now)
    expiring.expire(now=now)
    earning.birthdays(now=now)
    orders.settle_all(now=now)
