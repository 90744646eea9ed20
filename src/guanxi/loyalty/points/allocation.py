"""Taking points from lots, in sets: first those that expire first, each customer's in one go.

Whoever changes a lot that is there already holds the row of its customer in ``loyalty_pointsaccount``. Earning adds
lots and so needs no lock.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from guanxi.core import bulk
from guanxi.loyalty.points.types import EntryKind

LOT, ENTRY, ACCOUNT = "loyalty_pointslot", "loyalty_pointsentry", "loyalty_pointsaccount"
ENTRY_COLUMNS = (
    "programme_id, customer_id, origin_customer_id, lot_id, key, kind, points, at, order_id, actor_id, reason, detail"
)
ORDER = "expires_at NULLS LAST, earned_at, id"
"""Of lots, as they are spent."""


def allocate(want: str, *, usable: str = "true", same_origin: bool = False) -> str:
    """Common table expressions that share lots out: ``taken`` has (n, lot_id, points) for each part of a want.

    ``want`` is a SELECT of (n, programme_id, customer_id, origin_customer_id, points) with points above zero; lower
    ``n`` comes first. A want that the lots do not cover gets less than it asks for. ``usable`` is a condition on lots
    ``l``. With ``same_origin`` points only go where they were earned.
    """
    whose = "programme_id, customer_id" + (", origin_customer_id" if same_origin else "")
    return f"""
want AS MATERIALIZED ({want}),
asked AS (
  SELECT *, sum(points) OVER (PARTITION BY {whose} ORDER BY n) AS high FROM want
),
offered AS (
  SELECT l.id, l.programme_id, l.customer_id, l.origin_customer_id, l.remaining - l.held AS free,
    sum(l.remaining - l.held) OVER (
      PARTITION BY {", ".join(f"l.{name}" for name in whose.split(", "))} ORDER BY {ORDER}) AS high
  FROM {LOT} l
  WHERE l.customer_id = ANY(ARRAY(SELECT customer_id FROM want)) AND l.remaining > l.held AND l.remaining > 0
    AND ({usable})
),
taken AS MATERIALIZED (
  SELECT a.n, o.id AS lot_id, (least(a.high, o.high) - greatest(a.high - a.points, o.high - o.free))::bigint AS points
  FROM asked a JOIN offered o USING ({whose}) WHERE a.high > o.high - o.free AND o.high > a.high - a.points
)"""


UNEXPIRED = "l.expires_at IS NULL OR l.expires_at > %(now)s"
VALID = "l.valid_from <= %(now)s AND (l.expires_at IS NULL OR l.expires_at > %(now)s)"
"""``usable``: what may be spent at the moment ``now``."""


def lock(owners: Sequence[tuple[int, int]], *, now: datetime) -> None:
    """Wait for, and hold until the transaction ends, these customers' points: pairs of (programme, customer).

    What tills have set aside for longer than they may is given back on the way.
    """
    if not owners:
        return
    pairs = [bulk.numbers(part) for part in zip(*sorted(set(owners)), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {ACCOUNT} (programme_id, customer_id) SELECT p, c FROM unnest(%s::bigint[], %s::bigint[])"
            " t (p, c) ORDER BY p, c ON CONFLICT DO NOTHING",
            pairs,
        )
        cursor.execute(
            f"SELECT 1 FROM {ACCOUNT} a JOIN unnest(%s::bigint[], %s::bigint[]) t (p, c)"
            " ON a.programme_id = t.p AND a.customer_id = t.c ORDER BY a.programme_id, a.customer_id FOR UPDATE OF a",
            pairs,
        )
    customers = bulk.numbers({customer for _programme, customer in owners})
    free(
        "expires_at <= %(now)s AND customer_id = ANY(%(customers)s::bigint[])", "expired", now=now, customers=customers
    )


def free(which: str, state: str, *, now: datetime, **parameters: Any) -> int:
    """End the open reservations for which the condition ``which`` holds, and give their points back. Under `lock`."""
    return change(
        f"""WITH ended AS MATERIALIZED (
          UPDATE loyalty_pointsreservation SET state = %(state)s, ended_at = %(now)s
          WHERE state = 'held' AND {which} RETURNING id
        ),
        freed AS (
          UPDATE {LOT} l SET held = l.held - h.points
          FROM (SELECT lot_id, sum(points) AS points FROM loyalty_pointshold
            WHERE reservation_id IN (SELECT id FROM ended) GROUP BY lot_id) h WHERE l.id = h.lot_id
        )
        SELECT id FROM ended""",
        {"state": state, "now": now, **parameters},
    )


def execute(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


def change(sql: str, parameters: dict[str, Any]) -> int:
    """The number of rows that the statement wrote last."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Points to be taken from what a customer has."""

    programme_id: int
    customer_id: int
    origin_customer_id: int
    points: int
    key: str
    """Of its entries, to which the lot is added."""
    order_id: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)


_WANTS = """SELECT * FROM unnest(%(programmes)s::bigint[], %(customers)s::bigint[], %(origins)s::bigint[],
  %(points)s::bigint[], %(keys)s::text[], %(orders)s::bigint[], %(details)s::jsonb[])
  WITH ORDINALITY w (programme_id, customer_id, origin_customer_id, points, key, order_id, detail, n)"""


def _parameters(wants: Sequence[Want], **more: Any) -> dict[str, Any]:
    return {
        "programmes": [want.programme_id for want in wants],
        "customers": [want.customer_id for want in wants],
        "origins": [want.origin_customer_id for want in wants],
        "points": [want.points for want in wants],
        "keys": [want.key for want in wants],
        "orders": [want.order_id for want in wants],
        "details": [json.dumps(want.detail) for want in wants],
        **more,
    }


def take(
    wants: Sequence[Want],
    *,
    kind: EntryKind,
    now: datetime,
    usable: str = UNEXPIRED,
    actor_id: int | None = None,
    reason: str = "",
) -> list[int]:
    """Take points from lots and write the entries; gives how many were taken for each want. Under `lock`."""
    if not wants:
        return []
    sql = f"""WITH said AS MATERIALIZED ({_WANTS}), {
        allocate("SELECT n, programme_id, customer_id, origin_customer_id, points FROM said", usable=usable)
    },
    written AS (
      INSERT INTO {ENTRY} ({ENTRY_COLUMNS})
      SELECT l.programme_id, l.customer_id, l.origin_customer_id, l.id, s.key || ':' || l.id, %(kind)s, -t.points,
        %(now)s, s.order_id, %(actor)s, %(reason)s, s.detail
      FROM taken t JOIN said s USING (n) JOIN {LOT} l ON l.id = t.lot_id
    ),
    changed AS (
      UPDATE {LOT} l SET remaining = l.remaining - t.points
      FROM (SELECT lot_id, sum(points) AS points FROM taken GROUP BY lot_id) t WHERE l.id = t.lot_id
    )
    SELECT n, sum(points)::bigint FROM taken GROUP BY n"""
    rows = execute(sql, _parameters(wants, kind=kind.value, now=now, actor=actor_id, reason=reason))
    taken = dict(rows)
    return [taken.get(number, 0) for number in range(1, len(wants) + 1)]


def owe(
    wants: Iterable[Want], *, kind: EntryKind, now: datetime, actor_id: int | None = None, reason: str = ""
) -> None:
    """Write debts: lots below zero."""
    owed = list(wants)
    if owed:
        execute(
            f"""WITH said AS MATERIALIZED ({_WANTS}),
            lots AS (
              INSERT INTO {LOT} (programme_id, customer_id, origin_customer_id, kind, order_id, points, remaining, held,
                reversed, multiplier, amount, earned_at, valid_from)
              SELECT programme_id, customer_id, origin_customer_id, 'debt', order_id, -points, -points, 0, 0, 1, 0,
                %(now)s, %(now)s
              FROM said ORDER BY n RETURNING id
            ),
            numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM lots)
            INSERT INTO {ENTRY} ({ENTRY_COLUMNS})
            SELECT s.programme_id, s.customer_id, s.origin_customer_id, l.id, s.key || ':debt', %(kind)s, -s.points,
              %(now)s, s.order_id, %(actor)s, %(reason)s, s.detail
            FROM said s JOIN numbered l USING (n)""",
            _parameters(owed, kind=kind.value, now=now, actor=actor_id, reason=reason),
        )


SETTLE = f"""WITH {
    allocate(
        f"SELECT id AS n, programme_id, customer_id, origin_customer_id, -remaining AS points FROM {LOT}"
        " WHERE remaining < 0 AND customer_id = ANY(%(customers)s::bigint[])",
        usable=UNEXPIRED,
        same_origin=True,
    )
},
moved AS (
  SELECT lot_id, -points AS points, n AS debt_id, lot_id AS other FROM taken
  UNION ALL SELECT n, points, n, lot_id FROM taken
),
written AS (
  INSERT INTO {ENTRY} ({ENTRY_COLUMNS})
  SELECT l.programme_id, l.customer_id, l.origin_customer_id, l.id,
    'settle:' || m.debt_id || ':' || m.other || ':' || -d.remaining || CASE WHEN m.points > 0 THEN ':debt' ELSE '' END,
    'settle', m.points, %(now)s, d.order_id, NULL, '', '{{}}'
  FROM moved m JOIN {LOT} l ON l.id = m.lot_id JOIN {LOT} d ON d.id = m.debt_id
)
UPDATE {LOT} l SET remaining = l.remaining + m.points
FROM (SELECT lot_id, sum(points) AS points FROM moved GROUP BY lot_id) m WHERE l.id = m.lot_id
"""


def debtors(customer_ids: Sequence[int] | None = None) -> list[tuple[int, int]]:
    """(programme, customer) of those with a debt, all of them or among the given."""
    whose = "" if customer_ids is None else " AND customer_id = ANY(%(customers)s::bigint[])"
    return [
        (programme, customer)
        for programme, customer in execute(
            f"SELECT DISTINCT programme_id, customer_id FROM {LOT} WHERE remaining < 0{whose}",
            {"customers": bulk.numbers(customer_ids or ())},
        )
    ]


def settle(customer_ids: Sequence[int] | None, *, now: datetime) -> None:
    """Let debts be settled by what the same customer earned, first by what expires first. Locks who has one."""
    owners = debtors(customer_ids)
    if owners:
        lock(owners, now=now)
        execute(SETTLE, {"customers": bulk.numbers(customer for _programme, customer in owners), "now": now})
