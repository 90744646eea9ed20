"""What other rooms may do in loyalty; each part has its own services."""

from guanxi.loyalty.points import services as points
from guanxi.loyalty.tiers.services import set_by_hand

__all__ = ["points", "set_by_hand"]
