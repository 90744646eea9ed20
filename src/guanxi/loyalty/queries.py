"""What other rooms may know of loyalty; each part has its own queries."""

from guanxi.loyalty.points import queries as points
from guanxi.loyalty.tiers.queries import benefits_of, history, multipliers, standings, told

__all__ = ["benefits_of", "history", "multipliers", "points", "standings", "told"]
