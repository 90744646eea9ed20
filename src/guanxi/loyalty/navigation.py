"""Menu entries of the loyalty room, part by part."""

from guanxi.loyalty.coupons import navigation as coupons
from guanxi.loyalty.points import navigation as points
from guanxi.loyalty.tiers import navigation as tiers

__all__ = ["coupons", "points", "tiers"]
