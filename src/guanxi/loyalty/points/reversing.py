"""Taking points back when money goes back.

An order keeps the part of its points that it keeps of its money: ``points * (total - given back) / total``, rounded
down. What is too much comes first from what is left of the order's own points, then from the customer's others. For
what is still missing the programme says: a debt that the next points settle (shown as such, or as a balance below
zero), or nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from guanxi.commerce import relations
from guanxi.core import bulk
from guanxi.loyalty.models import PointsProgramme
from guanxi.loyalty.points.allocation import ENTRY, ENTRY_COLUMNS, LOT, Want, execute, lock, owe, take
from guanxi.loyalty.points.types import EntryKind, Shortfall

REVERSED = "points.reversed"
DUE = f"""WITH
back AS MATERIALIZED (
  SELECT * FROM ({relations.GIVEN_BACK}) b WHERE order_id = ANY(%(orders)s::bigint[]) AND given_back > 0
)
SELECT l.id, l.programme_id, l.customer_id, l.origin_customer_id, l.order_id, l.reversed, l.remaining - l.held AS free,
  l.points - div(l.points::numeric * (b.total - b.given_back), b.total)::bigint - l.reversed AS points,
  b.given_back, b.total, b.currency
FROM back b JOIN {LOT} l USING (order_id)
WHERE l.kind = 'order' AND l.order_id = ANY(%(orders)s::bigint[])
  AND l.points - div(l.points::numeric * (b.total - b.given_back), b.total)::bigint > l.reversed
"""
OWN = f"""WITH
due AS MATERIALIZED (
  SELECT *, least(points, free) AS own, reversed + points AS mark,
    jsonb_build_object('given_back', given_back, 'total', total, 'currency', currency) AS detail
  FROM ({DUE}) d
),
changed AS (
  UPDATE {LOT} l SET reversed = d.mark, remaining = l.remaining - d.own FROM due d WHERE l.id = d.id
),
written AS (
  INSERT INTO {ENTRY} ({ENTRY_COLUMNS})
  SELECT programme_id, customer_id, origin_customer_id, id, 'reverse:' || id || ':' || mark, 'reverse', -own, %(now)s,
    order_id, NULL, '', detail
  FROM due WHERE own > 0
),
announced AS (
  INSERT INTO core_event (kind, customer_id, subject_id, occurred_at, recorded_at, data)
  SELECT '{REVERSED}', customer_id, id, %(now)s, %(now)s,
    jsonb_build_object('programme_id', programme_id, 'points', -points)
  FROM due
)
SELECT programme_id, customer_id, origin_customer_id, points - own, 'reverse:' || id || ':' || mark, order_id, id,
  given_back, total, currency
FROM due WHERE points > own ORDER BY id
"""


def reverse_orders(order_ids: Sequence[int], *, now: datetime) -> int:
    """Take back what these orders keep no longer. Returns for how many. The same again takes nothing."""
    parameters: dict[str, Any] = {"orders": bulk.numbers(order_ids), "now": now}
    due = execute(f"SELECT programme_id, customer_id FROM ({DUE}) d", parameters) if order_ids else []
    if not due:
        return 0
    lock([(programme_id, customer_id) for programme_id, customer_id in due], now=now)
    wants, lots = [], []
    for programme, customer, origin, points, key, order, lot, given_back, total, currency in execute(OWN, parameters):
        wants.append(
            Want(
                programme_id=programme,
                customer_id=customer,
                origin_customer_id=origin,
                points=points,
                key=key,
                order_id=order,
                detail={"given_back": given_back, "total": total, "currency": currency},
            )
        )
        lots.append(lot)
    missing = cover(wants, kind=EntryKind.REVERSE, now=now)
    _forgive([(want, lot, points) for want, lot, points in zip(wants, lots, missing, strict=True) if points], now=now)
    return len(due)


def cover(
    wants: Sequence[Want], *, kind: EntryKind, now: datetime, actor_id: int | None = None, reason: str = ""
) -> list[int]:
    """Take points from the customers' lots, and make debts of what is missing where the programme keeps them.

    Gives for each want the points that nobody has to bear. Under `lock`.
    """
    taken = take(wants, kind=kind, now=now, actor_id=actor_id, reason=reason)
    missing = [want.points - points for want, points in zip(wants, taken, strict=True)]
    forgiving = _forgiving() if any(missing) else set()
    owe(
        [
            Want(
                programme_id=want.programme_id,
                customer_id=want.customer_id,
                origin_customer_id=want.origin_customer_id,
                points=points,
                key=want.key,
                order_id=want.order_id,
                detail=want.detail,
            )
            for want, points in zip(wants, missing, strict=True)
            if points and want.programme_id not in forgiving
        ],
        kind=kind,
        now=now,
        actor_id=actor_id,
        reason=reason,
    )
    return [points if want.programme_id in forgiving else 0 for want, points in zip(wants, missing, strict=True)]


def _forgiving() -> set[int]:
    return set(PointsProgramme.objects.filter(shortfall=Shortfall.FORGIVE).values_list("pk", flat=True))


def _forgive(missing: Sequence[tuple[Want, int, int]], *, now: datetime) -> None:
    """A line of no points for each order, so that the statement says what was let go."""
    execute(
        f"""INSERT INTO {ENTRY} ({ENTRY_COLUMNS})
        SELECT l.programme_id, l.customer_id, l.origin_customer_id, l.id, f.key || ':forgiven', 'reverse', 0, %(now)s,
          l.order_id, NULL, '', jsonb_build_object('forgiven', f.points)
        FROM unnest(%(lots)s::bigint[], %(keys)s::text[], %(points)s::bigint[]) f (id, key, points)
        JOIN {LOT} l USING (id)""",
        {
            "lots": bulk.numbers(lot for _want, lot, _points in missing),
            "keys": [want.key for want, _lot, _points in missing],
            "points": [points for _want, _lot, points in missing],
            "now": now,
        },
    )
