"""A mapping guessed from a table's header and first rows, for a person to correct."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from guanxi.commerce.connectors.cells import LOCAL_TIME
from guanxi.commerce.connectors.table_mapping import AMOUNTS
from guanxi.commerce.connectors.table_words import FIELD_BY_WORD
from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.core.table_files.headers import plain
from guanxi.core.table_files.tables import Cells, Table, open_table

SAMPLE = 2000
LINE_FIELDS = ("title", "sku", "quantity", "unit_price", "line_total")


def guess_mapping(path: Path) -> dict[str, Any]:
    """A mapping as data, see table_mapping; it may lack fields. Raises UnreadableFile when there is no table."""
    return guess_from(open_table(path, sample=True))


def guess_from(table: Table) -> dict[str, Any]:
    columns = guess_columns(table.header)
    rows = [row[1] for row in islice(table.rows(), SAMPLE) if not isinstance(row, RejectedRow)]
    mapping: dict[str, Any] = {"rows": "orders", "columns": columns}
    if "order" in columns:
        by_order = _by_order(table, columns, rows)
        if any(len(group) > 1 for group in by_order) and any(name in columns for name in LINE_FIELDS):
            mapping["rows"] = "lines"
            _settle_total(table, columns, by_order)
        elif "total" not in columns and any(name in columns for name in AMOUNTS):
            mapping["rows"] = "lines"
    if "placed_at" in columns:
        order = _date_order(table, columns["placed_at"], rows)
        if order:
            mapping["date_order"] = order
    return mapping


def guess_columns(header: Sequence[str]) -> dict[str, str]:
    """Field to column; the first column that goes by a field's name has it."""
    columns: dict[str, str] = {}
    for name in header:
        field = FIELD_BY_WORD.get(plain(name))
        if field and field not in columns:
            columns[field] = name
    return columns


def is_enough(columns: dict[str, str]) -> bool:
    """Whether orders can be read with these columns."""
    return "order" in columns and "placed_at" in columns and any(name in columns for name in AMOUNTS)


def _by_order(table: Table, columns: dict[str, str], rows: Sequence[Cells]) -> list[list[Cells]]:
    number, groups = table.cell(columns["order"]), defaultdict(list)
    for cells in rows:
        groups[number(cells)].append(cells)
    return list(groups.values())


def _settle_total(table: Table, columns: dict[str, str], by_order: Sequence[list[Cells]]) -> None:
    """A “total” that differs within one order is the line's."""
    if "total" not in columns or "line_total" in columns:
        return
    total = table.cell(columns["total"])
    if any(len({total(cells) for cells in group}) > 1 for group in by_order):
        columns["line_total"] = columns.pop("total")


def _date_order(table: Table, column: str, rows: Sequence[Cells]) -> str:
    time = table.cell(column)
    for cells in rows:
        match = LOCAL_TIME.fullmatch(time(cells).strip())
        if match and int(match[1]) > 12:
            return "day-first"
        if match and int(match[2]) > 12:
            return "month-first"
    return ""


def guessed_or_none(path: Path) -> dict[str, Any] | None:
    """For recognising a file: the guess, or None when the file is no table at all."""
    try:
        return guess_mapping(path)
    except UnreadableFile:
        return None
