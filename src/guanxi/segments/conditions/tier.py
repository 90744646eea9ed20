"""The tier of a programme that a customer holds."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.fields import Picks
from guanxi.segments.conditions.names import Names


class Tier(Condition):
    """Of any programme, a shop's own ones included; as they were at the last refresh of the warehouse."""

    name = "tier"
    label = gettext_lazy("Tier")
    icon = "stairs-up"
    group = "orders"
    keywords = "silver gold vip level loyalty 会员等级 會員等級"
    fields = (Picks(name="tiers", label=gettext_lazy("is one of"), source="tier"),)

    def predicate(self, params: Params, context: Context) -> Expression:
        held = _held(context)
        return context.among(held.filter(held.tier_id.isin(params["tiers"])))

    def own(self, params: Params, context: Context) -> Table:
        return _held(context).select("customer_id", "tier_id")

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        return _(", ").join(sorted(names.label("tier", row["tier_id"]) for row in rows)) or _("no tier")


def _held(context: Context) -> Table:
    members = context.tables["tier_members"]
    return members.filter(members.tier_id.notnull() & ~members.spare)
