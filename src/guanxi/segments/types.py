"""What the segments room gives: plain values that other rooms may hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SegmentSummary:
    id: int
    name: str
    description: str
    kind: str
    """``dynamic`` or ``static``."""
    count: int | None
    """Members at the last refresh; None before the first."""
    counted_at: datetime | None
    archived: bool


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of a customer in a segment."""

    segment_id: int
    name: str
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a segment."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A segment's size and how it divides. Each of the three lists adds up to ``total``."""

    total: int
    shops: Sequence[Share]
    """By the shop that brought the customer."""
    spend: Sequence[Share]
    """By fifths of all buyers by money spent, the highest first."""
    regions: Sequence[Share]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one customer is in or out: a group with its parts, or one condition."""

    words: str
    inside: bool
    own: str = ""
    """The customer's own value; for conditions."""
    match: str = ""
    """``all``, ``any`` or ``none``; for groups."""
    of: Sequence["Reason"] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    customer_id: int
    known: bool
    """The warehouse holds this customer; False for one that was erased or came a moment ago."""
    inside: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What one refresh of a segment's membership did."""

    segment_id: int
    count: int
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class UnmatchedLine:
    """A line of a brought list that names no customer. Holds personal data: show it, keep it nowhere."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListImport:
    segment_id: int
    lines: int
    matched: int
    """Distinct customers that the lines name."""
    entered: int
    left: int
    unmatched: Sequence[UnmatchedLine]
