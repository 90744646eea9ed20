"""Tags on customers, in sets."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from guanxi.customers.models import Tag

MAX_NAME = 60

ADD = """
INSERT INTO customers_customertag (customer_id, origin_customer_id, tag_id, added_at)
SELECT DISTINCT ON (c.id, t.id) coalesce(c.merged_into, c.id), CASE WHEN c.merged_into IS NOT NULL THEN c.id END, t.id,
  %(now)s::timestamptz
FROM unnest(%(customers)s::bigint[], %(names)s::text[]) AS s (customer_id, name)
JOIN customers_tag t ON t.name = s.name
JOIN customers_customer c ON c.id = s.customer_id AND c.erased_at IS NULL
"""
ONCE = " ON CONFLICT (coalesce(origin_customer_id, customer_id), tag_id)"
KEEP = f"{ONCE} DO NOTHING"
AGAIN = (
    f"{ONCE} DO UPDATE SET removed_at = NULL, added_at = EXCLUDED.added_at"
    " WHERE customers_customertag.removed_at IS NOT NULL"
)


def add(labels: Iterable[tuple[int, str]], *, now: datetime, again: bool) -> int:
    """Put tags on customers, making those that are new. A tag that was taken off comes back only with ``again``.

    Returns how many were put on.
    """
    pairs = sorted({(customer, clean(name)) for customer, name in labels if clean(name)})
    if not pairs:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        names = sorted({name for _customer, name in pairs})
        cursor.execute(
            "INSERT INTO customers_tag (name, colour) SELECT n, 'blue' FROM unnest(%s::text[]) n"
            " ON CONFLICT (name) DO NOTHING",
            [names],
        )
        cursor.execute(
            ADD + (AGAIN if again else KEEP),
            {"customers": [c for c, _name in pairs], "names": [name for _c, name in pairs], "now": now},
        )
        return cursor.rowcount


def remove(customer_ids: Sequence[int], names: Sequence[str], *, now: datetime) -> int:
    """Take tags off; returns how many there were."""
    tags = list(Tag.objects.filter(name__in=[clean(name) for name in names]).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customertag SET removed_at = %s"
            " WHERE customer_id = ANY(%s) AND tag_id = ANY(%s) AND removed_at IS NULL",
            [now, list(customer_ids), tags],
        )
        return cursor.rowcount


def clean(name: str) -> str:
    return " ".join(name.split())[:MAX_NAME]
