"""CSV that spreadsheet programs read right and that cannot run anything in them."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the machine's own code page."""

_RUNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "|", "%")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def safe_cell(value: Any) -> str:
    """The value as text; text that a spreadsheet would run as a formula gets an apostrophe in front.

    Source: OWASP, "CSV Injection". Times are written in the active time zone, without its name.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    if (text.startswith(_RUNS) or text.lstrip().startswith(_RUNS)) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


class _Echo:
    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """CSV lines of the rows, every cell safe, with the mark that makes Excel read UTF-8."""
    writer = csv.writer(_Echo())
    yield BOM
    for row in rows:
        yield writer.writerow([safe_cell(value) for value in row])
