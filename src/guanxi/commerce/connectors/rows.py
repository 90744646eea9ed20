"""From rows to orders: one by one, or gathered by order whatever their place in the file and its size.

In most files the rows of an order follow one another, so that each order can be read as soon as the next begins. One
look at the numbers tells; where it is not so, all rows are collected first.
"""

import marshal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby
from typing import IO
from zlib import crc32

import numpy as np

from guanxi.commerce.connectors.base import Read
from guanxi.commerce.connectors.cells import BadCell, order_number
from guanxi.commerce.types import IncomingOrder, IncomingOrderLines
from guanxi.core.table_files.base import RejectedRow
from guanxi.core.table_files.tables import Cells, Row, Table

CELLS_IN_MEMORY = 8_000_000
"""About half a gigabyte of short texts."""
PARTS = 64
NumberedCells = tuple[int, tuple[str, ...]]
Group = list[NumberedCells]
"""Row numbers and cells; tuples of text, which the garbage collector need not walk again and again."""


def one_by_one(
    rows: Iterable[Row | RejectedRow], read: Callable[[int, Cells], IncomingOrder | IncomingOrderLines]
) -> Iterator[Read]:
    """Each row as an order, or rejected with the reason that ``read`` raises as BadCell."""
    for row in rows:
        if type(row) is not tuple:
            yield row  # type: ignore[misc]  # what is no tuple is a RejectedRow
            continue
        try:
            yield read(*row)
        except BadCell as error:
            yield RejectedRow(row=row[0], cells=row[1][:-1], reason=str(error))


def gathered(
    table: Table, *, number: str, read: Callable[[str, Group], IncomingOrder | IncomingOrderLines]
) -> Iterator[Read]:
    """The rows of each order, whose number is in the column ``number``, as one order; the same at every reading.

    When ``read`` raises BadCell, all rows of that order are rejected.
    """
    numbered = _numbered(table.rows(), table.cell(number))
    return _one_after_another(numbered, read) if _together(table, number) else _collected(numbered, read)


def _together(table: Table, number: str) -> bool:
    """Whether the rows of every order follow one another: no number comes again after another one.

    Eight bytes a number tell, whatever their length; where two are the same, the numbers themselves are compared.
    """
    hashes = np.fromiter(map(hash, _runs(table, number)), np.int64)
    hashes.sort()
    twice = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
    seen: set[str] = set()
    for name in _runs(table, number) if twice else ():
        if hash(name) in twice:
            if name in seen:
                return False
            seen.add(name)
    return True


def _runs(table: Table, number: str) -> Iterator[str]:
    """The order numbers, each once as long as it is the same from row to row."""
    return filter(None, (_name(cell) for cell, _rows in groupby(table.column(number))))


def _name(cell: str) -> str:
    """The order number in a cell; empty where there is none, for those rows are rejected."""
    try:
        return order_number(cell)
    except BadCell:
        return ""


def _one_after_another(
    numbered: Iterable[tuple[str, NumberedCells] | RejectedRow],
    read: Callable[[str, Group], IncomingOrder | IncomingOrderLines],
) -> Iterator[Read]:
    name, group = "", []
    for item in numbered:
        if isinstance(item, RejectedRow):
            yield item
        elif item[0] == name:
            group.append(item[1])
        else:
            if group:
                yield from _order(name, group, read)
            name, group = item[0], [item[1]]
    if group:
        yield from _order(name, group, read)


def _collected(
    numbered: Iterator[tuple[str, NumberedCells] | RejectedRow],
    read: Callable[[str, Group], IncomingOrder | IncomingOrderLines],
) -> Iterator[Read]:
    """Orders as their first rows stand in the file. Past CELLS_IN_MEMORY the rows are dealt by a hash of their number
    into temporary files, which are read one after the other: another sequence."""
    groups: dict[str, Group] = {}
    held = 0
    for item in numbered:
        if isinstance(item, RejectedRow):
            yield item
            continue
        name, row = item
        group = groups.get(name)
        if group is None:
            groups[name] = [row]
        else:
            group.append(row)
        held += len(row[1])
        if held > CELLS_IN_MEMORY:
            yield from _gathered_on_disk(groups, numbered, read)
            return
    yield from _orders(groups, read)


def _numbered(
    rows: Iterable[Row | RejectedRow], number: Callable[[Cells], str]
) -> Iterator[tuple[str, NumberedCells] | RejectedRow]:
    for row in rows:
        if isinstance(row, RejectedRow):
            yield row
            continue
        try:
            yield order_number(number(row[1])), (row[0], tuple(row[1]))
        except BadCell as error:
            yield RejectedRow(row=row[0], cells=row[1][:-1], reason=str(error))


def _orders(
    groups: dict[str, Group], read: Callable[[str, Group], IncomingOrder | IncomingOrderLines]
) -> Iterator[Read]:
    for name, group in groups.items():
        yield from _order(name, group, read)


def _order(name: str, group: Group, read: Callable[[str, Group], IncomingOrder | IncomingOrderLines]) -> Iterator[Read]:
    try:
        yield read(name, group)
    except BadCell as error:
        reason = str(error)
        for number, cells in group:
            yield RejectedRow(row=number, cells=cells[:-1], reason=reason)


def _gathered_on_disk(
    groups: dict[str, Group],
    numbered: Iterator[tuple[str, NumberedCells] | RejectedRow],
    read: Callable[[str, Group], IncomingOrder | IncomingOrderLines],
) -> Iterator[Read]:
    with ExitStack() as stack:
        parts = [stack.enter_context(tempfile.TemporaryFile(prefix="guanxi-orders-")) for _part in range(PARTS)]
        for name in list(groups):
            for row in groups.pop(name):
                marshal.dump((name, row), _part_of(parts, name))
        for item in numbered:
            if isinstance(item, RejectedRow):
                yield item
            else:
                marshal.dump(item, _part_of(parts, item[0]))
        for part in parts:
            part.seek(0)
            yield from _orders(_load(part), read)


def _part_of(parts: Sequence[IO[bytes]], name: str) -> IO[bytes]:
    return parts[crc32(name.encode()) % PARTS]


def _load(part: IO[bytes]) -> dict[str, Group]:
    groups: dict[str, Group] = {}
    while True:
        try:
            name, row = marshal.load(part)  # noqa: S302 - written by this process a moment ago
        except EOFError:
            return groups
        groups.setdefault(name, []).append(row)
