"""Rights of the loyalty room."""

from guanxi.loyalty.tiers import permissions as tiers

__all__ = ["tiers"]
