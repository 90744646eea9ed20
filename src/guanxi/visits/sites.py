"""Websites by their key, remembered for a few seconds, because the collector asks for each batch."""

import re
import secrets
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from guanxi.visits.models import Site
from guanxi.visits.types import SiteCard

REMEMBERED = 5.0
"""Seconds until a change on the Settings page is known to every process."""
REFUSAL_NOTED_EVERY = timedelta(seconds=10)
KEY = re.compile(r"[a-z0-9]{16,24}")
_known: dict[str, tuple[float, SiteCard | None]] = {}


def new_key() -> str:
    return secrets.token_hex(8)


def by_key(key: str) -> SiteCard | None:
    """The website of a key, when its events are taken."""
    now = time.monotonic()
    found = _known.get(key)
    if found is None or found[0] < now:
        if not KEY.fullmatch(key):
            return None
        if len(_known) > 1000:  # keys that somebody made up
            _known.clear()
        found = _known[key] = now + REMEMBERED, _load(key)
    return found[1]


def _load(key: str) -> SiteCard | None:
    row = Site.objects.filter(key=key, active=True).first()
    if row is None:
        return None
    return SiteCard(row.pk, row.key, frozenset(row.origins), row.takes_forms, row.events_per_minute)


def forget() -> None:
    """Read websites anew, after a change in this process."""
    _known.clear()


def origin_of(text: str) -> str:
    """``Shop.example/path`` as a browser says its origin: ``https://shop.example``. Empty when it is none."""
    text = text.strip().lower()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or not re.fullmatch(r"[\w.-]+", parts.hostname):
        return ""
    default = {"http": 80, "https": 443}[parts.scheme]
    named = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    return f"{parts.scheme}://{named}{f':{port}' if port and port != default else ''}"[:200]


def origins_of(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(origin for text in texts if (origin := origin_of(text))))


def note_refusal(site: SiteCard, origin: str, *, now: datetime) -> None:
    """Keep the last origin that was not among a website's, so that its page can say what is missing."""
    named = origin_of(origin) if origin not in ("", "null") else ""
    if named:
        stale = Site.objects.filter(pk=site.id).exclude(refused_at__gt=now - REFUSAL_NOTED_EVERY)
        stale.update(refused_origin=named, refused_at=now)
