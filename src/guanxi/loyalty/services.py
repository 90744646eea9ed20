"""What rooms above may do to tiers, points and coupons."""

from guanxi.loyalty.points import services as points

__all__ = ["points"]
