"""Prepared orders as bytes and back, for passing between processes.

Marshal of plain tuples takes a fifth of the time that pickle takes for the named ones.
"""

import marshal
from typing import Any

from guanxi.commerce.incoming import Prepared, PreparedLines, Rejection
from guanxi.core import bulk
from guanxi.customers import services as customers

PLAIN = 2
"""The format of marshal that looks for no repetitions."""
Ready = Prepared | PreparedLines | Rejection
ORDER, LINES, REJECTION = range(3)
NOT_PLAIN = Prepared._fields.index("updated_at")
"""From here on, the fields of an order are more than text and numbers."""


def pack(ready: list[Ready]) -> bytes:
    """For `unpack` by the same version of Guanxi."""
    return marshal.dumps([_plain(item) for item in ready], PLAIN)


def unpack(packed: bytes) -> list[Ready]:
    return [_named(*plain) for plain in marshal.loads(packed)]  # noqa: S302 - of our own process


def _plain(item: Ready) -> tuple[Any, ...]:
    if isinstance(item, Prepared):
        time = bulk.moment(item.updated_at) if item.updated_at else ""
        buyer = customers.plain(item.buyer) if item.buyer else ()
        return ORDER, item[:NOT_PLAIN], time, tuple(item.lines or ()), buyer
    return (LINES if isinstance(item, PreparedLines) else REJECTION), tuple(item)


def _named(
    kind: int, values: tuple[Any, ...], time: str = "", lines: tuple[Any, ...] = (), buyer: tuple[Any, ...] = ()
) -> Ready:
    if kind == ORDER:
        said = PreparedLines(*lines) if lines else None
        person = customers.from_plain(buyer) if buyer else None
        return Prepared._make((*values, bulk.from_moment(time) if time else None, said, person))
    return PreparedLines(*values) if kind == LINES else Rejection(*values)
