"""A report's answer made ready for its page: numbers in words, and the address of the rows behind each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.analytics.queries import Run
from guanxi.analytics.reports.base import DATE, MONEY, SHARE, TEXT, Cell, Chart, Column, Note, Number, ReportTable
from guanxi.analytics.reports.words import percent, shown, step_words


@dataclass(frozen=True, slots=True)
class ShownNumber:
    label: str
    value: str
    definition: str
    href: str
    hint: str
    trend: str
    """``up`` is good, ``down`` is bad, in the eyes of c-stat; empty for neither."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    text: str
    href: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    cells: Sequence[ShownCell]
    unfinished: bool
    key: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    name: str
    title: str
    definition: str
    heads: Sequence[Column]
    rows: Sequence[ShownRow]
    csv: str


@dataclass(frozen=True, slots=True)
class ShownNote:
    text: str
    level: str
    href: str


def query_of(run: Run) -> dict[str, str]:
    """The parameters that this report reads, for an address."""
    names = {*run.report.parameters, *(("from", "to") if "period" in run.report.parameters else ())}
    return {name: value for name, value in run.params.as_query().items() if name in names}


def rows_href(run: Run, cell: Cell) -> str:
    """Where the rows behind a number are listed."""
    where = {"column": cell.column, "table": cell.table, "key": cell.key}
    query = {name: value for name, value in (query_of(run) | where).items() if value != ""}
    return f"{reverse('analytics:rows', args=[run.report.name])}?{urlencode(query)}"


def csv_href(run: Run, table: str) -> str:
    address = reverse("analytics:csv", args=[run.report.name, table])
    query = urlencode(query_of(run))
    return f"{address}?{query}" if query else address


def numbers_of(run: Run) -> list[ShownNumber]:
    return [
        ShownNumber(
            str(number.label),
            shown(number.value, number.unit, run.currency),
            str(number.definition),
            rows_href(run, Cell(number.name)) if number.value else "",
            *_compared(number, run.currency),
        )
        for number in run.result.numbers
    ]


def _compared(number: Number, currency: str) -> tuple[str, str]:
    """The change against the period before in words, and whether it is good."""
    if number.value is None or number.before is None:
        return "", ""
    before = shown(number.before, number.unit, currency)
    change = number.value - number.before
    if number.unit == SHARE:
        points = percent(change)
        text = _("%(change)s points, from %(before)s") % {"change": f"{points:+}", "before": before}
    elif not number.before:
        return _("before: %(before)s") % {"before": before}, ""
    else:
        text = _("%(change)s %%, from %(before)s") % {
            "change": f"{percent(change / abs(number.before)):+}",
            "before": before,
        }
    if not change or number.rising_is_good is None:
        return text, ""
    return text, "up" if (change > 0) == number.rising_is_good else "down"


def table_of(run: Run, table: ReportTable) -> ShownTable:
    heads = [column for column in table.columns if column.shown]
    rows = [_row(run, table, heads, row) for row in table.rows()]
    return ShownTable(table.name, str(table.title), str(table.definition), heads, rows, csv_href(run, table.name))


def plain_table(table: ReportTable, csv: str, currency: str) -> ShownTable:
    """A table of a model, which has no rows behind its numbers."""
    heads = [column for column in table.columns if column.shown]
    rows = [
        ShownRow(
            [ShownCell(shown(row[one.name], one.unit, currency), "", one.unit not in (TEXT, DATE)) for one in heads],
            False,
            text_key(row[table.key]),
        )
        for row in table.rows()
    ]
    return ShownTable(table.name, str(table.title), str(table.definition), heads, rows, csv)


def _row(run: Run, table: ReportTable, heads: Sequence[Column], row: Mapping[str, Any]) -> ShownRow:
    key = text_key(row[table.key])
    cells = [
        ShownCell(
            _text(run, row[column.name], column),
            rows_href(run, Cell(column.name, table.name, key)) if column.traced and row[column.name] else "",
            column.unit not in (TEXT, DATE),
        )
        for column in heads
    ]
    return ShownRow(cells, key in table.unfinished, key)


def _text(run: Run, value: Any, column: Column) -> str:
    if column.unit == DATE and value is not None:
        return step_words(value, run.params.grain if "grain" in run.report.parameters else "month")
    return shown(value, column.unit, run.currency)


def text_key(value: Any) -> str:
    """The name of a row, from the value of its table's key column."""
    return value.isoformat() if isinstance(value, date) else str(value)


def notes_of(run: Run) -> list[ShownNote]:
    def href(note: Note) -> str:
        return rows_href(run, note.cell) if note.cell else ""

    return [ShownNote(note.text, note.level, href(note)) for note in run.result.notes]


def charts_of(run: Run) -> Sequence[Chart]:
    return run.result.charts


def money_of(run: Run, value: int | None) -> str:
    return shown(value, MONEY, run.currency)
