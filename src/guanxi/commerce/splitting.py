"""Splitting a customer with the orders that are the other person's."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest

from guanxi.commerce.models import Order
from guanxi.core.models import User
from guanxi.customers import services as customers


def split_customer(
    customer_id: int,
    *,
    identifier_ids: Collection[int],
    order_ids: Collection[int],
    name: str = "",
    user: User | None,
    now: datetime,
    request: HttpRequest | None = None,
) -> int:
    """Make another customer of some identifiers and orders of one. Returns the new one's number.

    Points, coupons, messages and what the event log tells of the past stay where they are. Orders that are not this
    customer's are left alone. Raises customers.CannotSplit.
    """
    with transaction.atomic():
        new = customers.split(
            customer_id, identifier_ids=identifier_ids, name=name, user=user, now=now, request=request
        )
        orders = Order.objects.filter(pk__in=list(order_ids), customer_id=customer_id)
        orders.update(customer_id=new, origin_customer_id=None)
    return new
