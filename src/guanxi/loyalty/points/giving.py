"""Single lots of no order: for a review, or as cash back of a coupon. Valid after the return window, as others are."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from guanxi.core import bulk, preferences
from guanxi.loyalty.models import PointsProgramme
from guanxi.loyalty.points.allocation import ENTRY, ENTRY_COLUMNS, LOT, Want, change, execute, lock, settle
from guanxi.loyalty.points.earning import EARNED, EXPIRES, LOT_COLUMNS
from guanxi.loyalty.points.reversing import REVERSED, cover
from guanxi.loyalty.points.types import EntryKind, Expiry, LotKind, Points

GIVE = f"""WITH
lots AS (
  INSERT INTO {LOT} ({LOT_COLUMNS})
  SELECT %(programme)s, %(customer)s, %(customer)s, %(kind)s, NULL, %(points)s, %(points)s, 0, 0, 1, 0, %(now)s,
    %(valid)s, {{expires}}
  WHERE NOT EXISTS (SELECT FROM {ENTRY} WHERE key = %(key)s)
  RETURNING id, customer_id, points
),
entries AS (
  INSERT INTO {ENTRY} ({ENTRY_COLUMNS})
  SELECT %(programme)s, customer_id, customer_id, id, %(key)s, 'earn', points, %(now)s, NULL, NULL, '', %(detail)s
  FROM lots
)
INSERT INTO core_event (kind, customer_id, subject_id, occurred_at, recorded_at, data)
SELECT '{EARNED}', customer_id, id, %(now)s, %(now)s,
  jsonb_build_object('programme_id', %(programme)s::bigint, 'points', points)
FROM lots
"""
TAKE = f"""WITH
due AS MATERIALIZED (
  SELECT l.*, e.key AS earned_as, least(l.points, l.remaining - l.held) AS own
  FROM {ENTRY} e JOIN {LOT} l ON l.id = e.lot_id
  WHERE e.key = ANY(%(keys)s::text[]) AND l.reversed = 0
),
changed AS (
  UPDATE {LOT} l SET reversed = d.points, remaining = l.remaining - d.own FROM due d WHERE l.id = d.id
),
written AS (
  INSERT INTO {ENTRY} ({ENTRY_COLUMNS})
  SELECT programme_id, customer_id, origin_customer_id, id, 'reverse:' || id, 'reverse', -own, %(now)s, NULL, NULL, '',
    '{{}}'
  FROM due WHERE own > 0
),
announced AS (
  INSERT INTO core_event (kind, customer_id, subject_id, occurred_at, recorded_at, data)
  SELECT '{REVERSED}', customer_id, id, %(now)s, %(now)s,
    jsonb_build_object('programme_id', programme_id, 'points', -points)
  FROM due
)
SELECT programme_id, customer_id, origin_customer_id, points - own, 'reverse:' || id FROM due
WHERE points > own ORDER BY id
"""


def give(
    programme: PointsProgramme,
    *,
    customer_id: int,
    points: Points,
    kind: LotKind,
    key: str,
    detail: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Give points once for each ``key``; whether it was the first time. Under `hold_still`."""
    given = change(
        GIVE.format(expires=EXPIRES[Expiry(programme.expiry)].format(at="%(valid)s::timestamptz")),
        {
            "programme": programme.pk,
            "customer": customer_id,
            "points": points,
            "kind": kind.value,
            "key": key,
            "detail": json.dumps(dict(detail)),
            "now": now,
            "valid": now + timedelta(days=programme.return_days),
            "zone": str(preferences.time_zone()),
            "months": programme.expiry_months,
        },
    )
    if given:
        settle([customer_id], now=now)
    return bool(given)


def take_back(keys: Collection[str], *, now: datetime) -> None:
    """Take back what was given for these keys: from what is left of it, then as a refund does. Again it takes nothing.

    Under `hold_still`.
    """
    owners = execute(
        f"SELECT l.programme_id, l.customer_id FROM {ENTRY} e JOIN {LOT} l ON l.id = e.lot_id"
        " WHERE e.key = ANY(%(keys)s::text[]) AND l.reversed = 0",
        {"keys": bulk.texts(keys)},
    )
    if not owners:
        return
    lock([(programme_id, customer_id) for programme_id, customer_id in owners], now=now)
    wants = [
        Want(programme_id=programme, customer_id=customer, origin_customer_id=origin, points=points, key=key)
        for programme, customer, origin, points, key in execute(TAKE, {"keys": bulk.texts(keys), "now": now})
    ]
    cover(wants, kind=EntryKind.REVERSE, now=now)
