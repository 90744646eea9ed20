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

MOVING = "customers.following"


class Told(Protocol):
    def __call__(self, customer_ids: Collection[int], now: datetime) -> None:
        """Hears of customers whose rows move."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One table; see `follow`."""

    label: Promise | str
    keeps_origin: bool
    before: Told | None
    after: Told | None


TABLES: dict[str, Followed] = {}

OWNER = "coalesce(t.origin_customer_id, t.customer_id)"


def follow(
    table: str,
    *,
    label: Promise | str = "",
    keeps_origin: bool = False,
    before: Told | None = None,
    after: Told | None = None,
) -> None:
    """Declare a table; called at import of a room's subscribers.py.

    ``label`` is what people call its rows, where they are told how many there are.
    ``keeps_origin`` is for tables whose ``origin_customer_id`` is never null, ledgers that let it be written only once.
    ``before`` is told whose rows may come or go, to lock what goes with them, and ``after`` when some did.
    """
    TABLES[table] = Followed(label, keeps_origin, before, after)


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
        " FROM unnest(%(before)s::bigint[], %(now)s::bigint[]) s (before, now) WHERE t.customer_id = s.before",
        {"before": list(into), "now": list(into.values())},
        {*into, *into.values()},
        now,
    )


def part(customer_id: int, *, to: int, origins: Collection[int], now: datetime) -> dict[str, int]:
    """Give ``to`` those rows of a customer whose origins these are. Returns how many moved, by table."""
    return _move(
        "%(to)s",
        f" WHERE t.customer_id = %(customer)s AND {OWNER} = ANY(%(origins)s)",
        {"customer": customer_id, "to": to, "origins": list(origins)},
        {customer_id, to},
        now,
    )


def count(customer_id: int) -> dict[str, int]:
    """How many rows would follow this customer, by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', count(*) FROM {table} WHERE customer_id = %(id)s" for table in TABLES
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
        for table, one in TABLES.items():
            origin = "" if one.keeps_origin else f", origin_customer_id = nullif({OWNER}, {to})"
            cursor.execute(f"UPDATE {table} t SET customer_id = {to}{origin}{which}", parameters)
            moved[table] = cursor.rowcount
    for table, one in TABLES.items():
        if one.after and moved[table]:
            one.after(touched, now)
    return moved
