"""JSON bodies of shop APIs: the orders in a document, and values of any type as the text they would be in a cell."""

import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from guanxi.commerce.connectors.base import Read
from guanxi.commerce.connectors.cells import BadCell
from guanxi.commerce.types import IncomingOrder
from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.core.table_files.tables import kind_of

LARGEST = 512 << 20
"""Bytes; a document is held whole, as about four times as many."""
Body = dict[str, Any]


def start_of(path: Path) -> str:
    """The first 64 KiB as text, to recognise a document by; empty when it is no JSON. Never raises."""
    try:
        if kind_of(path) != "json":
            return ""
        with path.open("rb") as file:
            return file.read(65_536).decode("utf-8-sig", errors="replace")
    except (UnreadableFile, OSError):
        return ""


def orders_in(path: Path, *, wrappers: Sequence[str], is_order: Callable[[Body], bool]) -> list[Any]:
    """The orders of a document that is one, is a list of them, or wraps either under one of these names.

    Raises UnreadableFile, also when nothing in the document is an order.
    """
    document = _load(path)
    for name in wrappers:
        if isinstance(document, dict) and name in document and not is_order(document):
            document = document[name]
    bodies = document if isinstance(document, list) else [document]
    if bodies and not any(isinstance(body, dict) and is_order(body) for body in bodies):
        raise UnreadableFile(_("There are no orders in this file. It holds something else from the shop's API."))
    return bodies


def _load(path: Path) -> Any:
    if kind_of(path) != "json":
        raise UnreadableFile(_("This is not a JSON file."))
    if path.stat().st_size > LARGEST:
        raise UnreadableFile(
            _("The JSON file is larger than %(size)d MB. Export fewer months at a time.") % {"size": LARGEST >> 20}
        )
    try:
        return json.loads(path.read_bytes(), parse_float=Decimal, parse_constant=str)
    except json.JSONDecodeError as error:
        raise UnreadableFile(
            _("The JSON file is incomplete or damaged in line %(line)d. Download it again.") % {"line": error.lineno}
        ) from None
    except (ValueError, RecursionError):
        raise UnreadableFile(_("The JSON file is damaged or in an unknown encoding. Download it again.")) from None


def read_each(bodies: Sequence[Any], read: Callable[[int, Body], IncomingOrder]) -> Iterator[Read]:
    """Each body as an order, or rejected with the reason that ``read`` raises as BadCell. Rows count from 1."""
    for row, body in enumerate(bodies, start=1):
        try:
            if not isinstance(body, dict):
                raise BadCell(_("This is not an order."))
            yield read(row, body)
        except BadCell as error:
            cell = _clean(json.dumps(body, ensure_ascii=False, default=str))
            yield RejectedRow(row=row, cells=[cell], reason=str(error))


def text(body: Body, *path: str) -> str:
    """The value at a path as text; what is not there, or null, is empty. Raises BadCell for a list or an object."""
    value: Any = body
    for name in path:
        if value is None:
            return ""
        if not isinstance(value, dict):
            raise BadCell(_("“%(name)s” is not what it should be.") % {"name": ".".join(path[:-1])})
        value = value.get(name)
    if isinstance(value, str):
        return _clean(value).strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) and abs(value) < 10**15 else str(value)
    raise BadCell(_("“%(name)s” is not what it should be.") % {"name": ".".join(path)})


def items(body: Body, name: str) -> list[Body]:
    """The objects of a list; an absent list is empty. Raises BadCell when it is no list of objects."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadCell(_("“%(name)s” is not what it should be.") % {"name": name})
    return value


def inner(body: Body, name: str) -> Body:
    """An object; an absent one is empty. Raises BadCell when it is something else."""
    value = body.get(name)
    if not value:
        return {}
    if not isinstance(value, dict):
        raise BadCell(_("“%(name)s” is not what it should be.") % {"name": name})
    return value


def _clean(value: str) -> str:
    """Without the two things that JSON can hold and a database text cannot: NUL and half of a surrogate pair."""
    if value.isascii():
        return value.replace("\x00", "")
    return value.replace("\x00", "").encode("utf-8", errors="replace").decode("utf-8")
