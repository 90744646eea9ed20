"""What tiers follow in the event log."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from guanxi.commerce.events import OrderCancelled, OrderCompleted, OrderPaid, OrderRefunded, OrderShipped
from guanxi.core import events
from guanxi.core.events import StoredEvent
from guanxi.customers.events import CustomerErased, CustomersMerged, CustomerSplit, MergeUndone
from guanxi.customers.following import follow
from guanxi.loyalty.tiers import services

follow("loyalty_tiermember", label=_("Tiers"), after=services.settle)
follow("loyalty_tiergrant")
follow("loyalty_tierchange")

# An order that is changed again after its milestones, such as by a second refund, makes no event: the night finds it.


@events.reader(
    "loyalty.tiers",
    kinds=[
        OrderPaid.kind,
        OrderShipped.kind,
        OrderCompleted.kind,
        OrderRefunded.kind,
        OrderCancelled.kind,
        CustomersMerged.kind,
        MergeUndone.kind,
        CustomerSplit.kind,
        CustomerErased.kind,
    ],
    batch_size=5000,
)
def follow_orders(batch: Sequence[StoredEvent], now: datetime) -> None:
    """Raise at once whoever an order lifts, and begin the days of grace of whoever a refund takes below their tier.

    Who was merged, or is told apart again, is looked at anew.
    """
    erased = {event.customer_id for event in batch if event.kind == CustomerErased.kind and event.customer_id}
    touched = {event.customer_id for event in batch if event.customer_id} - erased
    touched |= {event.data["gone_id"] for event in batch if event.kind == MergeUndone.kind}
    if erased:
        services.forget(sorted(erased))
    services.assess(touched, now=now)
