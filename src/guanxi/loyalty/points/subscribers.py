"""What points follow in the event log."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from guanxi.commerce.events import OrderCancelled, OrderCompleted, OrderPaid, OrderRefunded, OrderShipped
from guanxi.core import events
from guanxi.core.events import Span
from guanxi.customers.events import CustomerCreated
from guanxi.customers.following import follow
from guanxi.loyalty.models import PointsLot
from guanxi.loyalty.points import allocation, earning, orders, spending

ORDER_NEWS = (OrderPaid.kind, OrderShipped.kind, OrderCompleted.kind, OrderRefunded.kind, OrderCancelled.kind)
"""Dispatch and completion too: an order that had no customer when it was paid may have one by then."""
BATCH = 20_000


def _lock(customer_ids: Collection[int], now: datetime) -> None:
    """Let no till spend points that are about to become another's."""
    owners = PointsLot.objects.filter(customer_id__in=list(customer_ids)).values_list("programme_id", "customer_id")
    allocation.lock(sorted(set(owners.order_by())), now=now)


follow("loyalty_pointslot", label=_("Points"), keeps_origin=True, before=_lock, after=spending.release_parted)
follow("loyalty_pointsentry", keeps_origin=True)
follow("loyalty_pointsreservation")
follow("loyalty_pointsadjustment")
follow("loyalty_pointsreview")


@events.set_reader("loyalty.points", kinds=[*ORDER_NEWS, CustomerCreated.kind], batch_size=BATCH)
def points(span: Span, now: datetime) -> None:
    orders.follow(span.subjects(*ORDER_NEWS), now=now)
    earning.welcome(span.customers(CustomerCreated.kind), now=now)
