"""What the segments room announces."""

from dataclasses import dataclass
from typing import ClassVar

from guanxi.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentEntered(Event):
    """A customer came into a segment; ``subject_id`` is the segment."""

    kind: ClassVar[str] = "segment.entered"
    first_refresh: bool = False
    """The segment was filled for the first time: the customer was there, rather than came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentLeft(Event):
    """A customer left a segment; ``subject_id`` is the segment."""

    kind: ClassVar[str] = "segment.left"
