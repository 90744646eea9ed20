"""A file of orders read and prepared batch by batch, ahead of the recording; see `core.ahead`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from guanxi.commerce.connectors import CONNECTORS
from guanxi.commerce.connectors.base import ShopContext
from guanxi.commerce.incoming import Place, prepare
from guanxi.commerce.packing import Ready, pack, unpack
from guanxi.core.table_files.base import RejectedRow

BATCH = 4000
"""Orders in one transaction: about a third of a second, and a few megabytes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed to read a file, wherever that is done."""

    path: Path
    connector: str
    context: ShopContext
    shop_id: int


@dataclass(slots=True)
class Portion:
    """One batch of a file, ready to be recorded."""

    number: int
    rows: int = 0
    ready: list[Ready] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)

    def __reduce__(self) -> tuple[Any, ...]:
        """How it passes between processes."""
        return _unpacked, (self.number, self.rows, pack(self.ready), self.rejected)


def _unpacked(number: int, rows: int, ready: bytes, rejected: list[RejectedRow]) -> Portion:
    return Portion(number, rows, unpack(ready), rejected)


def portions(reading: Reading) -> Iterator[Portion]:
    """A file in batches of BATCH orders and rejected rows; the same at every reading."""
    stream = CONNECTORS.get(reading.connector).read(reading.path, shop=reading.context)
    place = Place(reading.shop_id, reading.context.country)
    number = 0
    while batch := list(islice(stream, BATCH)):
        portion = Portion(number)
        orders = []
        for item in batch:
            if isinstance(item, RejectedRow):
                portion.rejected.append(item)
                portion.rows += 1
            else:
                orders.append(item)
                portion.rows += len(item.source_rows) or 1
        portion.ready = prepare(orders, place)
        number += 1
        yield portion
