"""Work of the loyalty room for the worker."""

from guanxi.loyalty.tiers import tasks as tiers

__all__ = ["tiers"]
