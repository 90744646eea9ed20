"""Orders and points: what happens to the points of orders of which there is news."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from guanxi.customers.following import hold_still
from guanxi.loyalty.points import allocation, earning, reversing


def follow(order_ids: Sequence[int], *, now: datetime) -> tuple[int, int]:
    """Give points for what is paid and take back what was given back. Returns for how many orders each.

    Whatever the news was, the points are brought to what they should be: the same again changes nothing.
    """
    with transaction.atomic():
        hold_still()
        awarded = earning.award_orders(order_ids, now=now)
        reversed_ = reversing.reverse_orders(order_ids, now=now)
        if awarded:
            allocation.settle(buyers(order_ids), now=now)
    return awarded, reversed_


def buyers(order_ids: Sequence[int]) -> list[int]:
    """Who has earned points with these orders."""
    rows = allocation.execute(
        f"SELECT DISTINCT customer_id FROM {allocation.LOT} WHERE kind = 'order' AND order_id = ANY(%(orders)s)",
        {"orders": list(order_ids)},
    )
    return [customer_id for (customer_id,) in rows]


def settle_all(*, now: datetime) -> None:
    """Let every debt be settled that can be."""
    with transaction.atomic():
        allocation.settle(None, now=now)
