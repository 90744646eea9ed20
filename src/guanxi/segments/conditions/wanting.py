"""What the models of Insights expect a customer to want. Nobody of whom they say nothing is in."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.fields import Range, Values
from guanxi.segments.conditions.names import Names

PLACES = Range(name="places", label=gettext_lazy("place among the likeliest"), low=1, high=5)


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
