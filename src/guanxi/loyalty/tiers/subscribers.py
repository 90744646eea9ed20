"""What tiers follow in the event log."""

from collections.abc import Sequence
from datetime import datetime

from guanxi.commerce.events import OrderCancelled, OrderCompleted, OrderPaid, OrderRefunded, OrderShipped
from guanxi.core import events
from guanxi.core.events import StoredEvent
from guanxi.customers.events import CustomerErased
from guanxi.loyalty.tiers import services

# An order that is changed again after its milestones, such as by a second refund, makes no event: the night finds it.


@events.reader(
    "loyalty.tiers",
    kinds=[
        OrderPaid.kind,
        OrderShipped.kind,
        OrderCompleted.kind,
        OrderRefunded.kind,
        OrderCancelled.kind,
        CustomerErased.kind,
    ],
    batch_size=5000,
)
def follow_orders(batch: Sequence[StoredEvent], now: datetime) -> None:
    """Raise at once whoever an order lifts; begin the days of grace of whoever a refund takes below their tier."""
    erased = {event.customer_id for event in batch if event.kind == CustomerErased.kind and event.customer_id}
    bought = {event.customer_id for event in batch if event.customer_id} - erased
    if erased:
        services.forget(sorted(erased))
    services.assess(bought, now=now)
