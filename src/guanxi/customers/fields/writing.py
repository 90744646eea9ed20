"""Values of custom fields, in sets: one statement for those of all kinds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from guanxi.core import bulk

COLUMNS = ("text", "sealed", "number", "day", "flag", "choice_id")
PUT = """
INSERT INTO customers_fieldvalue
  (customer_id, origin_customer_id, field_id, filled, spare, {columns}, set_at, source)
SELECT coalesce(c.merged_into, c.id), CASE WHEN c.merged_into IS NOT NULL THEN c.id END, s.field_id, s.filled, false,
  {given}, %(now)s::timestamptz, %(source)s
FROM unnest(%(customers)s::bigint[], %(fields)s::bigint[], %(filled)s::boolean[], %(text)s::text[], %(sealed)s::bytea[],
  %(number)s::numeric[], %(day)s::date[], %(flag)s::boolean[], %(choice_id)s::bigint[])
  AS s (customer_id, field_id, filled, {columns})
JOIN customers_customer c ON c.id = s.customer_id AND c.erased_at IS NULL
WHERE s.filled OR EXISTS (SELECT FROM customers_fieldvalue v
  WHERE v.customer_id = coalesce(c.merged_into, c.id) AND v.field_id = s.field_id)
ON CONFLICT (coalesce(origin_customer_id, customer_id), field_id) DO UPDATE SET
  filled = EXCLUDED.filled, {set}, set_at = EXCLUDED.set_at, source = EXCLUDED.source
WHERE customers_fieldvalue.set_at <= EXCLUDED.set_at
  AND (customers_fieldvalue.filled, {old}) IS DISTINCT FROM (EXCLUDED.filled, {new})
""".format(
    columns=", ".join(COLUMNS),
    given=", ".join(f"s.{name}" for name in COLUMNS),
    set=", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS),
    old=", ".join(f"customers_fieldvalue.{name}" for name in COLUMNS),
    new=", ".join(f"EXCLUDED.{name}" for name in COLUMNS),
)
SETTLE = """
UPDATE customers_fieldvalue v SET spare = w.spare
FROM (
  SELECT id, row_number() OVER (
    PARTITION BY customer_id, field_id
    ORDER BY filled AND origin_customer_id IS NULL DESC, set_at DESC, id DESC) > 1 AS spare
  FROM customers_fieldvalue WHERE customer_id = ANY(%s)) w
WHERE w.id = v.id AND v.spare <> w.spare
"""
"""Of several merged customers the survivor's own value counts where there is one, else what was said last, be it
that the field is to be empty."""
ERASE = """
UPDATE customers_fieldvalue SET filled = false, text = '', sealed = '', number = NULL, day = NULL, flag = NULL,
  choice_id = NULL WHERE customer_id = ANY(%s)
"""


@dataclass(slots=True)
class Line:
    """One value as the table holds it; all columns empty to empty the field."""

    customer_id: int
    field_id: int
    filled: bool = False
    text: str = ""
    sealed: bytes = b""
    number: Decimal | None = None
    day: date | None = None
    flag: bool | None = None
    choice_id: int | None = None


def put(lines: Sequence[Line], *, source: str, now: datetime) -> None:
    """Write values; each customer's field at most once. What was written later than ``now`` stays."""
    if not lines:
        return
    parameters = {name: [getattr(line, name) for line in lines] for name in ("filled", *COLUMNS)}
    parameters |= {"customers": [line.customer_id for line in lines], "fields": [line.field_id for line in lines]}
    with connection.cursor() as cursor:
        cursor.execute(PUT, {**parameters, "now": now, "source": source[:60]})
        cursor.execute(
            "SELECT DISTINCT coalesce(merged_into, id) FROM customers_customer WHERE id = ANY(%s::bigint[])"
            " AND (merged_into IS NOT NULL OR EXISTS (SELECT FROM customers_ownprofile o"
            " WHERE o.id = customers_customer.id))",
            [bulk.numbers({line.customer_id for line in lines})],
        )
        merged = [row[0] for row in cursor.fetchall()]
    if merged:
        settle(merged, now)


def settle(customer_ids: Collection[int], now: datetime) -> None:
    """Say anew which rows of merged customers count."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [list(customer_ids)])


def erase(customer_ids: Collection[int]) -> None:
    """Empty every field of these customers for good."""
    with connection.cursor() as cursor:
        cursor.execute(ERASE, [list(customer_ids)])
