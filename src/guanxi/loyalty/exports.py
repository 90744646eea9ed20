"""What the loyalty room puts into the warehouse, part by part."""

from guanxi.loyalty.coupons import exports as coupons
from guanxi.loyalty.points import exports as points
from guanxi.loyalty.tiers import exports as tiers

__all__ = ["coupons", "points", "tiers"]
