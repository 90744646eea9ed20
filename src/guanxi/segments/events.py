"""What the segments room announces."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.event_types import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentEntered(Event):
    """A customer came into a segment; ``subject_id`` is the segment."""

    kind: ClassVar[str] = "segment.entered"
    label: ClassVar[Promise | str] = _("Entered a segment")
    icon: ClassVar[str] = "login-2"
    first_refresh: bool = False
    """The segment was filled for the first time: the customer was there, rather than came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentLeft(Event):
    """A customer left a segment; ``subject_id`` is the segment."""

    kind: ClassVar[str] = "segment.left"
    label: ClassVar[Promise | str] = _("Left a segment")
    icon: ClassVar[str] = "logout-2"
