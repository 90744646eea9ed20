"""Kinds of coupon: a kind. What a coupon can do to a basket (see base.py)."""

from guanxi.core.registry import Registry
from guanxi.loyalty.coupons.kinds.base import CouponKind

KINDS: Registry[CouponKind] = Registry(
    "kind of coupon",
    {
        "amount_off": "guanxi.loyalty.coupons.kinds.amount_off.AmountOff",
        "percent_off": "guanxi.loyalty.coupons.kinds.percent_off.PercentOff",
        "tiered": "guanxi.loyalty.coupons.kinds.tiered.Tiered",
        "buy_get": "guanxi.loyalty.coupons.kinds.buy_get.BuyGet",
        "free_shipping": "guanxi.loyalty.coupons.kinds.free_shipping.FreeShipping",
        "cash_back": "guanxi.loyalty.coupons.kinds.cash_back.CashBack",
        "gift": "guanxi.loyalty.coupons.kinds.gift.GiftAdded",
        "spend_gift": "guanxi.loyalty.coupons.kinds.spend_gift.SpendGift",
    },
)
