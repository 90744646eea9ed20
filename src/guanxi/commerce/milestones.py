"""The milestones in the life of an order: which it has reached, when, and the event of each."""

from datetime import datetime

from guanxi.commerce.events import (
    OrderCancelled,
    OrderCompleted,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
)
from guanxi.commerce.types import IncomingOrder, OrderKind, OrderStatus
from guanxi.core import bulk
from guanxi.core.money import Minor

PLACED, PAID, SHIPPED, COMPLETED, REFUNDED, CANCELLED = 1, 2, 4, 8, 16, 32
"""Bits, as an order keeps those that are in the log already."""
KINDS = {
    PLACED: OrderPlaced.kind,
    PAID: OrderPaid.kind,
    SHIPPED: OrderShipped.kind,
    COMPLETED: OrderCompleted.kind,
    REFUNDED: OrderRefunded.kind,
    CANCELLED: OrderCancelled.kind,
}
WAS_PAID = (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.COMPLETED, OrderStatus.REFUNDED)


Milestone = tuple[int, str]
"""Bit, and the end of its event's line as COPY takes it: kind, time and data."""


def of(order: IncomingOrder, shop_id: int) -> list[Milestone]:
    """What an order has reached, in the order of a life.

    A milestone whose own time the source does not say happened when the source last knew of the order.
    """
    last_known = order.source_updated_at or max(
        filter(None, (order.placed_at, order.paid_at, order.shipped_at, order.completed_at))
    )
    data = f'{{"shop_id": {shop_id}, "currency": "{order.currency.upper()}", "total": {order.total}, "amount": '
    return [
        (bit, f"{KINDS[bit]}\t{bulk.moment(at or last_known)}\t{data}{amount}}}") for bit, at, amount in _reached(order)
    ]


def bits(reached: list[Milestone]) -> int:
    return sum([bit for bit, _event in reached])


def _reached(order: IncomingOrder) -> list[tuple[int, datetime | None, Minor]]:
    """Bit, time where the source says it, and the money it is about."""
    total = order.total
    refunded_at = min([refund.refunded_at for refund in order.refunds], default=None)
    if order.kind is OrderKind.CREDIT_NOTE:
        return [(REFUNDED, refunded_at, total)]
    reached: list[tuple[int, datetime | None, Minor]] = [(PLACED, order.placed_at, total)]
    if order.paid_at or order.status in WAS_PAID:
        reached.append((PAID, order.paid_at, order.paid_total))
    if order.shipped_at or order.shipments or order.status is OrderStatus.SHIPPED:
        reached.append((SHIPPED, order.shipped_at, total))
    if order.status is OrderStatus.COMPLETED:
        reached.append((COMPLETED, order.completed_at, total))
    if order.refunds or order.status is OrderStatus.REFUNDED:
        reached.append((REFUNDED, refunded_at, sum([refund.amount for refund in order.refunds])))
    if order.status is OrderStatus.CANCELLED:
        reached.append((CANCELLED, order.cancelled_at, total))
    return reached
