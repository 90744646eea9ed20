"""A file as a table of text: what kind of file it is, where its header stands, its rows with their numbers."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from pathlib import Path

from django.utils.translation import gettext as _

from guanxi.core.table_files import csv_files, workbooks
from guanxi.core.table_files.base import RejectedRow, UnreadableFile

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".ods")
TEXTS = (".csv", ".tsv", ".txt")
HEADER_WITHIN = 20
SAMPLE_ROWS = 2500
"""Rows of a workbook that are taken out when a sample is enough."""
Cells = list[str]
Row = tuple[int, Cells]
"""A row's 1-based number and its cells: as many as the header has and an empty one, which absent columns read."""

NOT_A_TABLE: Sequence[tuple[bytes, str]] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "GZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format", "SQLite"),
)
NUMBER_OR_DATE = re.compile(r"[\s=\"'\-+¥￥$€£]*[\d.,:/\-\s年月日T%]+")


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it."""

    header: list[str]
    """Names as they stand, without the spaces and byte order marks around them."""
    header_row: int
    _rows: Iterable[Row]
    """All rows of the file, with numbers from 1; they can be asked for again."""

    def __contains__(self, name: object) -> bool:
        return name in self.header

    def rows(self) -> Iterator[Row | RejectedRow]:
        """The rows below the header; empty ones are left out, ones with too few or many cells are rejected."""
        width = len(self.header)
        for number, cells in islice(self._rows, self.header_row, None):
            if len(cells) != width:
                if not any(cells):
                    continue
                extra = cells[width:]
                if len(cells) < width or any(extra):
                    yield _misshapen(number, cells, width)
                    continue
                del cells[width:]
            elif not cells[0] and not any(cells):
                continue
            joined = "".join(cells)
            if csv_files.DAMAGED in joined or "\x00" in joined:
                yield RejectedRow(row=number, cells=cells, reason=_damage(cells))
                continue
            cells.append("")
            yield number, cells

    def column(self, name: str) -> Iterator[str]:
        """The cells of a column as they stand, without those of rows that end before it."""
        place = self.header.index(name)
        return (cells[place] for _number, cells in islice(self._rows, self.header_row, None) if len(cells) > place)

    def cell(self, name: str) -> Callable[[Sequence[str]], str]:
        """A function from a row to its cell of this column, which must be there."""
        return itemgetter(self.header.index(name))

    def picker(self, names: Sequence[str]) -> Callable[[Sequence[str]], tuple[str, ...]]:
        """A function from a row to the cells of these two or more columns; one that is not there is empty text."""
        index = {name: position for position, name in reversed(list(enumerate(self.header)))}
        return itemgetter(*[index.get(name, -1) for name in names])

    def require(self, names: Iterable[str]) -> None:
        """Raises UnreadableFile naming the columns that are not there."""
        missing = [name for name in names if name not in self.header]
        if missing:
            raise UnreadableFile(
                _("The file has no column %(names)s. Export it again with all columns, or map its columns by hand.")
                % {"names": ", ".join(missing)}
            )


def _misshapen(number: int, cells: Cells, width: int) -> RejectedRow:
    if any(csv_files.UNCLOSED in cell for cell in cells):
        whole = [cell.replace(csv_files.UNCLOSED, "") for cell in cells]
        return RejectedRow(row=number, cells=whole, reason=_damage(cells))
    reason = _("The row has %(found)d cells where the header has %(expected)d.")
    return RejectedRow(row=number, cells=cells, reason=reason % {"found": len(cells), "expected": width})


def _damage(cells: Sequence[str]) -> str:
    if any(csv_files.UNCLOSED in cell for cell in cells):
        return _("A quotation mark is opened in this row and never closed, so the rows after it are inside it.")
    return _("The row holds bytes that are not text in the file's encoding.")


def kind_of(path: Path) -> str:
    """``csv``, ``workbook`` or ``json``. Raises UnreadableFile for an empty file or one of another kind."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise UnreadableFile(_("The file cannot be opened: %(error)s") % {"error": error.strerror or ""}) from error
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(_("The file is empty. Export it again."))
    for magic, kind in NOT_A_TABLE:
        if head.startswith(magic):
            raise UnreadableFile(_("This is a %(kind)s file, not a table. Save it as CSV or XLSX.") % {"kind": kind})
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return "workbook"
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:200].lower()
    if start.replace(b"\x00", b"").startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise UnreadableFile(
            _("This is a web page or XML file, not a table. Open it in Excel and save it as XLSX or CSV.")
        )
    return "json" if start[:1] in (b"{", b"[") else "csv"


def ending(path: Path, given: str) -> str:
    """The ending that a file's content asks for, by which readers know it; ``given`` is the name it came with.

    Raises UnreadableFile.
    """
    kind, said = kind_of(path), Path(given).suffix.lower()
    if kind == "csv":
        return said if said in TEXTS else ".csv"
    if kind == "workbook":
        with path.open("rb") as file:
            old = file.read(2) != b"PK"
        return ".xls" if old else said if said in WORKBOOKS else ".xlsx"
    return ".json"


def open_table(path: Path, *, sample: bool = False, spread: bool = False) -> Table:
    """The table in a CSV or Excel file. Raises UnreadableFile.

    ``sample`` reads only as much as is needed to know the header and the first rows; ``spread`` gives a cell of a
    workbook that is merged downwards to each of its rows.
    """
    kind = kind_of(path)
    if kind == "json":
        raise UnreadableFile(_("This is a JSON file, not a table. Choose the shop platform it came from."))
    most = SAMPLE_ROWS if sample else None
    sheets: Iterable[Iterable[Row]] = (
        workbooks.sheets(path, most=most, spread=spread)
        if kind == "workbook"
        else [csv_files.rows(path, sample=sample)]
    )
    for rows in sheets:
        head = list(islice(rows, HEADER_WITHIN))
        place = find_header([cells for _number, cells in head])
        if place is not None:
            header = [name.strip().strip("\ufeff\"'\t ") for name in _whole_header(head, place)]
            while header and not header[-1]:
                header.pop()
            return Table(header, head[place][0], rows)
    raise UnreadableFile(
        _(
            "No header row was found in the first %(rows)d rows. The file needs one row with the names of its columns, "
            "without merged cells, above the others."
        )
        % {"rows": HEADER_WITHIN}
    )


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns: nearly as wide as the widest, and all words rather than values.

    Titles and merged cells above the header leave most cells of their row empty.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    widest = max(filled, default=0)
    for place, row in enumerate(rows):
        if filled[place] < 2 or filled[place] < widest * 0.6:
            continue
        words = [cell for cell in row if cell.strip() and len(cell) <= 80 and not NUMBER_OR_DATE.fullmatch(cell)]
        if len(words) == filled[place] and len(set(words)) >= len(words) * 0.8:
            return place
    return None


def _whole_header(head: Sequence[Row], place: int) -> list[str]:
    """The header row; a name merged downwards stands one row above an empty cell."""
    names = list(head[place][1])
    if place and any(not name.strip() for name in names):
        above = head[place - 1][1]
        if sum(1 for cell in above if cell.strip()) > 1:
            names = [name or upper for name, upper in zip(names, [*above, *[""] * len(names)], strict=False)]
    return names


def header_of(path: Path) -> tuple[str, ...]:
    """The header of a table file for recognising it; empty when there is none. Never raises."""
    try:
        facts = path.stat()
    except OSError:
        return ()
    return _header_of(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=16)
def _header_of(path: Path, _changed: int, _size: int) -> tuple[str, ...]:
    """Remembered, because every connector asks the same of the same file."""
    try:
        return tuple(open_table(path, sample=True).header)
    except UnreadableFile:
        return ()
