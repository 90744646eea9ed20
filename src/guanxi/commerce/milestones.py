"""The events in the life of an order, each once, written in the order's own transaction."""

from collections.abc import Sequence

from guanxi.commerce.events import (
    OrderCancelled,
    OrderCompleted,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
)
from guanxi.commerce.incoming import CANCELLED, COMPLETED, PAID, PLACED, REFUNDED, SHIPPED
from guanxi.core import events

KINDS = {
    PLACED: OrderPlaced.kind,
    PAID: OrderPaid.kind,
    SHIPPED: OrderShipped.kind,
    COMPLETED: OrderCompleted.kind,
    REFUNDED: OrderRefunded.kind,
    CANCELLED: OrderCancelled.kind,
}
REACHED = f"""
SELECT m.kind, o.customer_id, o.id,
  coalesce(
    CASE m.bit WHEN {PLACED} THEN o.placed_at WHEN {PAID} THEN o.paid_at WHEN {SHIPPED} THEN o.shipped_at
      WHEN {COMPLETED} THEN o.completed_at WHEN {CANCELLED} THEN o.cancelled_at
      ELSE (SELECT min(r.refunded_at) FROM commerce_refund r WHERE r.order_id = o.id) END,
    o.source_updated_at, greatest(o.placed_at, o.paid_at, o.shipped_at, o.completed_at)),
  o.updated_at,
  jsonb_build_object('shop_id', o.shop_id, 'currency', o.currency, 'total', o.total, 'amount',
    CASE WHEN m.bit = {PAID} THEN o.paid_total WHEN m.bit = {REFUNDED} AND o.kind = 'sale' THEN o.refunded_total
      ELSE o.total END)
FROM unnest(%(orders)s::bigint[], %(reached)s::smallint[]) n (id, reached)
JOIN commerce_order o ON o.id = n.id
JOIN (VALUES {", ".join(f"({bit}, '{kind}')" for bit, kind in KINDS.items())}) m (bit, kind) ON n.reached & m.bit <> 0
ORDER BY o.id, m.bit
"""


def announce(reached: Sequence[tuple[int, int]]) -> None:
    """Append the events of orders that reached milestones: pairs of order and bits.

    A milestone whose own time the source does not say happened when the source last knew of the order.
    """
    news = [pair for pair in reached if pair[1]]
    if news:
        events.publish_select(REACHED, {"orders": [order for order, _bits in news], "reached": [b for _o, b in news]})
