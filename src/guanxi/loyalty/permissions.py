"""Rights of the loyalty room; see the parts."""

from guanxi.loyalty.points import permissions as points  # noqa: F401
