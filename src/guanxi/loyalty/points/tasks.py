"""Work of points for the worker."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.commerce import relations
from guanxi.core import jobs
from guanxi.loyalty.points import allocation, earning, expiring, orders, programmes, spending

MINUTE, HOUR = 60.0, 3600.0
BATCH = 5000


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
    start = programmes.one(programme_id).starts_at
    paid = f"SELECT order_id FROM ({relations.PAID_ORDERS}) p WHERE paid_at >= %(start)s"
    ((total,),) = allocation.execute(f"SELECT count(*) FROM ({paid}) p", {"start": start})
    last = done = awarded = 0
    while True:
        rows = allocation.execute(
            f"{paid} AND order_id > %(last)s ORDER BY order_id LIMIT %(limit)s",
            {"start": start, "last": last, "limit": BATCH},
        )
        if not rows:
            return {"orders": awarded}
        ids = [order_id for (order_id,) in rows]
        awarded += orders.follow(ids, now=timezone.now())[0]
        last, done = ids[-1], done + len(ids)
        run.progress(done, total=total)


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
