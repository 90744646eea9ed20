"""Who of the staff looks after a customer."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.fields import Picks
from guanxi.segments.conditions.names import Names


class Owner(Condition):
    """``0`` stands for nobody."""

    name = "owner"
    label = gettext_lazy("Owner")
    icon = "user-share"
    group = "profile"
    keywords = "staff sales rep 负责人 負責人 跟进人"
    fields = (Picks(name="owners", label=gettext_lazy("is one of"), source="owner"),)

    def predicate(self, params: Params, context: Context) -> Expression:
        return context.facts.owner_id.fill_null(0).isin(params["owners"])

    def own(self, params: Params, context: Context) -> Table:
        return context.facts.select("customer_id", own=context.facts.owner_id)

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        owner = rows[0]["own"] if rows else None
        return _("Nobody") if owner is None else names.label("owner", owner)
