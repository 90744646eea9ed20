"""What the loyalty room announces, part by part."""

from guanxi.loyalty.coupons import events as coupons
from guanxi.loyalty.points import events as points
from guanxi.loyalty.tiers import events as tiers

__all__ = ["coupons", "points", "tiers"]
