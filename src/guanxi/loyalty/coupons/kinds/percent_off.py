"""A share off the goods, up to a cap."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.loyalty.coupons.kinds.base import CouponKind, Params, amount_words, off_lines, percent_words
from guanxi.loyalty.coupons.kinds.fields import Amount, Share
from guanxi.loyalty.coupons.splitting import share_of
from guanxi.loyalty.coupons.types import Effect, Goods


class PercentOff(CouponKind):
    name = "percent_off"
    label = gettext_lazy("Percentage off")
    hint = gettext_lazy("A share less to pay, with a cap that limits what it can cost.")
    icon = "percentage"
    order = 30
    fields = (
        Share(name="share", label=gettext_lazy("Percent off")),
        Amount(name="cap", label=gettext_lazy("At most"), required=False),
    )
    example = {"share": 1_500, "cap": 5_000}

    def words(self, params: Params, currency: str) -> str:
        share = percent_words(params["share"])
        if not params.get("cap"):
            return _("%(share)s off") % {"share": share}
        return _("%(share)s off, at most %(cap)s") % {"share": share, "cap": amount_words(params["cap"], currency)}

    def apply(self, params: Params, goods: Goods) -> Effect:
        amount = share_of(goods.payable, params["share"])
        return off_lines(min(amount, params.get("cap") or amount), goods)
