"""Excel and OpenDocument workbooks as rows of text."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import python_calamine
from django.utils.translation import gettext as _

from guanxi.core.table_files.base import UnreadableFile

EXACT_DIGITS = 10**15
"""A spreadsheet keeps 15 digits of a number; what is as long as this has lost some."""
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a sheet, with their 1-based numbers, as often as they are asked for."""

    values: list[list[Any]]

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        for number, cells in enumerate(self.values, start=1):
            yield number, [cell if type(cell) is str else text(cell) for cell in cells]


def sheets(path: Path, *, most: int | None = None, spread: bool = False) -> Iterator[Rows]:
    """Each sheet that has rows, with the first ``most`` of them. Raises UnreadableFile.

    With ``spread`` cells merged downwards say what they say in each of their rows.
    """
    _check_archive(path)
    book = _guarded(lambda: python_calamine.CalamineWorkbook.from_path(str(path)))
    for name in book.sheet_names:
        rows = _guarded(partial(_sheet, book, name, most, spread))
        if rows:
            yield Rows(rows)


def _sheet(book: Any, name: str, most: int | None, spread: bool) -> list[list[Any]]:
    sheet = book.get_sheet_by_name(name)
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False, nrows=most)
    for (top, left), (bottom, right) in (sheet.merged_cell_ranges or ()) if spread else ():
        if left == right and top < len(rows):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
    return rows


def text(value: object) -> str:
    """A cell's value as a CSV export would write it; a number too long to be exact is in scientific notation."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        if abs(value) >= EXACT_DIGITS:
            return f"{value:.15e}"
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def _check_archive(path: Path) -> None:
    with path.open("rb") as file:
        if not file.read(4).startswith(b"PK"):
            return
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        raise UnreadableFile(
            _("The Excel file is incomplete or damaged. Download it again; if it stays so, save it as CSV.")
        ) from None
    if not any(name.startswith("xl/") or name == "content.xml" for name in names):
        kind = "Word" if any(name.startswith("word/") for name in names) else "ZIP"
        raise UnreadableFile(
            _("This is a %(kind)s file, not a table. Unpack it, or save it as CSV or XLSX.") % {"kind": kind}
        )


def _guarded(work: Callable[[], Result]) -> Result:
    """Run the reader. Its panics are not Exceptions, and a damaged file can cause them."""
    try:
        return work()
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        if "password" in str(error).lower():
            raise UnreadableFile(_("The workbook has a password. Save a copy without it and import that.")) from None
        raise UnreadableFile(
            _("The file is no workbook that can be read, or only a part of one. Save it as XLSX or CSV again.")
        ) from None
