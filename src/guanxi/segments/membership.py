"""Writing a segment's members as a difference, in sets: who came, who left, who stays untouched."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from guanxi.core import events
from guanxi.segments import tag_rules
from guanxi.segments.events import SegmentEntered, SegmentLeft
from guanxi.segments.models import Segment, SegmentCount
from guanxi.segments.types import Refreshed

ENTERING = """
CREATE TEMP TABLE segment_entering AS
SELECT DISTINCT w.customer_id FROM segment_wanted w
WHERE NOT EXISTS (
  SELECT FROM segments_membership m WHERE m.segment_id = %(segment)s AND m.left_at IS NULL
  AND m.customer_id = w.customer_id)
"""
LEAVING = """
CREATE TEMP TABLE segment_leaving AS
SELECT DISTINCT m.customer_id FROM segments_membership m
WHERE m.segment_id = %(segment)s AND m.left_at IS NULL
AND NOT EXISTS (SELECT FROM segment_wanted w WHERE w.customer_id = m.customer_id)
"""
LEAVE = """
UPDATE segments_membership m SET left_at = %(now)s FROM segment_leaving l
WHERE m.segment_id = %(segment)s AND m.left_at IS NULL AND m.customer_id = l.customer_id
"""
ENTER = """
INSERT INTO segments_membership (segment_id, customer_id, entered_at)
SELECT %(segment)s, customer_id, %(now)s FROM segment_entering
"""
ANNOUNCE = "SELECT %(kind)s, customer_id, %(segment)s, %(now)s, %(now)s, %(data)s FROM {source}"


def write(segment: Segment, customer_ids: Iterable[int], *, now: datetime, version: str = "") -> Refreshed:
    """Make these the members of a segment whose row the caller has locked, and announce the difference."""
    first = segment.count is None
    with transaction.atomic():
        entered, left = _difference(segment.pk, customer_ids, now, first=first)
        tag_rules.apply(segment.pk, now=now)
        segment.count = (segment.count or 0) + entered - left
        segment.counted_at, segment.warehouse_version = now, version
        segment.save(update_fields=["count", "counted_at", "warehouse_version"])
        SegmentCount.objects.create(segment=segment, at=now, count=segment.count, entered=entered, left=left)
    return Refreshed(segment_id=segment.pk, count=segment.count, entered=entered, left=left)


def _difference(segment_id: int, customer_ids: Iterable[int], now: datetime, *, first: bool) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE segment_wanted (customer_id bigint NOT NULL) ON COMMIT DROP")
        with cursor.copy("COPY segment_wanted FROM STDIN") as copy:
            copy.write("".join(f"{number}\n" for number in customer_ids))
        cursor.execute("ANALYZE segment_wanted")
        values: dict[str, Any] = {"segment": segment_id, "now": now}
        cursor.execute(ENTERING, values)
        cursor.execute(LEAVING, values)
        left = cursor.rowcount
        cursor.execute(LEAVE, values)
        cursor.execute(ENTER, values)
        entered = cursor.rowcount
        came = {**values, "kind": SegmentEntered.kind, "data": Jsonb({"first_refresh": first})}
        went = {**values, "kind": SegmentLeft.kind, "data": Jsonb({})}
        events.publish_select(ANNOUNCE.format(source="segment_entering"), came)
        events.publish_select(ANNOUNCE.format(source="segment_leaving"), went)
        cursor.execute("DROP TABLE segment_wanted, segment_entering, segment_leaving")
    return entered, left
