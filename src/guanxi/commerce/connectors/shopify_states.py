"""What Shopify's two states, of money and of parcels, make of an order."""

from django.utils.translation import gettext as _

from guanxi.commerce.connectors.cells import BadCell
from guanxi.commerce.types import OrderStatus

UNPAID = ("pending", "authorized", "unpaid", "partially_paid")
PAID = ("paid", "partially_refunded", "")
VOID = ("voided", "expired")
SENT = ("fulfilled", "partial", "partially_fulfilled", "shipped")
NOT_SENT = ("", "unfulfilled", "null", "pending", "open", "on_hold", "scheduled", "in_progress", "restocked")


def order_status(*, financial: str, fulfilment: str, cancelled: bool, delivered: bool = False) -> OrderStatus:
    """Raises BadCell for a state that Shopify does not document."""
    financial, fulfilment = financial.strip().lower(), fulfilment.strip().lower()
    if financial not in (*UNPAID, *PAID, *VOID, "refunded"):
        raise BadCell(_("The order state “%(state)s” is not known.") % {"state": financial})
    if fulfilment not in (*SENT, *NOT_SENT):
        raise BadCell(_("The order state “%(state)s” is not known.") % {"state": fulfilment})
    if financial == "refunded":
        return OrderStatus.REFUNDED if fulfilment in SENT or not cancelled else OrderStatus.CANCELLED
    if cancelled or financial in VOID:
        return OrderStatus.CANCELLED
    if financial in UNPAID:
        return OrderStatus.UNPAID
    if fulfilment in SENT:
        return OrderStatus.COMPLETED if delivered else OrderStatus.SHIPPED
    return OrderStatus.PAID


def is_paid(financial: str) -> bool:
    """Whether the whole amount has been received at some time."""
    return financial.strip().lower() in ("paid", "partially_refunded", "refunded", "")
