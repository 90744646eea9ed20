"""Kinds of event that a segment can ask about; only these go to the warehouse."""

from collections.abc import Mapping

from django.utils.functional import Promise

from guanxi.commerce import events as commerce
from guanxi.core.event_types import KINDS
from guanxi.customers import events as customers
from guanxi.messaging import events as messaging
from guanxi.visits import events as visits

ROOMS = (commerce.__name__, customers.__name__, messaging.__name__, visits.__name__)
ASKED_OTHERWISE = frozenset(
    {"customer.created", "customer.erased", "message.sent", "message.opened", "message.clicked"}
)
"""What conditions of their own ask about, in tables of their own; and the erased, who are in no segment."""

EVENT_KINDS: Mapping[str, Promise | str] = {
    kind: event.label
    for kind, event in sorted(KINDS.items())
    if event.__module__ in ROOMS and kind not in ASKED_OTHERWISE
}
