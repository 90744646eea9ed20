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
]
