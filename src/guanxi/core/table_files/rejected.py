"""The file of rejected rows: the source's own header and cells, with the row's number and why it was refused."""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.core.table_files.tables import open_table

FORMULA = ("=", "+", "-", "@", "\t", "\r")
QUOTED_TEXT = re.compile(r'="([^"]*)"')
NUMBER = re.compile(r"[+-]?\d[\d.,]*%?")


def safe_cell(text: str) -> str:
    """A cell that a spreadsheet shows and never computes. ``="123"`` becomes the text it stands for."""
    if text.startswith("=") and (match := QUOTED_TEXT.fullmatch(text)):
        text = match[1]
    if text.startswith(FORMULA) and not NUMBER.fullmatch(text):
        return "'" + text
    return text


class RejectedFile:
    """Writes ``path`` (UTF-8 with byte order mark); made only when there is a row for it."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self.path = path
        self.header = [*header]
        self.rows = 0
        self._part = self.path.with_suffix(".part")
        self._file: TextIO | None = None
        self._writer: Any = None

    def __enter__(self) -> "RejectedFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Keeps the file when the import went to its end; a partial one is removed."""
        if self._file is None:
            if kind is None:
                self.path.unlink(missing_ok=True)
            return
        self._file.close()
        if kind is None:
            self._part.replace(self.path)
        else:
            self._part.unlink(missing_ok=True)

    def add(self, row: int | None, cells: Sequence[str], reason: str) -> None:
        if self._file is None:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._part.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow([*map(safe_cell, self.header), "row", "reason"])
        width = len(self.header)
        padded = [*map(safe_cell, list(cells)[:width]), *[""] * (width - len(cells))]
        self._writer.writerow([*padded, "" if row is None else row, safe_cell(reason)])
        self.rows += 1

    def add_by_number(self, refused: Iterable[tuple[Sequence[int], str]], source: Path) -> None:
        """Rows that were read well and refused later: their cells are read again from the source."""
        reasons = {row: reason for rows, reason in refused for row in rows}
        if not reasons:
            return
        cells = _cells(source, reasons) if self.header else {}
        for row, reason in sorted(reasons.items()):
            self.add(row, cells.get(row, ()), reason)


def _cells(source: Path, wanted: dict[int, str]) -> dict[int, list[str]]:
    try:
        rows = open_table(source).rows()
        return {item[0]: list(item[1]) for item in rows if not isinstance(item, RejectedRow) and item[0] in wanted}
    except UnreadableFile:
        return {}
