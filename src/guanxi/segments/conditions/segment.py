"""Membership of another segment."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments import compiler
from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.fields import Picks
from guanxi.segments.conditions.names import Names


class InSegment(Condition):
    """A segment by conditions is read as it is now, not as it was at its last refresh."""

    name = "segment"
    label = gettext_lazy("In segment")
    icon = "chart-pie"
    group = "other"
    keywords = "group list 人群"
    fields = (Picks(name="segments", label=gettext_lazy("is one of"), source="segment"),)

    def predicate(self, params: Params, context: Context) -> Expression:
        return reduce(or_, (compiler.member_of(number, context) for number in params["segments"]))

    def own(self, params: Params, context: Context) -> Table:
        import ibis

        facts = context.facts
        parts = []
        for number in params["segments"]:
            inside = facts.filter(compiler.member_of(number, context))
            parts.append(inside.select("customer_id", segment_id=ibis.literal(number, "int64")))
        return ibis.union(*parts) if len(parts) > 1 else parts[0]

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        inside = sorted(row["segment_id"] for row in rows)
        return _(", ").join(names.label("segment", number) for number in inside) or _("in none of them")
