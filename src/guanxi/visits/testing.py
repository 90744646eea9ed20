"""Websites and visits for tests of every room."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone

from guanxi.visits import folding, identifying, incoming, recording, sites
from guanxi.visits.incoming import ServerEvent
from guanxi.visits.limits import MINUTE
from guanxi.visits.models import Site
from guanxi.visits.types import SiteCard

ORIGIN = "https://shop.example"
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"
NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
_numbers = count(1)


def site(name: str = "Shop", *, origins: Sequence[str] = (ORIGIN,), **values: Any) -> Site:
    """A website whose events are taken."""
    sites.forget()
    MINUTE.__init__()  # type: ignore[misc]  # every test has a minute of its own
    return Site.objects.create(
        name=name, key=sites.new_key(), origins=list(origins), created_at=values.pop("created_at", NOW), **values
    )


def card(row: Site) -> SiteCard:
    return SiteCard(row.pk, row.key, frozenset(row.origins), row.takes_forms, row.events_per_minute)


def event(kind: str = "page", *, ago: float = 0, **said: Any) -> dict[str, Any]:
    """One event as the script sends it, ``ago`` seconds before it is sent."""
    return {"id": f"event-{next(_numbers):08d}", "kind": kind, "at": int((time.time() - ago) * 1000), **said}


def send(client: Client, row: Site, events: Sequence[dict[str, Any]], **more: Any) -> Any:
    """A batch as the script sends it; ``more``: visitor, origin, agent, headers."""
    body = {"visitor": more.get("visitor", "visitor-0001"), "sent": int(time.time() * 1000), "events": list(events)}
    headers = {"Origin": more.get("origin", ORIGIN), "User-Agent": more.get("agent", AGENT), **more.get("headers", {})}
    return client.post(f"/v/{row.key}", json.dumps(body), content_type="text/plain", headers=headers)


def happened(row: Site, kind: str, at: datetime, *, visitor: str = "visitor-0001", **said: Any) -> None:
    """One event recorded as if a shop's server had sent it; its visitor is that of `send`."""
    values = {"id": f"event-{next(_numbers):08d}", "kind": kind, "occurred_at": at, "visitor": visitor, **said}
    one = ServerEvent.model_validate(values)
    now = max(at, timezone.now())
    recording.record(incoming.from_server([one], site=card(row), now=now), site=card(row), now=now)


def work(*, now: datetime | None = None) -> None:
    """What the worker does with what has come in."""
    now = now or timezone.now()
    while folding.fold(now=now) + identifying.identify(now=now):
        pass
