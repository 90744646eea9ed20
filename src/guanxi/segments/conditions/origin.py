"""Where and when the customer came from."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table, moment_words
from guanxi.segments.conditions.fields import Picks, Values
from guanxi.segments.conditions.measures import Period
from guanxi.segments.conditions.names import Names
from guanxi.segments.conditions.profile import OneOf


class Source(OneOf):
    name = "source"
    label = gettext_lazy("First seen through")
    icon = "door-enter"
    column = "source"
    keywords = "origin connector import 来源 來源"
    fields = (Values(name="values", label=gettext_lazy("is one of"), source="source"),)


class FirstShop(Condition):
    name = "first_shop"
    label = gettext_lazy("Came through shop")
    icon = "building-store"
    group = "profile"
    keywords = "store 店铺 店舖"
    fields = (Picks(name="shops", label=gettext_lazy("is one of"), source="shop"),)

    def predicate(self, params: Params, context: Context) -> Expression:
        return context.facts.first_shop_id.isin(params["shops"]).fill_null(False)

    def own(self, params: Params, context: Context) -> Table:
        return context.facts.select("customer_id", own=context.facts.first_shop_id)

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        shop = rows[0]["own"] if rows else None
        return _("no shop") if shop is None else names.label("shop", shop)


class Moment(Condition):
    """A time of the facts lies in a period."""

    column: str

    def predicate(self, params: Params, context: Context) -> Expression:
        moment = context.facts[self.column]
        holds = moment.notnull()
        for bound in context.during(moment, params["within"]):
            holds = holds & bound.fill_null(False)
        return holds

    def own(self, params: Params, context: Context) -> Table:
        return context.facts.select("customer_id", own=context.facts[self.column])

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        return moment_words(rows[0]["own"] if rows else None)


class CustomerSince(Moment):
    name = "customer_since"
    label = gettext_lazy("Customer since")
    icon = "user-plus"
    group = "profile"
    column = "created_at"
    keywords = "new joined first 新客"
    fields = (Period(name="within", ever=False, initial={"last_days": 30}),)
