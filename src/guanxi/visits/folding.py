"""From events to visitors, sessions and interests: the worker's part, in sets, behind a cursor.

Events are read in the order of commit, as core's event log is: only below every transaction that still runs, so that
none is passed over. A batch is folded in one transaction with its cursor, so that each event counts once.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from guanxi.visits import announcing
from guanxi.visits.models import FoldCursor
from guanxi.visits.scoring import HEAT_HALF_LIFE, INTEREST_HALF_LIFE, INTEREST_POINTS, POINTS, points_sql

BATCH = 20_000
PAUSE = "interval '30 minutes'"
"""As usual since the first web statistics: longer without an event, and it is another visit."""
BOT_EVENTS = 40
"""In one minute; more than one every second and a half is no person."""
COUNTS = {
    "pages": "page",
    "products": "product",
    "searches": "search",
    "carts": "cart",
    "orders": "order",
    "forms": "form",
}
"""Column to kind of event."""
COUNTED = ", ".join(f"count(*) FILTER (WHERE kind = '{kind}') AS {column}" for column, kind in COUNTS.items())
COLUMNS = ", ".join(COUNTS)
SUMS = ", ".join(f"sum({column})::int AS {column}" for column in COUNTS)

TAKE = """
CREATE TEMP TABLE visits_batch ON COMMIT DROP AS
SELECT * FROM visits_visitevent WHERE (xact, id) > (%(xact)s, %(event)s)
  AND xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY xact, id LIMIT %(limit)s
"""
VISITORS = """
INSERT INTO visits_visitor (site_id, key, first_seen_at, last_seen_at, source, medium, visits, pages, products,
  searches, carts, orders, forms, heat, bot)
SELECT min(site_id), visitor, min(occurred_at), max(occurred_at),
  (array_agg(source ORDER BY kind <> 'page', occurred_at))[1],
  (array_agg(medium ORDER BY kind <> 'page', occurred_at))[1], 0, 0, 0, 0, 0, 0, 0, 0, false
FROM visits_batch GROUP BY visitor ORDER BY visitor
ON CONFLICT (key) DO UPDATE SET last_seen_at = greatest(visits_visitor.last_seen_at, EXCLUDED.last_seen_at),
  first_seen_at = least(visits_visitor.first_seen_at, EXCLUDED.first_seen_at)
"""
BOTS = f"""
UPDATE visits_visitor v SET bot = true, visits = 0, heat = 0, {", ".join(f"{name} = 0" for name in COUNTS)}
FROM (
  SELECT DISTINCT e.visitor FROM (SELECT DISTINCT visitor, date_trunc('minute', occurred_at) AS minute
    FROM visits_batch) b
  JOIN visits_visitevent e ON e.visitor = b.visitor AND e.occurred_at >= b.minute
    AND e.occurred_at < b.minute + interval '1 minute'
  GROUP BY e.visitor, b.minute HAVING count(*) > {BOT_EVENTS}
) many
WHERE v.key = many.visitor AND v.customer_id IS NULL AND NOT v.bot
RETURNING v.id
"""
DROP_BOTS = (
    "DELETE FROM visits_session WHERE visitor_id = ANY(%(bots)s)",
    "DELETE FROM visits_interest WHERE visitor_id = ANY(%(bots)s)",
    "DELETE FROM visits_visitevent e USING visits_visitor v WHERE v.id = ANY(%(bots)s) AND e.visitor = v.key",
)
DROP_THEIRS = (
    """DELETE FROM visits_visitevent e USING visits_batch b JOIN visits_visitor v ON v.key = b.visitor AND v.bot
       WHERE e.xact = b.xact AND e.id = b.id""",
    "DELETE FROM visits_batch b USING visits_visitor v WHERE v.key = b.visitor AND v.bot",
)
ISLANDS = f"""
CREATE TEMP TABLE visits_island ON COMMIT DROP AS
WITH gaps AS (
  SELECT b.*, v.id AS visitor_id,
    coalesce(b.occurred_at - lag(b.occurred_at) OVER w > {PAUSE}, false)::int AS fresh
  FROM visits_batch b JOIN visits_visitor v ON v.key = b.visitor
  WINDOW w AS (PARTITION BY b.visitor ORDER BY b.occurred_at, b.xact, b.id)
), numbered AS (
  SELECT *, sum(fresh) OVER (PARTITION BY visitor_id ORDER BY occurred_at, xact, id) AS island FROM gaps
), islands AS (
  SELECT visitor_id, min(site_id) AS site_id, min(occurred_at) AS started_at, max(occurred_at) AS ended_at,
    (array_agg(source ORDER BY kind <> 'page', occurred_at))[1] AS source,
    (array_agg(medium ORDER BY kind <> 'page', occurred_at))[1] AS medium,
    (array_agg(campaign ORDER BY kind <> 'page', occurred_at))[1] AS campaign,
    (array_agg(path ORDER BY kind <> 'page', occurred_at))[1] AS landing,
    max(device) AS device, max(browser) AS browser, {COUNTED}
  FROM numbered GROUP BY visitor_id, island
)
SELECT i.*, s.id AS session_id FROM islands i
LEFT JOIN LATERAL (
  SELECT id FROM visits_session s WHERE s.visitor_id = i.visitor_id
    AND s.started_at <= i.ended_at + {PAUSE} AND s.ended_at >= i.started_at - {PAUSE}
  ORDER BY s.started_at DESC LIMIT 1
) s ON true
"""
LENGTHEN = f"""
UPDATE visits_session s SET started_at = least(s.started_at, i.started_at),
  ended_at = greatest(s.ended_at, i.ended_at), {", ".join(f"{name} = s.{name} + i.{name}" for name in COUNTS)}
FROM (SELECT session_id, min(started_at) AS started_at, max(ended_at) AS ended_at, {SUMS}
  FROM visits_island WHERE session_id IS NOT NULL GROUP BY session_id) i
WHERE s.id = i.session_id
"""
SESSION = "site_id, visitor_id, started_at, ended_at, source, medium, campaign, landing, device, browser"
BEGIN = f"""
INSERT INTO visits_session ({SESSION}, {COLUMNS})
SELECT {SESSION}, {COLUMNS} FROM visits_island WHERE session_id IS NULL
"""
TOTALS = f"""
UPDATE visits_visitor v SET visits = v.visits + i.visits, heat = v.heat + b.heat,
  {", ".join(f"{name} = v.{name} + i.{name}" for name in COUNTS)}
FROM (SELECT visitor_id, count(*) FILTER (WHERE session_id IS NULL) AS visits, {SUMS}
  FROM visits_island GROUP BY visitor_id) i,
  (SELECT visitor, sum({points_sql(POINTS, HEAT_HALF_LIFE)}) AS heat FROM visits_batch GROUP BY visitor) b
WHERE v.id = i.visitor_id AND b.visitor = v.key
"""
WORTH = points_sql(INTEREST_POINTS, INTEREST_HALF_LIFE)
INTERESTS = f"""
INSERT INTO visits_interest (visitor_id, kind, key, label, heat, views, carts, seen_at)
SELECT v.id, w.what, w.key, (array_agg(w.label ORDER BY b.occurred_at DESC, b.xact DESC, b.id DESC))[1],
  sum({WORTH}), count(*) FILTER (WHERE b.kind = 'product'), count(*) FILTER (WHERE b.kind = 'cart'), max(b.occurred_at)
FROM visits_batch b JOIN visits_visitor v ON v.key = b.visitor
CROSS JOIN LATERAL (VALUES
  ('product', coalesce(nullif(b.product, ''), b.title)::varchar(100), coalesce(nullif(b.title, ''), b.product),
    b.kind IN ('product', 'cart')),
  ('category', b.category, b.category, b.kind IN ('product', 'cart')),
  ('search', b.term, b.term, b.kind = 'search')) AS w (what, key, label, counts)
WHERE w.counts AND w.key <> ''
GROUP BY v.id, w.what, w.key ORDER BY v.id, w.what, w.key
ON CONFLICT (visitor_id, kind, key) DO UPDATE SET heat = visits_interest.heat + EXCLUDED.heat,
  views = visits_interest.views + EXCLUDED.views, carts = visits_interest.carts + EXCLUDED.carts,
  label = CASE WHEN EXCLUDED.seen_at >= visits_interest.seen_at THEN EXCLUDED.label ELSE visits_interest.label END,
  seen_at = greatest(visits_interest.seen_at, EXCLUDED.seen_at)
"""
SITES = """
UPDATE visits_site s SET events = s.events + b.events, last_event_at = greatest(s.last_event_at, b.last_at)
FROM (SELECT site_id, count(*) AS events, max(received_at) AS last_at FROM visits_batch GROUP BY site_id) b
WHERE s.id = b.site_id
"""


def fold(*, now: datetime, limit: int = BATCH) -> int:
    """Fold the next events. Returns how many were read; 0 when there are none, or another worker is at it."""
    FoldCursor.objects.get_or_create(pk=1)
    with transaction.atomic(), connection.cursor() as cursor:
        place = FoldCursor.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        if place is None:
            return 0
        cursor.execute(TAKE, {"xact": place.xact, "event": place.event, "limit": limit})
        cursor.execute("SELECT xact, id, count(*) OVER () FROM visits_batch ORDER BY xact DESC, id DESC LIMIT 1")
        last = cursor.fetchone()
        if last is None:
            return 0
        cursor.execute("ANALYZE visits_batch")
        _fold_batch(cursor, now=now)
        place.xact, place.event = last[0], last[1]
        place.save()
        return int(last[2])


def _fold_batch(cursor: Any, *, now: datetime) -> None:
    cursor.execute(VISITORS)
    cursor.execute(BOTS)
    if bots := [row[0] for row in cursor.fetchall()]:
        for statement in DROP_BOTS:
            cursor.execute(statement, {"bots": bots})
    for statement in (*DROP_THEIRS, ISLANDS, LENGTHEN, BEGIN, TOTALS, INTERESTS, SITES):
        cursor.execute(statement)
    announcing.announce_batch(now=now)
    cursor.execute("DROP TABLE visits_batch, visits_island")
