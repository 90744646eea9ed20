"""Writing events so that they survive whatever happens after the answer.

One statement in a transaction of its own: it is committed, and on disk, when the call returns. COPY would load a large
batch faster, but it cannot pass over an event that is in already, and a page sends five or ten.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import connection

from guanxi.core import bulk
from guanxi.core.crypto import keyring
from guanxi.visits.models import Identification
from guanxi.visits.types import Contact, SiteCard, Visit

Row = dict[str, Any]
COLUMNS = {
    "site_id": "bigint",
    "received_at": "timestamptz",
    "event_id": "uuid",
    "visitor": "uuid",
    "kind": "text",
    "occurred_at": "timestamptz",
    "path": "text",
    "product": "text",
    "title": "text",
    "category": "text",
    "term": "text",
    "source": "text",
    "medium": "text",
    "campaign": "text",
    "device": "text",
    "browser": "text",
}
TEXTS = ("path", "product", "title", "category", "term", "source", "campaign")
_texts = attrgetter(*TEXTS)
NAMES = ", ".join(COLUMNS)
DURABLE = "set_config('synchronous_commit', 'on', true)"
"""Also where the server's administrator chose otherwise for everything else."""
EVENTS = f"""
INSERT INTO visits_visitevent ({NAMES})
SELECT {NAMES} FROM (SELECT {DURABLE}) d,
  json_to_recordset(%(rows)s::json) AS r ({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
ON CONFLICT (event_id, site_id) DO NOTHING
"""
WITH_CONTACTS = f"""
WITH taken AS ({EVENTS} RETURNING event_id, site_id, visitor, occurred_at)
INSERT INTO visits_identification (site_id, visitor, contact, hashed, at)
SELECT t.site_id, t.visitor, decode(c.contact, 'hex'), c.hashed, t.occurred_at
FROM taken t JOIN json_to_recordset(%(contacts)s::json) AS c (event_id uuid, site_id bigint, contact text,
  hashed boolean) USING (event_id, site_id)
"""
SEAL_NAME = Identification._meta.get_field("contact").seal_name


def record(visits: Sequence[Visit], *, site: SiteCard, now: datetime) -> None:
    """Commit these events, those that are in already left out. On return they are on disk."""
    insert(rows(visits, site=site, now=now))


def rows(visits: Sequence[Visit], *, site: SiteCard, now: datetime) -> list[Row]:
    """Events as `insert` takes them, who they are of sealed."""
    received_at = now.isoformat()
    return [_row(visit, site.id, received_at) for visit in visits]


def insert(rows: Sequence[Row]) -> None:
    """One statement, one commit."""
    if not rows:
        return
    known = [row for row in rows if "contact" in row]
    values = {"rows": json.dumps(rows, ensure_ascii=False), "contacts": json.dumps(known)}
    with connection.cursor() as cursor:
        cursor.execute(WITH_CONTACTS if known else EVENTS, values)


def _row(visit: Visit, site_id: int, received_at: str) -> Row:
    row: Row = {
        "site_id": site_id,
        "received_at": received_at,
        "event_id": visit.event_id.hex,
        "visitor": visit.visitor.hex,
        "kind": visit.kind.value,
        "occurred_at": visit.occurred_at.isoformat(),
        "medium": visit.medium,
        "device": visit.device,
        "browser": visit.browser,
        **dict(zip(TEXTS, map(bulk.storable, _texts(visit)), strict=True)),
    }
    if visit.contact:
        row["contact"] = _sealed(visit.contact).hex()
        row["hashed"] = not (visit.contact.email or visit.contact.phone)
    return row


def _sealed(contact: Contact) -> bytes:
    said = {"email": contact.email, "phone": contact.phone, "name": contact.name, "hashes": list(contact.hashes)}
    return keyring().seal(json.dumps(said), SEAL_NAME)
