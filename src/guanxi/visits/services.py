"""What pages and the API do with websites and visits."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guanxi.core import audit
from guanxi.core.models import User
from guanxi.visits import incoming, keeping, recording, sites
from guanxi.visits.incoming import ServerEvent
from guanxi.visits.models import Site


class UnknownSite(LookupError):
    """No website that takes events has this key."""


class BadOrigin(ValueError):
    """A text names no origin; the message is for people."""


def save_site(site: Site, *, changed: Sequence[str], user: User, now: datetime, request: HttpRequest) -> Site:
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
