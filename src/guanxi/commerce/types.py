"""Orders as a source tells them, before they are recorded. Connectors make these; `record_orders` takes them.

Nobody changes one once it is made. They are not frozen, because freezing makes them four times as slow to make.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from guanxi.core.money import Minor
from guanxi.customers.types import IncomingProfile


class OrderKind(StrEnum):
    SALE = "sale"
    CREDIT_NOTE = "credit_note"
    """Money given back that names no original order (a cancellation invoice, a negative receipt)."""


class OrderStatus(StrEnum):
    """In the order of a life; an older export never moves an order backwards."""

    UNPAID = "unpaid"
    PAID = "paid"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    """Closed without money kept: never paid, or paid back in full before dispatch."""
    REFUNDED = "refunded"
    """Was paid; all of it has gone back."""


STATUS_RANK = {status: rank for rank, status in enumerate(OrderStatus)}
COUNTED_STATUSES = (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.COMPLETED, OrderStatus.REFUNDED)
"""An order of kind sale in one of these, with a total above zero, is a sale that counts."""


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class IncomingLine:
    title: str
    sku: str = ""
    """The merchant's own code; the product's key within the shop when there is one."""
    external_product_id: str = ""
    variant: str = ""
    category: str = ""
    quantity: Decimal | int = 1
    unit_price: Minor = 0
    discount: Minor = 0
    total: Minor = 0
    """What the buyer pays for the line after its own discount. Never derived again from price and quantity."""


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class IncomingPayment:
    amount: Minor
    paid_at: datetime
    method: str = ""
    external_id: str = ""


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class IncomingRefund:
    amount: Minor
    """Positive."""
    refunded_at: datetime
    external_id: str = ""
    reason: str = ""


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class IncomingShipment:
    carrier: str = ""
    tracking_number: str = ""
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class IncomingOrder:
    """One order, whole: what is not in it is gone. All times are aware UTC, all money minor units of `currency`."""

    external_id: str
    currency: str
    placed_at: datetime
    status: OrderStatus
    total: Minor
    """What the buyer pays in all: items less discounts, plus shipping and taxes. Zero or more, for credit notes too."""
    kind: OrderKind = OrderKind.SALE
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    paid_total: Minor = 0
    discount_total: Minor = 0
    shipping_total: Minor = 0
    tax_total: Minor = 0
    discount_codes: Sequence[str] = ()
    country: str = ""
    region: str = ""
    """Province or state of delivery; never a street."""
    source_updated_at: datetime | None = None
    lines: Sequence[IncomingLine] = ()
    """Empty when the export has none; lines already recorded are then kept."""
    payments: Sequence[IncomingPayment] = ()
    refunds: Sequence[IncomingRefund] = ()
    shipments: Sequence[IncomingShipment] = ()
    buyer: IncomingProfile | None = None
    """None for a guest whose export says nothing of them."""
    source_rows: Sequence[int] = ()
    """1-based row numbers in the source file (header = 1), so that a rejection can name them."""


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class IncomingOrderLines:
    """Lines that come in a file of their own (Taobao's detail list) for an order recorded before or later."""

    external_id: str
    lines: Sequence[IncomingLine]
    source_rows: Sequence[int] = ()
