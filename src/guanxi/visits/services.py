"""What pages and the API do with websites and visits."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guanxi.core import audit
from guanxi.core.models import User
from guanxi.visits import folding, identifying, incoming, keeping, recording, sites
from guanxi.visits.incoming import ServerEvent
from guanxi.visits.models import Site

__all__ = [
    "BadOrigin",
    "ServerEvent",
    "UnknownSite",
    "allow_origin",
    "catch_up",
    "keep_for",
    "make_site",
    "record_from_server",
    "save_site",
]


class UnknownSite(LookupError):
    """No website that takes events has this key."""


class BadOrigin(ValueError):
    """A text names no origin; the message is for people."""


def make_site(name: str, *, origins: Sequence[str], now: datetime) -> str:
    """A new website whose events are taken; gives its key. Raises BadOrigin."""
    found = [sites.origin_of(text) for text in origins]
    if not all(found):
        raise BadOrigin(_("“%(text)s” is no address of a website.") % {"text": origins[found.index("")][:80]})
    return save_site(Site(name=name, origins=found), changed=["name", "origins"], user=None, now=now).key


def save_site(
    site: Site, *, changed: Sequence[str], user: User | None, now: datetime, request: HttpRequest | None = None
) -> Site:
    """Keep a new or changed website, with an audit entry."""
    is_new = site.pk is None
    with transaction.atomic():
        if is_new:
            site.key, site.created_at = sites.new_key(), now
        site.save()
        action = "website.created" if is_new else "website.changed"
        detail: dict[str, object] = {"fields": sorted(changed)}
        audit.record(action, actor=user, subject=("website", site.pk), detail=detail, request=request, now=now)
    sites.forget()
    return site


def allow_origin(site: Site, text: str, *, user: User, now: datetime, request: HttpRequest) -> str:
    """Add an origin to a website. Returns it as it is kept. Raises BadOrigin."""
    origin = sites.origin_of(text)
    if not origin:
        raise BadOrigin(_("“%(text)s” is no address of a website.") % {"text": text[:80]})
    with transaction.atomic():
        row = Site.objects.select_for_update().get(pk=site.pk)
        row.origins = list(dict.fromkeys([*row.origins, origin]))
        row.refused_origin, row.refused_at = "", None
        row.save(update_fields=["origins", "refused_origin", "refused_at"])
        detail: dict[str, object] = {"origin": origin}
        audit.record(
            "website.changed", actor=user, subject=("website", row.pk), detail=detail, request=request, now=now
        )
    sites.forget()
    return origin


def keep_for(days: int, *, user: User, now: datetime, request: HttpRequest) -> None:
    """Keep anonymous visits this many days from now on; older ones go within the hour."""
    with transaction.atomic():
        keeping.set_keep_days(days)
        audit.record("website.keeping_changed", actor=user, detail={"days": days}, request=request, now=now)


def record_from_server(key: str, events: Sequence[ServerEvent], *, now: datetime) -> int:
    """Record what a shop's server says. Returns the number of events taken, known ones included. Raises UnknownSite."""
    site = sites.by_key(key)
    if site is None:
        raise UnknownSite(key)
    recording.record(incoming.from_server(events, site=site, now=now), site=site, now=now)
    return len(events)


def catch_up(*, now: datetime) -> None:
    """Fold all that has come in and match who said who they are; else the worker does so."""
    while folding.fold(now=now) + identifying.identify(now=now):
        pass
