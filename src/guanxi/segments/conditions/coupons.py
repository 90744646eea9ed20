"""Coupons that customers hold and use. The facts are the loyalty room's; here they are columns."""

from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Context, Expression, Measured, Params
from guanxi.segments.conditions.fields import Choice
from guanxi.segments.conditions.orders import TIMES


class Coupons(Measured):
    """Whether a coupon that someone holds is still in use or has expired is not asked here."""

    name = "coupons"
    label = gettext_lazy("Coupons")
    icon = "ticket"
    group = "orders"
    keywords = "voucher discount held used redeemed 优惠券 優惠券"
    fields = (
        Choice(
            name="what",
            choices=(
                ("held", gettext_lazy("held and not used")),
                ("redeemed", gettext_lazy("used")),
                ("given", gettext_lazy("ever given")),
            ),
            initial="held",
        ),
        TIMES,
    )

    def fact(self, params: Params, context: Context) -> Expression:
        return context.facts[f"coupons_{params['what']}"]
