"""What the loyalty room follows in the event log."""

from guanxi.loyalty.tiers import subscribers as tiers

__all__ = ["tiers"]
