"""How the columns of any table are read: the mapping of a shop, from a TOML file or a form, or guessed from the header.

As data a mapping is, every key but ``columns`` being optional::

    rows = "lines"                    # or "orders": what one row is
    currency = "GBP"
    time_zone = "Europe/London"
    date_order = "day-first"          # what 03/04/2024 means; or "month-first"
    status = "completed"              # of orders in files without a state
    [columns]                         # field = "name of the column"
    order = "InvoiceNo"
    [cancellations]
    prefix = "C"                      # an order number that begins so is a credit note
    negative = true                   # so is an order whose total is below zero
    [statuses]                        # words of the file = our states
    "Dispatched" = "shipped"
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanxi.commerce.connectors.table_words import FIELDS, STATE_WORDS
from guanxi.commerce.types import OrderStatus
from guanxi.core.table_files.base import UnreadableFile

ROWS = ("lines", "orders")
DATE_ORDERS = ("", "day-first", "month-first")
AMOUNTS = ("total", "line_total", "unit_price")


class BadMapping(UnreadableFile):
    """The mapping itself is wrong, whatever the file."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    columns: Mapping[str, str]
    """Field of ours to the file's column name."""
    by_line: bool = False
    currency: str = ""
    time_zone: ZoneInfo | None = None
    date_order: str = ""
    status: OrderStatus = OrderStatus.PAID
    statuses: Mapping[str, OrderStatus] = field(default_factory=dict)
    """In lower case."""
    cancellation_prefix: str = ""
    negative_is_credit: bool = True


def load_mapping(path: Path) -> dict[str, Any]:
    """The mapping in a TOML file, checked. Raises BadMapping."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadMapping(_("The mapping cannot be read: %(error)s") % {"error": error}) from None
    parse_mapping(data)
    return data


def parse_mapping(data: Mapping[str, Any]) -> TableMapping:
    """Raises BadMapping, naming what is wrong."""
    columns, cancellations = _section(data, "columns"), _section(data, "cancellations")
    unknown = [name for name in columns if name not in FIELDS]
    if unknown:
        raise BadMapping(
            _("The mapping names the unknown fields %(names)s. There are: %(known)s.")
            % {"names": ", ".join(unknown), "known": ", ".join(FIELDS)}
        )
    missing = [_called(name) for name in ("order", "placed_at") if not columns.get(name)]
    if not any(columns.get(name) for name in AMOUNTS):
        missing.append(_("one of %(names)s") % {"names": ", ".join(map(_called, AMOUNTS))})
    if missing:
        raise BadMapping(_("The mapping lacks a column for %(names)s.") % {"names": ", ".join(missing)})
    rows = _choice(data, "rows", ROWS, default="orders")
    return TableMapping(
        columns={name: str(column) for name, column in columns.items() if column},
        by_line=rows == "lines",
        currency=str(data.get("currency", "")).upper(),
        time_zone=_zone(str(data.get("time_zone", ""))),
        date_order=_choice(data, "date_order", DATE_ORDERS, default=""),
        status=_status(str(data.get("status") or OrderStatus.PAID)),
        statuses=STATE_WORDS
        | {str(word).strip().lower(): _status(str(name)) for word, name in _section(data, "statuses").items()},
        cancellation_prefix=str(cancellations.get("prefix", "")),
        negative_is_credit=bool(cancellations.get("negative", True)),
    )


def _called(name: str) -> str:
    """A field as the form calls it, and as a file of mappings does."""
    return f"{FIELDS[name]} ({name})"


def _section(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = data.get(name) or {}
    if not isinstance(section, Mapping):
        raise BadMapping(_("“%(name)s” in the mapping must be a section.") % {"name": name})
    return section


def _choice(data: Mapping[str, Any], name: str, choices: tuple[str, ...], *, default: str) -> str:
    value = str(data.get(name) or default)
    if value not in choices:
        raise BadMapping(
            _("“%(name)s” in the mapping must be one of: %(choices)s.")
            % {"name": name, "choices": ", ".join(filter(None, choices))}
        )
    return value


def _zone(name: str) -> ZoneInfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise BadMapping(_("There is no time zone called %(name)s.") % {"name": name}) from None


def _status(name: str) -> OrderStatus:
    try:
        return OrderStatus(name.lower())
    except ValueError:
        raise BadMapping(
            _("There is no order state called %(name)s; there are: %(known)s.")
            % {"name": name, "known": ", ".join(OrderStatus)}
        ) from None
