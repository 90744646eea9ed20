"""Points: how many a customer can spend today, and how many expire soon."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Context, Expression, Measured, Params, Table
from guanxi.segments.conditions.fields import Field, Range
from guanxi.segments.conditions.measures import Comparison

COUNT = Comparison(name="times", label=gettext_lazy("points"), initial={"at_least": 100})


class Points(Measured):
    """Valid and not expired, less debts; what a till has set aside for the moment counts."""

    name = "points"
    label = gettext_lazy("Points to spend")
    icon = "coins"
    group = "orders"
    keywords = "loyalty balance 积分 積分"
    fields: ClassVar[Sequence[Field]] = (COUNT,)
    counts = False

    def rows(self, params: Params, context: Context) -> Table:
        lots = context.tables["points_lots"]
        return lots.filter(
            lots.remaining != 0,
            lots.valid_from <= context.now,
            lots.expires_at.isnull() | (lots.expires_at > context.now),
        )

    def measure(self, rows: Table) -> Expression:
        return rows.remaining.sum()


class PointsExpiring(Points):
    """Points that are over so many days from now, unless they are spent."""

    name = "points_expiring"
    label = gettext_lazy("Points that expire soon")
    icon = "hourglass"
    keywords = "loyalty expiry 积分过期 積分到期"
    fields = (COUNT, Range(name="days", label=gettext_lazy("days from now"), low=0, high=3650, initial=[0, 30]))

    def rows(self, params: Params, context: Context) -> Table:
        lots = context.tables["points_lots"]
        first, last = (context.now + timedelta(days=days) for days in params["days"])
        return lots.filter(lots.remaining > 0, lots.expires_at > first, lots.expires_at <= last)
