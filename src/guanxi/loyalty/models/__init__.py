"""Tables of the loyalty room."""

from guanxi.loyalty.models.coupons import Coupon, CouponBatch, CouponRedemption, IssuedCoupon

__all__ = ["Coupon", "CouponBatch", "CouponRedemption", "IssuedCoupon"]
