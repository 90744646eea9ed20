"""Tables of any room whose rows follow their customer through merges, and go back when a merge is undone.

Such a table has ``customer_id``, whose it is now, with an index, and ``origin_customer_id``, whose it was before
merges, null where that is the same. Whose it was never changes, so any merge can be undone at any time: what came in
since goes to whom it came for. Where a customer may have only one of something, that is one for each origin.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import connection

TABLES: dict[str, Callable[[Collection[int]], None] | None] = {}

OWNER = "coalesce(t.origin_customer_id, t.customer_id)"


def follow(table: str, *, after: Callable[[Collection[int]], None] | None = None) -> None:
    """Declare a table; called at import of a room's subscribers.py. ``after`` is told whose rows came or went."""
    TABLES[table] = after


def join(into: Mapping[int, int]) -> dict[str, int]:
    """Give the rows of each customer to another. Returns how many moved, by table."""
    return _move(
        f"SET customer_id = s.now, origin_customer_id = nullif({OWNER}, s.now)"
        " FROM unnest(%(before)s::bigint[], %(now)s::bigint[]) s (before, now) WHERE t.customer_id = s.before",
        {"before": list(into), "now": list(into.values())},
        {*into, *into.values()},
    )


def part(customer_id: int, *, to: int, origins: Collection[int]) -> dict[str, int]:
    """Give ``to`` those rows of a customer whose origins these are. Returns how many moved, by table."""
    return _move(
        f"SET customer_id = %(to)s, origin_customer_id = nullif({OWNER}, %(to)s)"
        f" WHERE t.customer_id = %(customer)s AND {OWNER} = ANY(%(origins)s)",
        {"customer": customer_id, "to": to, "origins": list(origins)},
        {customer_id, to},
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


def _move(update: str, parameters: Mapping[str, Any], touched: Collection[int]) -> dict[str, int]:
    moved = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"UPDATE {table} t {update}", parameters)
            moved[table] = cursor.rowcount
    for table, after in TABLES.items():
        if after and moved[table]:
            after(touched)
    return moved
