"""Where in China a customer lives, by the state's divisions."""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.customers import queries as customers
from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.fields import Json, Values
from guanxi.segments.conditions.names import Names
from guanxi.segments.errors import BadValue


class Divisions(Values):
    """Names of provinces, cities or districts."""

    MOST: ClassVar[int] = 100

    def clean(self, raw: Json) -> list[str]:
        values = super().clean(raw)
        if unknown := [value for value in values if not customers.division_code(value)]:
            said = {"name": unknown[0]}
            raise BadValue(_("“%(name)s” is no division of China, or there are several; write its city too") % said)
        if len(values) > self.MOST:
            raise BadValue(_("at most %(limit)d divisions") % {"limit": self.MOST})
        return values


class Division(Condition):
    """A province has its cities' customers, a city its districts'. Those whose address does not say are in none."""

    name = "division"
    label = gettext_lazy("District in China")
    icon = "map-2"
    group = "profile"
    keywords = "place address county 区县 区 县 區 縣 行政区划 行政區劃"
    fields = (Divisions(name="values", label=gettext_lazy("lies in"), source="division"),)

    def predicate(self, params: Params, context: Context) -> Expression:
        here = context.facts.division
        codes = [customers.division_code(value) for value in params["values"]]
        found = here.startswith(codes[0])
        for code in codes[1:]:
            found |= here.startswith(code)
        return found.fill_null(False)

    def own(self, params: Params, context: Context) -> Table:
        return context.facts.select("customer_id", own=context.facts.division)

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        return customers.division_name(rows[0]["own"] or "" if rows else "") or _("unknown")
