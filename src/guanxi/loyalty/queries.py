"""What other rooms may know of loyalty. Each part has its own: ``loyalty.tiers.queries`` …"""

from guanxi.loyalty.tiers.queries import benefits_of, history, multipliers, standings, told

__all__ = ["benefits_of", "history", "multipliers", "standings", "told"]
