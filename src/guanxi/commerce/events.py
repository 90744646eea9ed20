"""What the commerce room announces: the milestones in the life of an order, each once; money may be given back
in several steps, each of which is told.

`milestones` writes them in sets, so nothing makes these classes one by one; they say what is in them, and readers and
timelines know them by these kinds.
"""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.event_types import Event
from guanxi.core.money import Minor


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(Event):
    """About the order ``subject_id``. Money in minor units of ``currency``."""

    shop_id: int
    currency: str
    total: Minor


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(OrderEvent):
    kind: ClassVar[str] = "order.placed"
    label: ClassVar[Promise | str] = _("Order placed")
    icon: ClassVar[str] = "shopping-cart"
    amount: Minor


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(OrderEvent):
    kind: ClassVar[str] = "order.paid"
    label: ClassVar[Promise | str] = _("Order paid")
    icon: ClassVar[str] = "cash"
    amount: Minor


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(OrderEvent):
    kind: ClassVar[str] = "order.shipped"
    label: ClassVar[Promise | str] = _("Parcel sent")
    icon: ClassVar[str] = "truck-delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCompleted(OrderEvent):
    kind: ClassVar[str] = "order.completed"
    label: ClassVar[Promise | str] = _("Order completed")
    icon: ClassVar[str] = "package"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefunded(OrderEvent):
    kind: ClassVar[str] = "order.refunded"
    label: ClassVar[Promise | str] = _("Money given back")
    icon: ClassVar[str] = "receipt-refund"
    amount: Minor


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(OrderEvent):
    kind: ClassVar[str] = "order.cancelled"
    label: ClassVar[Promise | str] = _("Order cancelled")
    icon: ClassVar[str] = "shopping-cart-x"
