"""An amount off the goods."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.loyalty.coupons.kinds.base import CouponKind, Params, amount_words, off_lines
from guanxi.loyalty.coupons.kinds.fields import Amount
from guanxi.loyalty.coupons.types import Effect, Goods


class AmountOff(CouponKind):
    name = "amount_off"
    label = gettext_lazy("Amount off")
    hint = gettext_lazy("A fixed sum less to pay, such as 20 off.")
    icon = "coin"
    order = 40
    fields = (Amount(name="amount", label=gettext_lazy("Amount off")),)
    example = {"amount": 2_000}

    def words(self, params: Params, currency: str) -> str:
        return _("%(amount)s off") % {"amount": amount_words(params["amount"], currency)}

    def apply(self, params: Params, goods: Goods) -> Effect:
        return off_lines(params["amount"], goods)
