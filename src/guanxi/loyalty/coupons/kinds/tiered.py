"""Spend and save in steps (满减, 满折): the more one spends, the more comes off."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.loyalty.coupons.kinds.base import CouponKind, Params, amount_words, off_lines, percent_words
from guanxi.loyalty.coupons.kinds.fields import Amount, Share, Steps, Switch
from guanxi.loyalty.coupons.splitting import share_of
from guanxi.loyalty.coupons.types import Effect, Goods


class Tiered(CouponKind):
    """The highest step that the goods reach before coupons holds; it takes an amount or a share off."""

    name = "tiered"
    label = gettext_lazy("Spend and save, in steps")
    hint = gettext_lazy("The more one spends, the more comes off: 30 off 300, 80 off 600.")
    icon = "stairs-up"
    order = 40
    fields = (
        Steps(
            name="steps",
            label=gettext_lazy("Steps"),
            columns=(
                Amount(name="spend", label=gettext_lazy("Spend at least")),
                Amount(name="off", label=gettext_lazy("Amount off"), required=False),
                Share(name="share", label=gettext_lazy("or percent off"), required=False),
            ),
        ),
        Switch(
            name="every",
            label=gettext_lazy("Again for every time the sum is reached"),
            help=gettext_lazy("Of one step with an amount: 30 off every 300 is 60 off 600."),
        ),
    )
    example = {"steps": [{"spend": 30_000, "off": 3_000}, {"spend": 60_000, "off": 8_000}]}

    def check_more(self, params: dict[str, Any]) -> dict[str, str]:
        steps = params["steps"]
        if any(("off" in step) == ("share" in step) for step in steps):
            return {"steps": _("Each step needs either an amount or a percentage.")}
        if params.get("every") and (len(steps) > 1 or "off" not in steps[0]):
            return {"every": _("Only one step with an amount can be repeated.")}
        if any(step.get("off", 0) > step["spend"] for step in steps):
            return {"steps": _("A step cannot take more off than it asks for.")}
        return {}

    def words(self, params: Params, currency: str) -> str:
        sentence = _("%(off)s for every %(spend)s spent") if params.get("every") else _("%(off)s from %(spend)s")
        parts = []
        for step in params["steps"]:
            off = amount_words(step["off"], currency) if "off" in step else percent_words(step["share"])
            parts.append(
                sentence
                % {"off": _("%(amount)s off") % {"amount": off}, "spend": amount_words(step["spend"], currency)}
            )
        return _("; ").join(parts)

    def apply(self, params: Params, goods: Goods) -> Effect:
        reached = [step for step in params["steps"] if goods.spend >= step["spend"]]
        if not reached:
            return Effect()
        step = reached[-1]
        if "share" in step:
            return off_lines(share_of(goods.payable, step["share"]), goods)
        times = goods.spend // step["spend"] if params.get("every") else 1
        return off_lines(times * step["off"], goods)
