"""Menu entries of the loyalty room."""

from guanxi.loyalty.tiers import navigation as tiers

__all__ = ["tiers"]
