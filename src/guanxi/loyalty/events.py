"""What the loyalty room announces; see the parts."""

from guanxi.loyalty.points import events as points  # noqa: F401
