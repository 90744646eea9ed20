"""Taking messages that are due: one claim per message, committed before anything is handed over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

SOURCES = """
WITH RECURSIVE source AS (
  (SELECT source_kind, source_id, purpose FROM messaging_message WHERE state = 'queued'
   ORDER BY source_kind, source_id, not_before, id LIMIT 1)
  UNION ALL
  SELECT next.* FROM source, LATERAL (
    SELECT m.source_kind, m.source_id, m.purpose FROM messaging_message m
    WHERE m.state = 'queued' AND (m.source_kind, m.source_id) > (source.source_kind, source.source_id)
    ORDER BY m.source_kind, m.source_id, m.not_before, m.id LIMIT 1) next
)
SELECT source_kind, source_id FROM source
WHERE NOT EXISTS (SELECT FROM messaging_pausedsource p
                  WHERE p.source_kind = source.source_kind AND p.source_id = source.source_id)
  AND EXISTS (SELECT FROM messaging_message m WHERE m.state = 'queued' AND m.source_kind = source.source_kind
              AND m.source_id = source.source_id AND m.not_before <= %(now)s)
ORDER BY purpose DESC, source_kind, source_id
"""
"""Sources with messages that are due, by hops over the index and not by a look at each message; service before
marketing, so that a large campaign keeps no order notice waiting."""

CLAIM = """
UPDATE messaging_message SET state = 'sending', claimed_by = %(run)s, claimed_at = %(now)s
WHERE id = ANY(ARRAY(
  SELECT id FROM messaging_message
  WHERE state = 'queued' AND source_kind = %(kind)s AND source_id = %(source)s AND not_before <= %(now)s
  ORDER BY not_before, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
RETURNING id, customer_id, channel, purpose, template_version_id, track, attempts
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    message_id: int
    customer_id: int
    channel: str
    purpose: str
    template_version_id: int
    track: bool
    attempts: int


def due_sources(*, now: datetime) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(SOURCES, {"now": now})
        return cursor.fetchall()


def claim(run_id: UUID, *, limit: int, now: datetime) -> list[Claimed]:
    """At most ``limit`` due messages, shared among their sources, now in state ``sending`` under this run."""
    sources = due_sources(now=now)
    claimed: list[Claimed] = []
    with connection.cursor() as cursor:
        for left, (kind, source) in zip(range(len(sources), 0, -1), sources, strict=True):
            share = max(1, (limit - len(claimed)) // left) if limit > len(claimed) else 0
            if share:
                values: dict[str, Any] = {"run": run_id, "now": now, "kind": kind, "source": source, "limit": share}
                cursor.execute(CLAIM, values)
                claimed += [Claimed(*row) for row in cursor.fetchall()]
    return claimed
