"""Menu entries of the loyalty room; see the parts."""

from guanxi.loyalty.points import navigation as points  # noqa: F401
