"""What the loyalty room announces."""

from guanxi.loyalty.tiers.events import TierLowered, TierRaised, TierWarned

__all__ = ["TierLowered", "TierRaised", "TierWarned"]
