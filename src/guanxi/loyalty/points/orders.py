"""Orders and points: what happens to the points of orders of which there is news."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from guanxi.commerce import relations
from guanxi.core import bulk
from guanxi.customers.following import hold_still
from guanxi.loyalty.points import allocation, earning, reversing

BATCH = 5000
OWING = f"""
SELECT d.customer_id FROM {allocation.LOT} d WHERE d.remaining < 0 AND d.customer_id IN (
  SELECT customer_id FROM {allocation.LOT} WHERE kind = 'order' AND order_id = ANY(%(orders)s::bigint[]))
"""
"""Who has earned points with these orders and is in debt."""


def follow(order_ids: Sequence[int], *, now: datetime) -> tuple[int, int]:
    """Give points for what is paid and take back what was given back. Returns for how many orders each.

    Whatever the news was, the points are brought to what they should be: the same again changes nothing.
    """
    with transaction.atomic():
        hold_still()
        awarded = earning.award_orders(order_ids, now=now)
        reversed_ = reversing.reverse_orders(order_ids, now=now)
        if awarded:
            allocation.settle(bulk.distinct_numbers(OWING, {"orders": bulk.numbers(order_ids)}), now=now)
    return awarded, reversed_


def follow_all(
    *,
    since: datetime,
    clock: Callable[[], datetime],
    report: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Follow all orders paid since a moment, in batches; gives for how many there were points that had none.

    ``report`` hears how many of how many after each batch.
    """
    paid = f"SELECT order_id FROM ({relations.PAID_ORDERS}) p WHERE paid_at >= %(since)s"
    ((total,),) = allocation.execute(f"SELECT count(*) FROM ({paid}) p", {"since": since})
    last = done = awarded = 0
    while True:
        rows = allocation.execute(
            f"{paid} AND order_id > %(last)s ORDER BY order_id LIMIT %(limit)s",
            {"since": since, "last": last, "limit": BATCH},
        )
        if not rows:
            return awarded
        ids = [order_id for (order_id,) in rows]
        awarded += follow(ids, now=clock())[0]
        last, done = ids[-1], done + len(ids)
        report(done, total)


def settle_all(*, now: datetime) -> None:
    """Let every debt be settled that can be."""
    with transaction.atomic():
        allocation.settle(None, now=now)
