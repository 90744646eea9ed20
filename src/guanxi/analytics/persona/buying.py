"""How they buy: where, what, when. Of sales that count; each customer counts once, however often they bought."""

from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy

from guanxi.analytics.persona.base import Context, Dimension, Expression, Names, Table, condition, known
from guanxi.analytics.reports.periods import wall_clock
from guanxi.analytics.reports.sales import everything

HOURS = 3
"""In a band of the day."""


def _sales(context: Context) -> Table:
    orders = context.tables["orders"]
    return orders.filter(orders.counted, orders.customer_id.notnull(), orders.placed_at <= context.now)


def _bought(context: Context) -> Table:
    """``customer_id``, ``title`` and ``category`` of what was bought."""
    lines, products = context.tables["order_lines"], context.tables["products"]
    sold = _sales(context).select("order_id", "customer_id").join(lines.select("order_id", "product_id"), "order_id")
    return sold.join(products.select("product_id", "title", "category"), "product_id")


class Shop(Dimension):
    name = "shop"
    label = gettext_lazy("Shop")
    icon = "building-store"
    definition = gettext_lazy("Of customers who have bought: in which shops. Who bought in two counts for both.")

    def values(self, context: Context) -> Table:
        sales = _sales(context)
        return known(sales, sales.shop_id).distinct()

    def words(self, value: str, names: Names) -> str:
        return names.label("shop", int(value))

    def definition_of(self, value: str) -> dict[str, Any]:
        return condition("bought_from_shop", shops=[int(value)])


class Category(Dimension):
    name = "category"
    label = gettext_lazy("Categories bought")
    icon = "category"
    definition = gettext_lazy(
        "Of customers who have bought something with a category: who bought at least once in each. Shares add up to "
        "more than 100 %."
    )

    def values(self, context: Context) -> Table:
        bought = _bought(context)
        return known(bought, bought.category).distinct()

    def definition_of(self, value: str) -> dict[str, Any]:
        return condition("bought_category", values=[value])


class Product(Dimension):
    name = "product"
    label = gettext_lazy("Products bought")
    icon = "package"
    definition = gettext_lazy(
        "Of customers who have bought a product: who bought each at least once, in whichever shop. Shares add up to "
        "more than 100 %."
    )

    def values(self, context: Context) -> Table:
        bought = _bought(context)
        return known(bought, bought.title).distinct()

    def definition_of(self, value: str) -> dict[str, Any]:
        return condition("bought_product", match="is", values=[value])


class _Usual(Dimension):
    """The value of most of a customer's orders; where two have as many, the one of the later order."""

    ordered = True

    def step(self, clock: Expression) -> Expression:
        raise NotImplementedError

    def values(self, context: Context) -> Table:
        import ibis

        sales = _sales(context)
        period = context.snapshot.once(("persona.period", context.zone.key), lambda: everything(context))
        if period is None:
            return known(sales, sales.customer_id)
        clock = wall_clock(sales.placed_at, period=period, zone=context.zone)
        counted = (
            sales.select("customer_id", "placed_at", step=self.step(clock))
            .group_by("customer_id", "step")
            .aggregate(orders=ibis._.count(), last=ibis._.placed_at.max())
        )
        order = ibis.window(group_by="customer_id", order_by=[ibis.desc("orders"), ibis.desc("last")])
        ranked = counted.mutate(rank=ibis.row_number().over(order))
        usual = ranked.filter(ranked["rank"] == 0)
        return known(usual, usual.step)

    def place(self, value: str) -> int:
        return int(value)


class Hour(_Usual):
    name = "hour"
    label = gettext_lazy("Hour of ordering")
    icon = "clock"
    definition = gettext_lazy(
        "Of customers who have bought: the three hours of the day in which most of their orders were placed, by the "
        "clock of your time zone."
    )

    def step(self, clock: Expression) -> Expression:
        return (clock.hour() // HOURS).cast("int64") * HOURS

    def words(self, value: str, names: Names) -> str:
        return f"{int(value):02d}:00–{int(value) + HOURS - 1:02d}:59"


class Weekday(_Usual):
    name = "weekday"
    label = gettext_lazy("Day of the week")
    icon = "calendar-week"
    definition = gettext_lazy("Of customers who have bought: the day of the week of most of their orders.")

    def step(self, clock: Expression) -> Expression:
        return clock.day_of_week.index().cast("int64")

    def words(self, value: str, names: Names) -> str:
        return str(WEEKDAYS[int(value)])
