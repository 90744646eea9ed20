"""What can be done with coupons. Each function is one use case in one transaction."""

from guanxi.loyalty.coupons.editing import create_coupon, set_state, update_coupon
from guanxi.loyalty.coupons.issuing import (
    Issued,
    attach_job,
    issue,
    make_codes,
    open_batch,
    start_codes,
    void,
    void_code,
)
from guanxi.loyalty.coupons.plans import CouponPlan
from guanxi.loyalty.coupons.problems import (
    BadRule,
    KeyReused,
    NoCoupon,
    NoRedemption,
    NotAsExpected,
    Refused,
    WrongState,
)
from guanxi.loyalty.coupons.redeeming import Receipt, give_back, redeem, validate

__all__ = [
    "BadRule",
    "CouponPlan",
    "Issued",
    "KeyReused",
    "NoCoupon",
    "NoRedemption",
    "NotAsExpected",
    "Receipt",
    "Refused",
    "WrongState",
    "attach_job",
    "create_coupon",
    "give_back",
    "issue",
    "make_codes",
    "open_batch",
    "redeem",
    "set_state",
    "start_codes",
    "update_coupon",
    "validate",
    "void",
    "void_code",
]
