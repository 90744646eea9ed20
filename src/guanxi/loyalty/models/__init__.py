"""Tables of the loyalty room."""

from guanxi.loyalty.models.coupons import Coupon, CouponBatch, CouponRedemption, IssuedCoupon
from guanxi.loyalty.models.points import (
    PointsAccount,
    PointsAdjustment,
    PointsEntry,
    PointsHold,
    PointsLot,
    PointsProgramme,
    PointsReservation,
    PointsReview,
    PointsRule,
    ProgrammeShop,
)
from guanxi.loyalty.models.tiers import Tier, TierChange, TierGrant, TierMember, TierProgramme

__all__ = [
    "Coupon",
    "CouponBatch",
    "CouponRedemption",
    "IssuedCoupon",
    "PointsAccount",
    "PointsAdjustment",
    "PointsEntry",
    "PointsHold",
    "PointsLot",
    "PointsProgramme",
    "PointsReservation",
    "PointsReview",
    "PointsRule",
    "ProgrammeShop",
    "Tier",
    "TierChange",
    "TierGrant",
    "TierMember",
    "TierProgramme",
]
