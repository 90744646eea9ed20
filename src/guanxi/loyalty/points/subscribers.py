"""What points follow in the event log."""

from collections.abc import Sequence
from datetime import datetime

from guanxi.commerce.events import OrderCancelled, OrderCompleted, OrderPaid, OrderRefunded, OrderShipped
from guanxi.core import events
from guanxi.core.events import StoredEvent
from guanxi.customers.events import CustomerCreated
from guanxi.loyalty.points import earning, orders

ORDER_NEWS = (OrderPaid.kind, OrderShipped.kind, OrderCompleted.kind, OrderRefunded.kind, OrderCancelled.kind)
"""Dispatch and completion too: an order that had no customer when it was paid may have one by then."""
BATCH = 10_000


@events.reader("loyalty.points", kinds=[*ORDER_NEWS, CustomerCreated.kind], batch_size=BATCH)
def points(batch: Sequence[StoredEvent], now: datetime) -> None:
    news = sorted({event.subject_id for event in batch if event.kind in ORDER_NEWS and event.subject_id is not None})
    orders.follow(news, now=now)
    new = [event.customer_id for event in batch if event.kind == CustomerCreated.kind and event.customer_id]
    earning.welcome(new, now=now)
