"""Reading a brought list: which customer each line means."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.core.models import User
from guanxi.customers import queries as customers
from guanxi.segments import services
from guanxi.segments.types import ListImport, UnmatchedLine

MOST_LINES = 20_000
MOST_BYTES = 2_000_000
HEADERS = {
    "phone",
    "email",
    "e-mail",
    "id",
    "customer",
    "customer_id",
    "customer no.",
    "手机",
    "手机号",
    "邮箱",
    "编号",
}


class BadList(ValueError):
    """The file cannot be read as a list; the message is for people."""


def read_lines(content: bytes) -> list[str]:
    """The first cell of every line of a text or CSV file, in UTF-8, UTF-16 or GB18030. Raises BadList."""
    if len(content) > MOST_BYTES:
        raise BadList(_("The file is larger than %(limit)d MB.") % {"limit": MOST_BYTES // 1_000_000})
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadList(_("This is no text file. Save the list as CSV or text, one phone, e-mail or number a line."))
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadList(_("The file's letters cannot be read; save it as UTF-8."))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if text.count(";") > text.count(",") else ",")
    lines = [row[0].strip().strip("'=\"\t ") if row else "" for row in rows]
    if len(lines) > MOST_LINES:
        raise BadList(_("The file has more than %(limit)d lines; divide it.") % {"limit": MOST_LINES})
    return lines


def match(lines: Iterable[str]) -> Iterator[tuple[int, str, int | None, str]]:
    """For every line that says something: its number (from 1), text, customer or None, and why not."""
    said = [
        (number, text)
        for number, text in enumerate(lines, start=1)
        if text and not (number == 1 and text.casefold() in HEADERS)
    ]
    meant = _customers({text for _number, text in said})
    for number, text in said:
        found, reason = meant[text]
        yield number, text, found, reason


def _customers(texts: Iterable[str]) -> dict[str, tuple[int | None, str]]:
    """For each text its customer, or None and why; three queries, however many texts there are."""
    meant: dict[str, tuple[int | None, str]] = {}
    numbers: dict[str, int] = {}
    identifiers: list[str] = []
    for text in texts:
        digits = re.sub(r"[\s()+\-]", "", text)
        if "@" in text or (digits.isdecimal() and len(digits) >= 7):
            identifiers.append(text)
        elif digits.isdecimal():
            numbers[text] = int(digits)
        else:
            meant[text] = None, _("is no phone number, e-mail address or customer number")
    present = customers.present(set(numbers.values()))
    for text, number in numbers.items():
        meant[text] = (present[number], "") if number in present else (None, _("no customer has this number"))
    known = customers.search_each(identifiers)
    for text in identifiers:
        found = known.get(text, ())
        only = found[0] if len(found) == 1 else None
        meant[text] = only, "" if only else _("several customers have it") if found else _("no customer has it")
    return meant


def bring(
    lines: Iterable[str],
    *,
    now: datetime,
    name: str = "",
    segment_id: int | None = None,
    replace: bool = False,
    user: User | None = None,
) -> ListImport:
    """Make a fixed list of the customers that the lines name, or change the list ``segment_id``. Raises NameTaken."""
    read = list(match(lines))
    ids = {found for _number, _text, found, _reason in read if found is not None}
    if segment_id is None:
        done = services.create_list(name=name, customer_ids=ids, now=now, user=user)
    else:
        done = services.change_list(segment_id, customer_ids=ids, now=now, replace=replace, user=user)
    unmatched = [UnmatchedLine(number, text, reason) for number, text, found, reason in read if found is None]
    return ListImport(done.segment_id, len(read), len(ids), done.entered, done.left, unmatched)
