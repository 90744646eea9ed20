"""Kinds of event that a segment can ask about; only these go to the warehouse."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENT_KINDS: Mapping[str, Promise] = {
    "order.placed": _("Order placed"),
    "order.paid": _("Order paid"),
    "order.shipped": _("Order shipped"),
    "order.completed": _("Order completed"),
    "order.cancelled": _("Order cancelled"),
    "order.refunded": _("Order refunded"),
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent withdrawn"),
    "message.bounced": _("Message bounced"),
    "message.complained": _("Complained about a message"),
    "message.unsubscribed": _("Unsubscribed"),
}
