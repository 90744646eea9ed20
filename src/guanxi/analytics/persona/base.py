"""What a dimension is: one way in which people differ, as one Ibis expression that runs on DuckDB and on Spark.

To add one: subclass Dimension and add its dotted path to the dict in this folder's ``__init__.py``. Comparing two
groups is done for all dimensions together in comparing.py.
"""

from typing import Any, ClassVar

from django.utils.functional import Promise

from guanxi.analytics.reports.base import Context, Expression, Table
from guanxi.segments.conditions.names import Names

__all__ = ["Context", "Dimension", "Expression", "Names", "Table"]


class Dimension:
    """Base of all dimensions. Instances hold nothing."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    icon: ClassVar[str]
    definition: ClassVar[str | Promise]
    """In plain words: who is counted, and where."""
    ordered: ClassVar[bool] = False
    """Values have an order of their own, which ``place`` gives; the others are sorted by what sets apart most."""

    def values(self, context: Context) -> Table:
        """Rows of ``customer_id`` and ``value``, a text: each pair once, and none for people of whom it is unknown."""
        raise NotImplementedError

    def words(self, value: str, names: Names) -> str:
        """The value for people."""
        return value

    def place(self, value: str) -> Any:
        """What to sort by; for ordered dimensions."""
        return value

    def definition_of(self, value: str) -> dict[str, Any] | None:
        """What the segment builder reads for people with that value; None where no condition asks for it."""
        return None


def known(table: Table, column: Expression) -> Table:
    """``customer_id`` and ``value`` of the rows that have one."""
    rows = table.select("customer_id", value=column.cast("string"))
    return rows.filter(rows.customer_id.notnull(), rows.value.notnull(), rows.value != "")


def condition(name: str, **params: Any) -> dict[str, Any]:
    return {"condition": name, **params}
