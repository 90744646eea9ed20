"""Rights of the loyalty room, part by part."""

from guanxi.loyalty.coupons import permissions as coupons
from guanxi.loyalty.points import permissions as points
from guanxi.loyalty.tiers import permissions as tiers

__all__ = ["coupons", "points", "tiers"]
