"""Tables of the loyalty room."""

from guanxi.loyalty.models.tiers import Tier, TierChange, TierGrant, TierMember, TierProgramme

__all__ = ["Tier", "TierChange", "TierGrant", "TierMember", "TierProgramme"]
