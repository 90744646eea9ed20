"""Delivery for nothing, or for less."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.loyalty.coupons.kinds.base import CouponKind, Params, amount_words
from guanxi.loyalty.coupons.kinds.fields import Amount
from guanxi.loyalty.coupons.types import Effect, Goods


class FreeShipping(CouponKind):
    name = "free_shipping"
    label = gettext_lazy("Free shipping")
    hint = gettext_lazy("Nothing to pay for delivery, or less.")
    icon = "truck-delivery"
    order = 60
    fields = (Amount(name="cap", label=gettext_lazy("At most"), required=False),)
    example = {"cap": 1_500}

    def words(self, params: Params, currency: str) -> str:
        if not params.get("cap"):
            return _("Free shipping")
        return _("Free shipping, up to %(cap)s") % {"cap": amount_words(params["cap"], currency)}

    def apply(self, params: Params, goods: Goods) -> Effect:
        return Effect(shipping=min(goods.shipping_left, params.get("cap") or goods.shipping_left))
