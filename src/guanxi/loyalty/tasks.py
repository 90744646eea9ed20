"""Work of the loyalty room for the worker, part by part."""

from guanxi.loyalty.coupons import tasks as coupons
from guanxi.loyalty.points import tasks as points
from guanxi.loyalty.tiers import tasks as tiers

__all__ = ["coupons", "points", "tiers"]
