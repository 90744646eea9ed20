"""How many orders, how much, how long ago. Only sales that count: paid, shipped, completed or refunded later."""

from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Context, Expression, Measured, MeasuredMoney, Params, Table
from guanxi.segments.conditions.measures import Comparison, Period
from guanxi.segments.conditions.origin import Moment

TIMES = Comparison(name="times", label=gettext_lazy("times"), initial={"at_least": 1})
WITHIN = Period(name="within", label=gettext_lazy("when"))


def counted(params: Params, context: Context) -> Table:
    """Orders that count, placed in the period ``within``."""
    orders = context.tables["orders"]
    return orders.filter(orders.counted, *context.during(orders.placed_at, params["within"]))


class Orders(Measured):
    name = "orders"
    label = gettext_lazy("Orders")
    icon = "shopping-bag"
    group = "orders"
    keywords = "bought purchases number frequency 订单 訂單 购买 購買"
    fields = (TIMES, WITHIN)

    def fact(self, params: Params, context: Context) -> Expression | None:
        return None if params["within"] else context.facts.orders

    def rows(self, params: Params, context: Context) -> Table:
        return counted(params, context)


class Spend(MeasuredMoney):
    """Net of refunds and credit notes, in the merchant's currency."""

    name = "spend"
    label = gettext_lazy("Spent, net of refunds")
    icon = "coin"
    group = "orders"
    keywords = "money revenue value total monetary 消费 消費 金额 金額"
    fields = (
        Comparison(name="amount", label=gettext_lazy("amount"), money=True, initial={"at_least": 100_000}),
        WITHIN,
    )

    def fact(self, params: Params, context: Context) -> Expression | None:
        return None if params["within"] else context.facts.revenue

    def rows(self, params: Params, context: Context) -> Table:
        orders = context.tables["orders"]
        return orders.filter(
            orders.counted | (orders.kind == "credit_note"), *context.during(orders.placed_at, params["within"])
        )

    def measure(self, rows: Table) -> Expression:
        return rows.net_value.sum()


class AverageOrder(MeasuredMoney):
    """What an order was worth on average before refunds; nobody without an order has one."""

    name = "average_order"
    label = gettext_lazy("Average order")
    icon = "receipt"
    group = "orders"
    keywords = "basket value AOV 客单价 客單價"
    empty = None
    fields = (
        Comparison(name="amount", label=gettext_lazy("amount"), money=True, initial={"at_least": 20_000}),
        WITHIN,
    )

    def fact(self, params: Params, context: Context) -> Expression | None:
        return None if params["within"] else context.facts.average_order

    def rows(self, params: Params, context: Context) -> Table:
        return counted(params, context)

    def measure(self, rows: Table) -> Expression:
        return rows.value.sum().cast("float64") / rows.count()


class FirstOrder(Moment):
    name = "first_order"
    label = gettext_lazy("First order")
    icon = "sparkles"
    group = "orders"
    column = "first_order_at"
    keywords = "new buyer 首单 首單"
    fields = (Period(name="within", ever=False, initial={"last_days": 30}),)


class LastOrder(Moment):
    name = "last_order"
    label = gettext_lazy("Last order")
    icon = "clock"
    group = "orders"
    column = "last_order_at"
    keywords = "recency lapsed drifting asleep 最近 流失"
    fields = (Period(name="within", ever=False, initial={"before_days": 180}),)
