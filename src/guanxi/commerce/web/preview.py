"""The start of a file as it will be read: some orders with their buyers masked, and why some rows are refused."""

import csv
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from guanxi.commerce import incoming
from guanxi.commerce.connectors import CONNECTORS
from guanxi.commerce.connectors.base import ShopContext
from guanxi.commerce.models import Shop
from guanxi.commerce.queries import STATUS_LABELS
from guanxi.commerce.services import Rejection
from guanxi.commerce.types import IncomingOrder, IncomingOrderLines, OrderKind
from guanxi.core.table_files import csv_files
from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.core.table_files.tables import kind_of, open_table
from guanxi.customers import candidates, masking
from guanxi.customers.identifier_kinds import TRAITS, masked

SHOWN = 20
LINES = 2000
"""Lines of a file that are read for its preview."""
BYTES = 4 << 20
LARGEST_JSON = 32 << 20
"""Bytes; a JSON document can only be read whole, so a larger one goes without a preview."""
PHONE = re.compile(r"(?<![\d.])\+?\d[\d ().-]{5,18}\d(?!\d)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*")


@dataclass(frozen=True, slots=True)
class PreviewOrder:
    number: str
    placed_at: datetime | None
    buyer: str
    """Masked."""
    identified_by: tuple[tuple[str, str], ...]
    """Kind of each identifier that counts, and its value masked."""
    status: Promise | str
    currency: str
    total: int | None
    lines: int
    first_line: str


@dataclass(slots=True)
class Preview:
    orders: list[PreviewOrder] = field(default_factory=list)
    rejected: list[tuple[int, str]] = field(default_factory=list)
    """Row and reason, the first of them."""
    orders_read: int = 0
    rows_rejected: int = 0
    buyers_known: int = 0
    """Orders among those read that name a buyer who can be told apart."""
    whole: bool = False
    """The preview has read all of the file."""
    zone: str = "UTC"
    """Of times in the file, in which they are shown: as the file has them."""
    problem: str = ""
    """Why the file as a whole cannot be read so."""
    too_large: bool = False


def masked_text(text: str) -> str:
    """A text of a file without what looks like a phone number or an e-mail address."""
    if DATE.fullmatch(text.strip()):
        return text
    text = EMAIL.sub(lambda match: masking.email(match[0]), text)
    return PHONE.sub(lambda match: _hidden(match[0]), text)


def _hidden(text: str) -> str:
    digits = sum(letter.isdigit() for letter in text)
    if not 7 <= digits <= 15 or DATE.match(text):
        return text
    return f"{text[:3]}****{text[-4:]}" if digits > 8 else "****"


@contextmanager
def head_of(path: Path) -> Iterator[tuple[Path, bool]]:
    """A copy of the file's start, at most LINES of it, and whether that is all. A JSON document is given as it is.

    Readers that gather rows by order read all they are given, so they are given little. Raises UnreadableFile.
    """
    kind = kind_of(path)
    if kind == "json":
        yield path, True
        return
    with tempfile.TemporaryDirectory(prefix="guanxi-preview-") as place:
        head = Path(place) / f"head{path.suffix if kind == 'csv' else '.csv'}"
        whole = _copy_lines(path, head) if kind == "csv" else _copy_rows(path, head)
        yield head, whole


def _copy_lines(path: Path, head: Path) -> bool:
    wide = csv_files.detect_encoding(path, sample=True)
    end = {"utf-16": b"\n\x00", "utf-16-le": b"\n\x00", "utf-16-be": b"\x00\n"}.get(wide, b"\n")
    with path.open("rb") as file:
        block = file.read(BYTES)
        whole = not file.read(1)
    place = -1
    for _line in range(LINES):
        following = block.find(end, place + 1)
        if following < 0:
            break
        place = following
    cut = block if whole and block.count(end) <= LINES else block[: place + len(end)] if place >= 0 else block
    head.write_bytes(cut)
    return len(cut) == len(block) and whole


def _copy_rows(path: Path, head: Path) -> bool:
    """A workbook's first rows as text, each at the number it has in its sheet."""
    table = open_table(path, sample=True)
    written, whole = 0, True
    with head.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)

        def write(number: int, cells: list[str]) -> None:
            nonlocal written
            file.write("\r\n" * (number - 1 - written))
            writer.writerow(cells)
            written = number

        write(table.header_row, table.header)
        for item in islice(table.rows(), LINES + 1):
            if written - table.header_row >= LINES:
                whole = False
                break
            write(item.row, list(item.cells)) if isinstance(item, RejectedRow) else write(item[0], item[1][:-1])
    return whole


def preview(path: Path, *, connector: str, shop: Shop, mapping: dict[str, Any]) -> Preview:
    """Read the start of a file as an import would, writing nothing."""
    found = Preview(zone=str(mapping.get("time_zone") or shop.time_zone))
    try:
        if kind_of(path) == "json" and path.stat().st_size > LARGEST_JSON:
            found.too_large = True
            return found
        with head_of(path) as (head, whole):
            found.whole = whole
            context = ShopContext(shop.currency, ZoneInfo(shop.time_zone), shop.country, mapping)
            _read(found, list(CONNECTORS.get(connector).read(head, shop=context)), shop)
    except UnreadableFile as error:
        found.problem = masked_text(str(error))
    return found


def _read(found: Preview, items: list[Any], shop: Shop) -> None:
    last = max((max(_rows(item), default=0) for item in items), default=0)
    if not found.whole:  # the head may end in the middle of its last order
        items = [item for item in items if last not in _rows(item)]
    rejected = [(item.row, item.reason) for item in items if isinstance(item, RejectedRow)]
    orders = [item for item in items if not isinstance(item, RejectedRow)]
    ready = incoming.prepare(orders, incoming.Place(shop.pk, shop.country))
    for order, one in zip(orders, ready, strict=True):
        if isinstance(one, Rejection):
            rejected += [(row, one.reason) for row in one.source_rows or (0,)]
            continue
        shown = _shown(order, shop)
        found.orders_read += 1
        found.buyers_known += bool(shown.identified_by)
        if len(found.orders) < SHOWN:
            found.orders.append(shown)
    found.rows_rejected = len(rejected)
    found.rejected = [(row, masked_text(reason)) for row, reason in sorted(rejected)[:SHOWN]]


def _rows(item: Any) -> tuple[int, ...]:
    return (item.row,) if isinstance(item, RejectedRow) else tuple(item.source_rows)


def _shown(order: IncomingOrder | IncomingOrderLines, shop: Shop) -> PreviewOrder:
    first = masked_text(order.lines[0].title or order.lines[0].sku) if order.lines else ""
    if isinstance(order, IncomingOrderLines):
        status = _("Lines of an order")
        return PreviewOrder(order.external_id, None, "", (), status, "", None, len(order.lines), first)
    buyer, candidate = order.buyer, None
    if buyer:
        candidate = candidates.candidate(buyer, shop_id=shop.pk, country=shop.country, seen_at=order.placed_at)
    return PreviewOrder(
        number=order.external_id,
        placed_at=order.placed_at,
        buyer=masking.name(buyer.name) if buyer else "",
        identified_by=tuple(
            (str(TRAITS[key.kind].label), masked(key.kind, key.value)) for key in (candidate.keys if candidate else ())
        ),
        status=_("Credit note") if order.kind == OrderKind.CREDIT_NOTE else STATUS_LABELS[order.status],
        currency=order.currency,
        total=order.total,
        lines=len(order.lines),
        first_line=first,
    )
