"""CSV files of any make: their encoding, their delimiter, their rows one by one without holding the file."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.utils.translation import gettext as _

from guanxi.core.table_files.base import UnreadableFile

BLOCK = 1 << 20
DAMAGED = "\ufffd"
"""Stands in a cell where bytes were not text, or the file ended inside a quotation."""
UNCLOSED = f"{DAMAGED}end of file{DAMAGED}"
DELIMITERS = ",;\t|"
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\f\r\x1b")
LONELY_HIGH_BYTE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
HIGH_BYTE = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Rows:
    """The records of a file, read anew by each who asks, with 1-based numbers as a spreadsheet would count them.

    A record whose quotation never closes ends in a cell that holds UNCLOSED.
    """

    path: Path
    encoding: str
    delimiter: str

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return _rows(self.path, self.encoding, self.delimiter)


def rows(path: Path, *, sample: bool = False) -> Rows:
    """How to read this file. Raises UnreadableFile."""
    encoding = detect_encoding(path, sample=sample)
    return Rows(path, encoding, sniff_delimiter(path, encoding))


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_lines(path, encoding), delimiter=delimiter)
    number = 0
    while True:
        try:
            for cells in reader:
                number += 1
                if cells and UNCLOSED in cells[-1]:
                    if cells != [UNCLOSED]:
                        yield number, cells
                    return
                yield number, cells
            return
        except csv.Error:
            number += 1
            yield number, [UNCLOSED]


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines with their ends; undecodable bytes become DAMAGED; UNCLOSED is the last."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        yield from file
    yield UNCLOSED


def detect_encoding(path: Path, *, sample: bool = False) -> str:
    """The Python name of the file's encoding. Raises UnreadableFile when it is none of the usual ones.

    A byte order mark decides; then UTF-8 if the whole file (or a sample) is valid; then Western or Chinese Windows.
    """
    with path.open("rb") as file:
        head = file.read(BLOCK)
        for mark, encoding in BOMS:
            if head.startswith(mark):
                return encoding
        if head[1::2].count(0) > len(head) * 0.3:
            return "utf-16-le"
        if head[::2].count(0) > len(head) * 0.3:
            return "utf-16-be"
        if len(head) - len(head.translate(None, CONTROLS)) > len(head) * 0.02:
            raise UnreadableFile(_("The file is not text. Export it as CSV or XLSX."))
        block, decoder = head, codecs.getincrementaldecoder("utf-8")()
        try:
            while block:
                decoder.decode(block)
                block = b"" if sample else file.read(BLOCK)
        except UnicodeDecodeError:
            return _not_utf8(head, block)
    return "utf-8"


def _not_utf8(head: bytes, block: bytes) -> str:
    """Which encoding a file is in that is not all UTF-8, from its start and the first block that was not."""
    if head is not block and HIGH_BYTE.search(head):
        return "utf-8"  # the file's start is good UTF-8: single damaged bytes come later
    high = len(HIGH_BYTE.findall(block))
    valid = len(block.decode("utf-8", errors="ignore").encode()) - (len(block) - high)
    if valid > high * 0.9:
        return "utf-8"
    if len(LONELY_HIGH_BYTE.findall(block)) > high * 0.8:
        return "cp1252"
    broken = block.decode("gb18030", errors="replace").count(DAMAGED)
    if broken > high * 0.02 + 1:
        raise UnreadableFile(
            _("The file's encoding is not known. Open it in Excel, save it as “CSV UTF-8” or XLSX and import that.")
        )
    return "gb18030"


def sniff_delimiter(path: Path, encoding: str) -> str:
    """Which of ``, ; tab |`` splits the first rows most evenly into most cells."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(32_768)
    complete, newline, _rest = sample.rpartition("\n")
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        try:
            widths = [
                len(row) for row in csv.reader(StringIO(complete if newline else sample), delimiter=delimiter) if row
            ]
        except csv.Error:
            continue
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        score = (usual - 1) * widths.count(usual) / len(widths)
        if score > best_score:
            best, best_score = delimiter, score
    return best
