"""A share of what is paid comes back as points (返现积分)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.loyalty.coupons.kinds.base import CouponKind, Params, amount_words, percent_words
from guanxi.loyalty.coupons.kinds.fields import Amount, Share
from guanxi.loyalty.coupons.splitting import share_of
from guanxi.loyalty.coupons.types import Effect, Goods


class CashBack(CouponKind):
    """The customer pays all of it; see hooks.py for what becomes of the amount."""

    name = "cash_back"
    label = gettext_lazy("Cash back as points")
    hint = gettext_lazy("A share of what is paid comes back as points for the next order.")
    icon = "coins"
    order = 80
    needs_points = True
    fields = (
        Share(name="share", label=gettext_lazy("Percent that comes back")),
        Amount(name="cap", label=gettext_lazy("At most"), required=False),
    )
    example = {"share": 1_000, "cap": 5_000}

    def words(self, params: Params, currency: str) -> str:
        share = percent_words(params["share"])
        if not params.get("cap"):
            return _("%(share)s back as points") % {"share": share}
        said = {"share": share, "cap": amount_words(params["cap"], currency)}
        return _("%(share)s back as points, at most %(cap)s") % said

    def apply(self, params: Params, goods: Goods) -> Effect:
        amount = share_of(goods.payable, params["share"])
        return Effect(cash_back=min(amount, params.get("cap") or amount))
