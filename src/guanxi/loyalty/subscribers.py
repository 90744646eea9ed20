"""What the loyalty room follows in the event log; see the parts."""

from guanxi.loyalty.points import subscribers as points  # noqa: F401
