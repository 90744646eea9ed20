"""Tables of any room whose rows follow their customer through merges, and go back when a merge is undone.

Such a table has ``customer_id``, whose it is now, with an index, and ``origin_customer_id``, whose it was before
merges, null where that is the same. Whose it was never changes, so any merge can be undone at any time: what came in
since goes to whom it came for. Where a customer may have only one of something, that is one for each origin.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connection
from django.utils.functional import Promise

from guanxi.core import bulk

CUSTOMERS = "customers"
MOVING = "customers.following"


class Told(Protocol):
    def __call__(self, customer_ids: Collection[int], now: datetime) -> None:
        """Hears of customers whose rows move."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One end of the rows of one table; see `follow`."""

    table: str
    customer: str
    origin: str
    label: Promise | str
    keeps_origin: bool
    before: Told | None
    after: Told | None


TABLES: dict[str, Followed] = {}


def follow(
    table: str,
    *,
    columns: tuple[str, str] = ("customer_id", "origin_customer_id"),
    label: Promise | str = "",
    keeps_origin: bool = False,
    before: Told | None = None,
    after: Told | None = None,
) -> None:
    """Declare a table; called at import of a room's subscribers.py.

    ``columns`` are others for rows that stand for a second customer too, in a declaration of their own.
    ``label`` is what people call its rows, where they are told how many there are.
    ``keeps_origin`` is for tables whose ``origin_customer_id`` is never null, ledgers that let it be written only once.
    ``before`` is told whose rows may come or go, to lock what goes with them, and ``after`` when some did.
    """
    name = table if columns[0] == "customer_id" else f"{table}.{columns[0]}"
    TABLES[name] = Followed(table, *columns, label, keeps_origin, before, after)


def only_writer() -> None:
    """Be the only one who records, merges or changes customers until the caller's transaction ends; others wait.

    Who writes a row back with the customer it was read with calls it before reading, and before `hold_still`: a merge
    in between would be written over.
    """
    bulk.one_writer(CUSTOMERS)


def hold_still() -> None:
    """Let no rows move until the caller's transaction ends; merges wait.

    For who looks up whose something is now and then writes it down: a merge in between would leave the row behind. To
    be called before looking, and before any other lock.
    """
    bulk.no_writer(MOVING)


def join(into: Mapping[int, int], *, now: datetime) -> dict[str, int]:
    """Give the rows of each customer to another. Returns how many moved, by table."""
    return _move(
        "s.now",
        " FROM unnest(%(before)s::bigint[], %(now)s::bigint[]) s (before, now) WHERE t.{customer} = s.before",
        {"before": list(into), "now": list(into.values())},
        {*into, *into.values()},
        now,
    )


def part(customer_id: int, *, to: int, origins: Collection[int], now: datetime) -> dict[str, int]:
    """Give ``to`` those rows of a customer whose origins these are. Returns how many moved, by table."""
    return _move(
        "%(to)s",
        " WHERE t.{customer} = %(customer)s AND coalesce(t.{origin}, t.{customer}) = ANY(%(origins)s)",
        {"customer": customer_id, "to": to, "origins": list(origins)},
        {customer_id, to},
        now,
    )


def count(customer_id: int) -> dict[str, int]:
    """How many rows would follow this customer, by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}', count(*) FROM {one.table} WHERE {one.customer} = %(id)s"
                for name, one in TABLES.items()
            ),
            {"id": customer_id},
        )
        return dict(cursor.fetchall())


def _move(
    to: str, which: str, parameters: Mapping[str, Any], touched: Collection[int], now: datetime
) -> dict[str, int]:
    bulk.one_writer(MOVING)
    moved = {}
    for one in TABLES.values():
        if one.before:
            one.before(touched, now)
    with connection.cursor() as cursor:
        for name, one in TABLES.items():
            owner = f"coalesce(t.{one.origin}, t.{one.customer})"
            origin = "" if one.keeps_origin else f", {one.origin} = nullif({owner}, {to})"
            where = which.format(customer=one.customer, origin=one.origin)
            cursor.execute(f"UPDATE {one.table} t SET {one.customer} = {to}{origin}{where}", parameters)
            moved[name] = cursor.rowcount
    for name, one in TABLES.items():
        if one.after and moved[name]:
            one.after(touched, now)
    return moved
