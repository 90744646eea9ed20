"""Named groups of the RFM grid. Each of the 25 cells of recency and frequency belongs to exactly one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Group:
    label: Promise
    advice: Promise
    """What it means, and what to do."""
    boxes: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    """Rectangles of the grid: lowest and highest recency, lowest and highest frequency."""
    color: str
    """Of Tabler's palette."""

    def holds(self, recency: int, frequency: int) -> bool:
        return any(
            low_r <= recency <= high_r and low_f <= frequency <= high_f
            for (low_r, high_r), (low_f, high_f) in self.boxes
        )


GROUPS: Mapping[str, Group] = {
    "champions": Group(
        _("Champions"),
        _("Bought just now and buy often. Thank them, show them what is new first, ask for reviews."),
        (((5, 5), (4, 5)),),
        "green",
    ),
    "loyal": Group(
        _("Loyal"),
        _("Buy often, the last time not long ago. Offer more of what they like, invite them to a higher tier."),
        (((3, 4), (4, 5)),),
        "teal",
    ),
    "promising": Group(
        _("May become loyal"),
        _("Bought lately, and more than the least. Recommend, and give a reason for the next order."),
        (((4, 5), (2, 3)),),
        "cyan",
    ),
    "new": Group(
        _("New"),
        _("Bought lately, with the fewest orders. Welcome them and help them to a second order."),
        (((4, 5), (1, 1)),),
        "azure",
    ),
    "attention": Group(
        _("Need attention"),
        _("In the middle of both. A limited offer now keeps them from drifting away."),
        (((3, 3), (3, 3)),),
        "yellow",
    ),
    "cooling": Group(
        _("Cooling down"),
        _("Bought seldom, and some time ago. Remind them of what they looked at or bought."),
        (((3, 3), (1, 2)),),
        "orange",
    ),
    "at_risk": Group(
        _("Leaving"),
        _("Bought more than others once, and not for long now. Ask what was wrong; win them back while they remember."),
        (((1, 2), (3, 5)),),
        "red",
    ),
    "asleep": Group(
        _("Asleep"),
        _("Bought seldom and long ago. Spend little here: a rare mail, or none."),
        (((1, 2), (1, 2)),),
        "secondary",
    ),
}


def group_of(recency: int, frequency: int) -> str:
    return next(name for name, group in GROUPS.items() if group.holds(recency, frequency))


def cell_definition(recency: tuple[int, int], frequency: tuple[int, int]) -> dict[str, Any]:
    """What the segment builder reads for a rectangle of the grid."""
    return {"condition": "rfm", "recency": list(recency), "frequency": list(frequency), "monetary": [1, 5]}


def group_definition(name: str) -> dict[str, Any]:
    """What the segment builder reads for a group."""
    return {"match": "any", "of": [cell_definition(*box) for box in GROUPS[name].boxes]}
