"""What other rooms may do in loyalty. Each part has its own: ``loyalty.tiers.services`` …"""

from guanxi.loyalty.tiers.services import set_by_hand

__all__ = ["set_by_hand"]
