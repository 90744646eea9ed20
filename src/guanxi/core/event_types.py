"""What rooms announce: the kinds of events, apart from the log, so that code without a database can name them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events. Fields beyond these go into ``data``; never personal data."""

    kind: ClassVar[str]
    label: ClassVar[Promise | str] = ""
    """What a timeline calls it."""
    icon: ClassVar[str] = "point"
    """A Tabler icon's name."""
    told: ClassVar[Sequence[str]] = ()
    """What a timeline says below the label: formats over ``data``, such as ``{from_tier} → {to_tier}``; one of which
    the event has nothing is left out."""
    customer_id: int | None
    subject_id: int | None = None
    """The row it is about: an order, a message, a ticket."""
    occurred_at: datetime

    def __init_subclass__(cls) -> None:
        if "kind" in cls.__dict__:
            KINDS[cls.kind] = cls


KINDS: dict[str, type[Event]] = {}
"""Every kind of event that a room announces."""
