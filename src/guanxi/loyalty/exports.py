"""What the loyalty room puts into the warehouse."""

from guanxi.loyalty.tiers import exports as tiers

__all__ = ["tiers"]
