"""Something on top."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.loyalty.coupons.kinds.base import CouponKind, Params
from guanxi.loyalty.coupons.kinds.fields import Number, Words
from guanxi.loyalty.coupons.types import Effect, Gift, Goods


class GiftAdded(CouponKind):
    name = "gift"
    label = gettext_lazy("Gift")
    hint = gettext_lazy("Something goes into the parcel for nothing.")
    icon = "gift"
    order = 70
    fields = (
        Words(name="title", label=gettext_lazy("What is given")),
        Words(name="product", label=gettext_lazy("Its product code"), required=False, most=100),
        Number(name="quantity", label=gettext_lazy("How many"), initial=1),
    )
    example = {"title": "Hand towel", "product": "HT-1", "quantity": 1}

    def words(self, params: Params, currency: str) -> str:
        return _("%(quantity)d × %(gift)s as a gift") % {"quantity": params["quantity"], "gift": params["title"]}

    def apply(self, params: Params, goods: Goods) -> Effect:
        gift = Gift(params["title"], params.get("product") or "", params["quantity"])
        return Effect(gifts=(gift,)) if goods.lines else Effect()
