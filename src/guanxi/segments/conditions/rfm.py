"""Recency, frequency and monetary fifths."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.fields import Range
from guanxi.segments.conditions.names import Names
from guanxi.warehouse import rfm


class Rfm(Condition):
    """Scores from 1 to 5 among all buyers (see guanxi.warehouse.rfm); whoever never bought has none and is never in."""

    name = "rfm"
    label = gettext_lazy("RFM")
    icon = "chart-grid-dots"
    group = "orders"
    keywords = "recency frequency monetary quintile best value 价值 價值"
    fields = (
        Range(name="recency", label=gettext_lazy("recency"), low=1, high=5),
        Range(name="frequency", label=gettext_lazy("frequency"), low=1, high=5),
        Range(name="monetary", label=gettext_lazy("money"), low=1, high=5),
    )

    def predicate(self, params: Params, context: Context) -> Expression:
        scores = rfm.scores(context.facts, context.tables[rfm.TABLE])
        holds = context.facts.orders.fill_null(0) > 0
        for field in self.fields:
            low, high = params[field.name]
            if [low, high] != [field.low, field.high]:
                holds = holds & getattr(scores, field.name).between(low, high).fill_null(False)
        return holds

    def own(self, params: Params, context: Context) -> Table:
        scores = rfm.scores(context.facts, context.tables[rfm.TABLE])
        return context.facts.select("customer_id", **scores._asdict())

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        if not rows or rows[0]["recency"] is None:
            return _("never bought")
        return _("recency %(recency)d, frequency %(frequency)d, money %(monetary)d") % {
            measure: rows[0][measure] for measure in ("recency", "frequency", "monetary")
        }
