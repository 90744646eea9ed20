"""Expiry: a notice some days before, and the entry when it is so far. In sets, for everyone whose day it is."""

from datetime import datetime

from django.db import transaction

from guanxi.core import bulk
from guanxi.loyalty.points.allocation import ENTRY, ENTRY_COLUMNS, LOT, change, execute, lock

BATCH = 20_000
NOTICE = f"""WITH told AS (
  UPDATE {LOT} l SET noticed_at = %(now)s
  FROM loyalty_pointsprogramme p
  WHERE p.id = l.programme_id AND l.remaining > 0 AND l.noticed_at IS NULL AND p.notice_days > 0 AND p.active
    AND l.expires_at > %(now)s AND l.expires_at <= %(now)s + make_interval(days => p.notice_days)
  RETURNING l.programme_id, l.customer_id, l.expires_at, l.remaining
)
INSERT INTO core_event (kind, customer_id, subject_id, occurred_at, recorded_at, data)
SELECT 'points.expiring', customer_id, NULL, %(now)s, %(now)s,
  jsonb_build_object('programme_id', programme_id, 'points', sum(remaining), 'expires_at',
    to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'))
FROM told GROUP BY programme_id, customer_id, expires_at ORDER BY customer_id, expires_at
"""
DUE = "remaining > held AND remaining > 0 AND expires_at <= %(now)s"
EXPIRE = f"""WITH due AS MATERIALIZED (
  SELECT id, programme_id, customer_id, origin_customer_id, order_id, remaining, remaining - held AS points, expires_at
  FROM {LOT} WHERE {DUE} AND customer_id = ANY(%(customers)s::bigint[])
),
changed AS (UPDATE {LOT} l SET remaining = l.held FROM due d WHERE l.id = d.id),
written AS (
  INSERT INTO {ENTRY} ({ENTRY_COLUMNS})
  SELECT programme_id, customer_id, origin_customer_id, id, 'expire:' || id || ':' || remaining, 'expire', -points,
    %(now)s, order_id, NULL, '', '{{}}'
  FROM due
),
announced AS (
  INSERT INTO core_event (kind, customer_id, subject_id, occurred_at, recorded_at, data)
  SELECT 'points.expired', customer_id, NULL, max(expires_at), %(now)s,
    jsonb_build_object('programme_id', programme_id, 'points', -sum(points))
  FROM due GROUP BY programme_id, customer_id
)
SELECT id FROM due
"""


def give_notice(*, now: datetime) -> int:
    """Announce, once, the points that expire within the days of notice of their programme. Returns how many times."""
    return change(NOTICE, {"now": now})


def expire(*, now: datetime) -> int:
    """Write off what has expired and is not set aside. Returns the number of lots; each batch is a transaction."""
    total = 0
    while owners := _next_owners(now):
        with transaction.atomic():
            lock(owners, now=now)
            customers = bulk.numbers({customer for _programme, customer in owners})
            total += change(EXPIRE, {"customers": customers, "now": now})
    return total


def _next_owners(now: datetime) -> list[tuple[int, int]]:
    rows = execute(
        f"SELECT DISTINCT programme_id, customer_id FROM"
        f" (SELECT programme_id, customer_id FROM {LOT} WHERE {DUE} ORDER BY expires_at LIMIT %(limit)s) l",
        {"now": now, "limit": BATCH},
    )
    return [(programme, customer) for programme, customer in rows]
