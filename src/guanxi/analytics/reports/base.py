"""What a report is: numbers with their definitions, each of which can show the rows behind it.

To add one: subclass Report in a module of this folder, add its dotted path to the dict in ``__init__.py``, and pass the
conformance suite in ``../tests/reports/``. It runs on DuckDB and on Spark alike, being made of Ibis expressions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.utils.functional import Promise

from guanxi.analytics.reports.parameters import Params
from guanxi.warehouse.queries import Snapshot

Text = str | Promise
Expression = Any
Table = Any
"""An Ibis expression of a column, and of a table."""

MONEY, COUNT, UNITS, SHARE, DATE, TEXT = "money", "count", "units", "share", "date", "text"
"""What a column holds: minor units of the merchant's currency (int64), how many (int64), pieces sold (float64, for
goods by the metre), a share of one (float64, null where there is nothing to divide by), a day, words."""
ARROW = {
    MONEY: pa.int64(),
    COUNT: pa.int64(),
    UNITS: pa.float64(),
    SHARE: pa.float64(),
    DATE: pa.date32(),
    TEXT: pa.string(),
}
ORDERS, CUSTOMERS = "orders", "customers"


class NoSuchCell(LookupError):
    """The report has no number there."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a report may look at: one snapshot, the time, and how the merchant counts days and money."""

    snapshot: Snapshot
    now: datetime
    zone: ZoneInfo
    currency: str

    @property
    def tables(self) -> Mapping[str, Table]:
        return self.snapshot.tables

    def fetch(self, expression: Table) -> list[dict[str, Any]]:
        """The rows of an expression, as dicts by column."""
        return list(self.snapshot.execute(expression).to_pylist())


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: Text
    unit: str
    definition: Text = ""
    traced: bool = True
    """Has rows behind it. Words, days and hidden keys have none; a share shows the rows of its upper part."""
    shown: bool = True
    """On the screen and in the CSV."""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table as it is on the screen, and so in its CSV. Rows come in the order in which they are read."""

    name: str
    title: Text
    columns: Sequence[Column]
    data: pa.Table
    """A column for each of ``columns``, of the type that ARROW gives for its unit."""
    key: str
    """The column whose value, as text, names a row."""
    definition: Text = ""
    unfinished: frozenset[str] = frozenset()
    """Keys of rows that are not over yet, such as this month."""

    def rows(self) -> list[dict[str, Any]]:
        return list(self.data.to_pylist())


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the summary, and the same of the period before where there is one."""

    name: str
    label: Text
    unit: str
    value: float | None
    definition: Text
    before: float | None = None
    rising_is_good: bool | None = True
    """None when it is neither good nor bad, or depends."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader has to know about the numbers. ``cell`` leads to the rows it speaks of."""

    text: str
    cell: "Cell | None" = None
    level: str = "info"


@dataclass(frozen=True, slots=True)
class Chart:
    label: str
    option: dict[str, Any]
    """For ECharts; see core/web/charts.py."""
    definition: Text = ""


@dataclass(frozen=True, slots=True)
class ReportResult:
    tables: Sequence[ReportTable]
    numbers: Sequence[Number] = ()
    notes: Sequence[Note] = ()
    charts: Sequence[Chart] = ()
    compared: str = ""
    """In words, what the numbers before are of."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What the report's own template shows besides."""

    def table(self, name: str) -> ReportTable:
        """Raises NoSuchCell."""
        for table in self.tables:
            if table.name == name:
                return table
        raise NoSuchCell(name)


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: a column of a table's row, or (without table and key) a number of the summary."""

    column: str
    table: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class RowSet:
    """What a number is made of.

    For ORDERS, ``table`` has order_id, external_id, shop_id, customer_id, placed_at, kind, status, currency, total and
    ``amount``, one row an order. For CUSTOMERS it has customer_id, orders, amount, first_order_at, last_order_at, one
    row a customer. ``amount`` is in minor units of the merchant's currency (or pieces, see ``unit``) and may be null.
    """

    kind: str
    table: Table
    title: str
    unit: str = MONEY
    adds_up: bool = True
    """The number is the sum of ``amount`` (for MONEY and UNITS), or how many rows there are."""


class Report:
    """Base of all reports. Instances hold nothing."""

    name: ClassVar[str]
    label: ClassVar[Text]
    icon: ClassVar[str]
    keywords: ClassVar[str] = ""
    """More words that find it in the command palette, in any language."""
    definition: ClassVar[Text]
    """In plain words: what is counted, and how."""
    permission: ClassVar[str] = "analytics.view"
    parameters: ClassVar[Sequence[str]] = ("period", "shop")
    """Which of the parameters in parameters.py it reads."""
    template: ClassVar[str] = "analytics/report.html"

    def run(self, params: Params, context: Context) -> ReportResult:
        raise NotImplementedError

    def rows(self, params: Params, cell: Cell, context: Context) -> RowSet:
        """The orders or customers behind one number. Raises NoSuchCell."""
        raise NotImplementedError


def arrow(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> pa.Table:
    """Rows as the table of a ReportTable."""
    schema = pa.schema([(column.name, ARROW[column.unit]) for column in columns])
    return pa.Table.from_pylist([{column.name: row.get(column.name) for column in columns} for row in rows], schema)
