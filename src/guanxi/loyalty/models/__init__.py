"""Tables of the loyalty room."""

from guanxi.loyalty.models.points import (
    PointsAccount,
    PointsAdjustment,
    PointsEntry,
    PointsHold,
    PointsLot,
    PointsProgramme,
    PointsReservation,
    PointsRule,
    ProgrammeShop,
)
from guanxi.loyalty.models.tiers import Tier, TierChange, TierGrant, TierMember, TierProgramme

__all__ = [
    "PointsAccount",
    "PointsAdjustment",
    "PointsEntry",
    "PointsHold",
    "PointsLot",
    "PointsProgramme",
    "PointsReservation",
    "PointsRule",
    "ProgrammeShop",
    "Tier",
    "TierChange",
    "TierGrant",
    "TierMember",
    "TierProgramme",
]
