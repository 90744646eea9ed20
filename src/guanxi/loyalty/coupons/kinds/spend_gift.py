"""Spend and get a gift in steps (满赠): the more one spends, the better the gift."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.loyalty.coupons.kinds.base import CouponKind, Params, amount_words
from guanxi.loyalty.coupons.kinds.fields import Amount, Number, Steps, Words
from guanxi.loyalty.coupons.types import Effect, Gift, Goods


class SpendGift(CouponKind):
    """The highest step that the goods reach before coupons holds."""

    name = "spend_gift"
    label = gettext_lazy("Spend and get a gift, in steps")
    hint = gettext_lazy("A towel from 300, a bathrobe from 800.")
    icon = "gift-card"
    order = 70
    fields = (
        Steps(
            name="steps",
            label=gettext_lazy("Steps"),
            columns=(
                Amount(name="spend", label=gettext_lazy("Spend at least")),
                Words(name="title", label=gettext_lazy("What is given")),
                Words(name="product", label=gettext_lazy("Its product code"), required=False, most=100),
                Number(name="quantity", label=gettext_lazy("How many"), required=False),
            ),
        ),
    )
    example = {"steps": [{"spend": 30_000, "title": "Towel"}, {"spend": 80_000, "title": "Bathrobe", "quantity": 1}]}

    def words(self, params: Params, currency: str) -> str:
        parts = [
            _("%(quantity)d × %(gift)s from %(spend)s")
            % {
                "quantity": step.get("quantity") or 1,
                "gift": step["title"],
                "spend": amount_words(step["spend"], currency),
            }
            for step in params["steps"]
        ]
        return _("; ").join(parts)

    def apply(self, params: Params, goods: Goods) -> Effect:
        reached = [step for step in params["steps"] if goods.spend >= step["spend"]]
        if not reached:
            return Effect()
        step = reached[-1]
        return Effect(gifts=(Gift(step["title"], step.get("product") or "", step.get("quantity") or 1),))
