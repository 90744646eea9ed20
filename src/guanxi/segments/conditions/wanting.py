"""What the models of Insights expect a customer to want. Nobody of whom they say nothing is in."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.fields import Range, Values
from guanxi.segments.conditions.names import Names

PLACES = Range(name="places", label=gettext_lazy("place among the likeliest"), low=1, high=5)


class DueAgain(Condition):
    """When half of the customers with the same past have ordered again, counted in days of the merchant's zone."""

    name = "due_again"
    label = gettext_lazy("Due to buy again")
    icon = "calendar-due"
    group = "expected"
    keywords = "next order replenishment reorder refill 复购 補貨 补货 回购"
    fields = (Range(name="days", label=gettext_lazy("days from today"), low=0, high=365, initial=[0, 14]),)

    def predicate(self, params: Params, context: Context) -> Expression:
        first, last = params["days"]
        today = context.now.astimezone(context.zone).date()
        start, end = (
            datetime.combine(today + timedelta(days=days), time.min, context.zone).astimezone(UTC)
            for days in (first, last + 1)
        )
        due = context.facts.due_at
        return ((due >= start) & (due < end)).fill_null(False)

    def own(self, params: Params, context: Context) -> Table:
        return context.facts.select("customer_id", own=context.facts.due_at)

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        own = rows[0]["own"] if rows else None
        return _("unknown") if own is None else date_format(localtime(own), "Y-m-d")


class Wants(Condition):
    """One of the likeliest next products fits."""

    group = "expected"

    def fits(self, params: Params, products: Table) -> Expression:
        raise NotImplementedError

    def predicate(self, params: Params, context: Context) -> Expression:
        products, wanted = context.tables["products"], context.tables["next_products"]
        fitting = products.filter(self.fits(params, products))
        chosen = wanted.filter(wanted.product_id.isin(fitting.product_id), wanted["rank"].between(*params["places"]))
        return context.among(chosen)

    def own(self, params: Params, context: Context) -> Table:
        products, wanted = context.tables["products"], context.tables["next_products"]
        named = wanted.select("customer_id", "rank", "product_id").join(
            products.select("product_id", own=self.shown(products)), "product_id"
        )
        return named.select("customer_id", "rank", "own")

    def shown(self, products: Table) -> Expression:
        raise NotImplementedError

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        found = [row["own"] for row in sorted(rows, key=lambda row: row["rank"]) if row["own"]]
        return _(", ").join(dict.fromkeys(found)) or _("unknown")


class WantsProduct(Wants):
    """Products by title or code, as in "Bought product"."""

    name = "wants_product"
    label = gettext_lazy("Likely to want product")
    icon = "basket-heart"
    keywords = "next recommendation cross-sell item 推荐 推薦 可能想买 商品"
    fields = (Values(name="values", label=gettext_lazy("title or code is"), source="product"), PLACES)

    def fits(self, params: Params, products: Table) -> Expression:
        return products.title.isin(params["values"]) | products.sku.isin(params["values"])

    def shown(self, products: Table) -> Expression:
        return products.title


class WantsCategory(Wants):
    name = "wants_category"
    label = gettext_lazy("Likely to want category")
    icon = "category-plus"
    keywords = "next recommendation cross-sell kind 推荐 推薦 可能想买 类目 類目"
    fields = (Values(name="values", label=gettext_lazy("is one of"), source="category"), PLACES)

    def fits(self, params: Params, products: Table) -> Expression:
        return products.category.isin(params["values"])

    def shown(self, products: Table) -> Expression:
        return products.category


class LikelyCategory(Condition):
    """Among the likeliest tenths of all buyers to buy from a category within sixty days; the model keeps three."""

    name = "likely_category"
    label = gettext_lazy("Likely to buy category")
    icon = "target-arrow"
    group = "expected"
    keywords = "propensity chance probability affinity 倾向 傾向 可能购买 类目 類目"
    fields = (
        Values(name="values", label=gettext_lazy("is one of"), source="category"),
        Range(name="tenths", label=gettext_lazy("likeliest tenth of customers"), low=1, high=3, initial=[1, 1]),
    )

    def predicate(self, params: Params, context: Context) -> Expression:
        chances = context.tables["category_chances"]
        likely = chances.category.isin(params["values"]) & chances.tenth.between(*params["tenths"])
        return context.among(chances.filter(likely))

    def own(self, params: Params, context: Context) -> Table:
        chances = context.tables["category_chances"]
        return chances.filter(chances.category.isin(params["values"])).select("customer_id", "category", "chance")

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        told = sorted((row for row in rows if row["chance"] is not None), key=lambda row: -row["chance"])
        words = [
            _("%(name)s %(chance)s %%") % {"name": row["category"], "chance": round(100 * row["chance"])}
            for row in told
        ]
        return _(", ").join(words) or _("not among the likeliest")
