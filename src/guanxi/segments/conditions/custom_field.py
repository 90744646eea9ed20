"""What the merchant's own fields say of a customer.

The values are a table of their own in the warehouse, one row a customer and field, with a column for each kind. As
columns of ``customer_facts`` they would have to be known when the facts are compiled, and each change of a field would
make a customer's facts anew; a segment that asks for no field would read past them. As a table it costs a segment one
scan of one field's rows, and only when it asks.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.asking import Asked
from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.measures import local_days
from guanxi.segments.conditions.names import Names


class CustomField(Condition):
    name = "custom_field"
    label = gettext_lazy("Custom field")
    icon = "forms"
    group = "profile"
    keywords = "attribute own 自定义字段 自訂欄位"
    fields = (Asked(name="about", initial={"field": 0, "asks": "filled", "of": None}),)

    def predicate(self, params: Params, context: Context) -> Expression:
        asked = params["about"]
        rows = _said(context, asked["field"])
        if asked["asks"] == "empty":
            return ~context.among(rows)
        holds = _holds(rows, asked["asks"], asked["of"], context)
        return context.among(rows if holds is None else rows.filter(holds))

    def own(self, params: Params, context: Context) -> Table:
        rows = _said(context, params["about"]["field"])
        return rows.select("customer_id", "text", "number", "day", "flag", "choice_id")

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        if not rows:
            return _("empty")
        row, field = rows[0], params["about"]["field"]
        if row["number"] is not None:
            return number_format(row["number"], use_l10n=True)
        if row["day"] is not None:
            return date_format(row["day"], "Y-m-d")
        if row["flag"] is not None:
            return _("Yes") if row["flag"] else _("No")
        if row["choice_id"] is not None:
            return names.choice(field, row["choice_id"])
        return row["text"] or _("filled in")


def _said(context: Context, field_id: int) -> Table:
    """The rows of those whose field is filled; of merged customers the one that counts."""
    values = context.tables["field_values"]
    return values.filter(values.field_id == field_id, values.filled, ~values.spare)


def _holds(rows: Table, asks: str, of: Any, context: Context) -> Expression | None:
    """The filter of the rows that are as asked; None when being there is enough."""
    today = context.now.astimezone(context.zone).date()
    if asks == "is":
        return rows.text.lower().isin([text.lower() for text in of])
    if asks == "contains":
        return reduce(or_, [rows.text.lower().contains(text.lower()) for text in of])
    if asks == "between":
        low, high = of
        ends = [
            *([rows.number >= low] if low is not None else []),
            *([rows.number <= high] if high is not None else []),
        ]
        return reduce(and_, ends)
    if asks == "within":
        first, last = local_days(of, today=today)
        ends = [*([rows.day >= first] if first else []), *([rows.day <= last] if last else [])]
        return reduce(and_, ends)
    if asks == "next_days":
        return rows.day.between(today, today + timedelta(days=of))
    if asks == "any_of":
        return rows.choice_id.isin(of)
    if asks in ("yes", "no"):
        return rows.flag == (asks == "yes")
    return None
