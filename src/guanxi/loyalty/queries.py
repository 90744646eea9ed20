"""What rooms above may know of tiers, points and coupons."""

from guanxi.loyalty.points import queries as points

__all__ = ["points"]
