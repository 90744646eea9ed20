"""What the list of customers shows and narrows by beyond its fixed columns: the merchant's own fields, and owners."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core import staff
from guanxi.core.web import tables
from guanxi.core.web.tables import Column, Table
from guanxi.customers.fields.types import Definition, Shown

if TYPE_CHECKING:
    import ibis

FIELD = "field_"
ME, NOBODY = "me", "nobody"


@dataclass(frozen=True, slots=True)
class FieldCell:
    """Gives the cell of one field."""

    key: str
    part: str

    def __call__(self, row: Any) -> str:
        shown: Shown | None = row.fields.get(self.key)
        return getattr(shown, self.part) if shown else ""


def with_fields(table: Table, definitions: Sequence[Definition]) -> Table:
    """The list with a column for each field, hidden at first, and a filter for each choice and each yes or no."""
    columns = [
        Column(
            key=FIELD + one.key,
            label=one.label,
            cell=FieldCell(one.key, "text"),
            csv=FieldCell(one.key, "plain"),
            shown=False,
            align="end" if one.kind == "number" else "start",
        )
        for one in definitions
    ]
    filters = [
        tables.ChoiceFilter(key=FIELD + one.key, label=one.label, choices=_answers(one))
        for one in definitions
        if one.kind in ("choice", "flag")
    ]
    return replace(table, columns=[*table.columns, *columns], filters=[*table.filters, *filters])


def _answers(field: Definition) -> Callable[[], list[tuple[str, str]]]:
    if field.kind == "flag":
        return lambda: [("yes", _("Yes")), ("no", _("No"))]
    return lambda: [(str(option.id), option.label) for option in field.options]


def has_answer(rows: "ibis.Table", values: "ibis.Table", field: Definition, wanted: Sequence[str]) -> Any:
    """Whether a customer's field, of the warehouse's ``field_values``, is one of the answers."""
    said = values.filter(values.field_id == field.id, values.filled, ~values.spare)
    if field.kind == "flag":
        said = said.filter(said.flag.isin([one == "yes" for one in wanted]))
    else:
        said = said.filter(said.choice_id.isin([int(one) for one in wanted]))
    return rows.customer_id.isin(said.customer_id)


def owner_choices() -> list[tuple[str, str]]:
    return [(ME, _("Mine")), (NOBODY, _("Nobody’s")), *((str(number), name) for number, name in staff.colleagues())]


def is_owned(rows: "ibis.Table", wanted: Sequence[str], *, viewer: int) -> Any:
    """Whether a customer's owner is among those chosen; nobody is 0."""
    named = {ME: viewer, NOBODY: 0}
    return rows.owner_id.fill_null(0).isin([named[one] if one in named else int(one) for one in wanted])


OWNER = tables.ChoiceFilter(key="owner", label=gettext_lazy("Owner"), choices=owner_choices)
