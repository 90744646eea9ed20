"""What was bought, where, with a discount, and what came back. Each counts orders, not pieces."""

from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Context, Expression, Measured, Params, Table
from guanxi.segments.conditions.fields import Choice, Picks, Values
from guanxi.segments.conditions.orders import TIMES, WITHIN, counted


class BoughtThing(Measured):
    """Orders with at least one line whose product fits."""

    group = "orders"

    def fits(self, params: Params, products: Table) -> Expression:
        raise NotImplementedError

    def rows(self, params: Params, context: Context) -> Table:
        products, lines = context.tables["products"], context.tables["order_lines"]
        wanted = products.filter(self.fits(params, products))
        with_it = lines.filter(lines.product_id.isin(wanted.product_id))
        orders = counted(params, context)
        return orders.filter(orders.order_id.isin(with_it.order_id))


class BoughtProduct(BoughtThing):
    """Products by title or code, in whichever shop, or by a word of the title in any letter case."""

    name = "bought_product"
    label = gettext_lazy("Bought product")
    icon = "package"
    keywords = "item article sku 商品 产品 產品"
    fields = (
        Choice(
            name="match",
            choices=(
                ("is", gettext_lazy("title or code is")),
                ("contains", gettext_lazy("title contains")),
            ),
            initial="is",
        ),
        Values(name="values", label=gettext_lazy("product"), source="product"),
        TIMES,
        WITHIN,
    )

    def fits(self, params: Params, products: Table) -> Expression:
        if params["match"] == "is":
            return products.title.isin(params["values"]) | products.sku.isin(params["values"])
        first, *others = (products.title.lower().contains(value.lower()) for value in params["values"])
        for other in others:
            first = first | other
        return first


class BoughtCategory(BoughtThing):
    name = "bought_category"
    label = gettext_lazy("Bought from category")
    icon = "category"
    keywords = "kind of product 类目 類目 品类 品類"
    fields = (Values(name="values", label=gettext_lazy("is one of"), source="category"), TIMES, WITHIN)

    def fits(self, params: Params, products: Table) -> Expression:
        return products.category.isin(params["values"])


class BoughtFromShop(Measured):
    name = "bought_from_shop"
    label = gettext_lazy("Bought from shop")
    icon = "building-store"
    group = "orders"
    keywords = "store channel 店铺 店舖"
    fields = (Picks(name="shops", label=gettext_lazy("is one of"), source="shop"), TIMES, WITHIN)

    def rows(self, params: Params, context: Context) -> Table:
        orders = counted(params, context)
        return orders.filter(orders.shop_id.isin(params["shops"]))


class UsedDiscount(Measured):
    name = "used_discount"
    label = gettext_lazy("Bought with a discount")
    icon = "discount"
    group = "orders"
    keywords = "coupon promotion sale 优惠 優惠 折扣"
    fields = (TIMES, WITHIN)

    def fact(self, params: Params, context: Context) -> Expression | None:
        return None if params["within"] else context.facts.discounted_orders

    def rows(self, params: Params, context: Context) -> Table:
        orders = counted(params, context)
        return orders.filter(orders.discounted)


class HadRefund(Measured):
    """Orders that money was given back for; the period is that of the refund."""

    name = "had_refund"
    label = gettext_lazy("Had a refund")
    icon = "receipt-refund"
    group = "orders"
    keywords = "return money back 退款 退货 退貨"
    fields = (TIMES, WITHIN)

    def rows(self, params: Params, context: Context) -> Table:
        orders, refunds = context.tables["orders"], context.tables["refunds"]
        given = refunds.filter(refunds.amount > 0, *context.during(refunds.refunded_at, params["within"]))
        return orders.filter(orders.order_id.isin(given.order_id))
