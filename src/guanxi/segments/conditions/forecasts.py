"""What the models of Insights expect of a customer. Nobody of whom they say nothing is in."""

from collections.abc import Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import (
    Condition,
    Context,
    Expression,
    Measured,
    MeasuredMoney,
    Params,
    Row,
    Table,
)
from guanxi.segments.conditions.fields import Choice, Range
from guanxi.segments.conditions.measures import Comparison
from guanxi.segments.conditions.names import Names


class ChurnRisk(Condition):
    """The chance of no order within a year, in whole percent as it is shown."""

    name = "churn_risk"
    label = gettext_lazy("Churn risk")
    icon = "door-exit"
    group = "expected"
    keywords = "leave lost alive forecast 流失 预测 預測"
    fields = (Range(name="percent", label=gettext_lazy("percent"), low=0, high=100, initial=[70, 100]),)

    def predicate(self, params: Params, context: Context) -> Expression:
        low, high = params["percent"]
        return (100 * context.facts.churn_risk).round().between(low, high).fill_null(False)

    def own(self, params: Params, context: Context) -> Table:
        return context.facts.select("customer_id", own=context.facts.churn_risk)

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        own = rows[0]["own"] if rows else None
        return _("unknown") if own is None else f"{100 * own:.0f} %"


class LifetimeValue(MeasuredMoney):
    """Expected to be spent in the next twelve months, discounted."""

    name = "lifetime_value"
    label = gettext_lazy("Expected value, next 12 months")
    icon = "diamond"
    group = "expected"
    keywords = "lifetime CLV LTV worth forecast 终身价值 終身價值 价值"
    empty = None
    fields = (Comparison(name="amount", label=gettext_lazy("amount"), money=True, initial={"at_least": 50_000}),)

    def fact(self, params: Params, context: Context) -> Expression | None:
        return context.facts.lifetime_value


class ExpectedOrders(Measured):
    name = "expected_orders"
    label = gettext_lazy("Expected orders")
    icon = "calendar-stats"
    group = "expected"
    keywords = "forecast prediction next future 预计 預計"
    counts = False
    empty = None
    fields = (
        Choice(
            name="days",
            label=gettext_lazy("in the next"),
            choices=(
                ("30", gettext_lazy("30 days")),
                ("90", gettext_lazy("90 days")),
                ("365", gettext_lazy("365 days")),
            ),
            initial="90",
        ),
        Comparison(name="times", label=gettext_lazy("times"), initial={"at_least": 1}),
    )

    def fact(self, params: Params, context: Context) -> Expression | None:
        return context.facts[f"expected_orders_{params['days']}"]

    def shown(self, number: float, names: Names) -> str:
        return number_format(number, decimal_pos=2, use_l10n=True)
