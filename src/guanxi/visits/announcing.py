"""What known customers did on the websites, in the event log, each with the time it happened."""

from collections.abc import Sequence
from datetime import datetime

from guanxi.core import bulk, events
from guanxi.visits.models import FoldCursor

TOLD = "e.kind <> 'page'"
"""Single pages would drown everything else on a timeline; the visit itself is told instead."""
WHOSE = "coalesce(v.origin_customer_id, v.customer_id)"
"""Events keep the number of before any merge; see core/merged.py."""
FACTS = """
jsonb_strip_nulls(jsonb_build_object('site_id', e.site_id, 'product', nullif(e.product, ''),
  'title', nullif(e.title, ''), 'category', nullif(e.category, ''), 'term', nullif(e.term, '')))
"""
EVENTS = f"SELECT 'site.' || e.kind, {WHOSE}, v.id, e.occurred_at, %(now)s::timestamptz, {FACTS}"
VISIT = f"""
SELECT 'site.visit', {WHOSE}, v.id, s.started_at, %(now)s::timestamptz,
  jsonb_build_object('site_id', s.site_id, 'source', s.source, 'medium', s.medium, 'campaign', s.campaign)
"""
IN_BATCH = f"""
{EVENTS} FROM visits_batch e JOIN visits_visitor v ON v.key = e.visitor WHERE v.customer_id IS NOT NULL AND {TOLD}
UNION ALL
{VISIT} FROM visits_island s JOIN visits_visitor v ON v.id = s.visitor_id
WHERE v.customer_id IS NOT NULL AND s.session_id IS NULL ORDER BY 4, 1 DESC
"""
PAST = f"""
{EVENTS} FROM visits_visitevent e JOIN visits_visitor v ON v.key = e.visitor
WHERE v.id = ANY(%(visitors)s::bigint[]) AND {TOLD} AND (e.xact, e.id) <= (%(xact)s, %(event)s)
UNION ALL
{VISIT} FROM visits_session s JOIN visits_visitor v ON v.id = s.visitor_id
WHERE v.id = ANY(%(visitors)s::bigint[]) ORDER BY 4, 1 DESC
"""


def announce_batch(*, now: datetime) -> int:
    """Events of the batch that `folding` holds, of visitors who are known. Returns their number."""
    return events.publish_select(IN_BATCH, {"now": now})


def announce_past(visitor_ids: Sequence[int], *, cursor: FoldCursor, now: datetime) -> int:
    """Everything folded so far of visitors who have just become known. Returns the number of events."""
    values = {"now": now, "visitors": bulk.numbers(visitor_ids), "xact": cursor.xact, "event": cursor.event}
    return events.publish_select(PAST, values)
