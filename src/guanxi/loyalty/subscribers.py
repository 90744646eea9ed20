"""What the loyalty room follows, part by part, and what its parts tell each other."""

from guanxi.loyalty.coupons import subscribers as coupons
from guanxi.loyalty.points import subscribers as points
from guanxi.loyalty.points.multipliers import provide
from guanxi.loyalty.tiers import subscribers as tiers
from guanxi.loyalty.tiers.queries import multipliers

provide(multipliers)

__all__ = ["coupons", "points", "tiers"]
