"""Tables of the segments room."""

from guanxi.segments.models.membership import Membership, SegmentCount
from guanxi.segments.models.rule import TagRule
from guanxi.segments.models.segment import Segment, SegmentKind

__all__ = ["Membership", "Segment", "SegmentCount", "SegmentKind", "TagRule"]
