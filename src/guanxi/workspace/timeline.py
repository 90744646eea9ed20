"""A customer's timeline as people read it: events in words, with links to what they are about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from string import Formatter
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from guanxi.core import event_types, events, staff
from guanxi.core.events import StoredEvent

SUBJECT_PAGES = {"order": "commerce:order", "coupon": "coupons:coupon"}
"""First part of an event's kind to the page of its subject."""
OWNERS = ("from_owner", "to_owner")


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    title: Promise | str
    icon: str
    amount: int | None
    currency: str
    href: str
    told: str
    """What the event says of itself beside its title."""
    facts: tuple[tuple[str, str], ...]
    """Further facts of an event of the merchant's own."""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    moments: list[Moment]
    before: str
    """Where the next page begins; empty on the last."""


def page(*, customer_id: int, limit: int, before: str = "") -> TimelinePage:
    rows = events.timeline(customer_id=customer_id, before=_read(before), limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = f"{last.occurred_at.timestamp():.6f}-{last.id}" if last else ""
    shown = rows[:limit]
    people = staff.names({row.data.get(end) for row in shown for end in OWNERS})
    return TimelinePage([_moment(row, people) for row in shown], following)


def _read(before: str) -> tuple[datetime, int] | None:
    """What `page` gave as ``before``; None for anything else."""
    moment, _dash, number = before.partition("-")
    try:
        return datetime.fromtimestamp(float(moment), UTC), int(number)
    except (ValueError, OverflowError, OSError):
        return None


def _moment(event: StoredEvent, people: Mapping[int, str]) -> Moment:
    kind = event_types.KINDS.get(event.kind)
    priced = kind is not None and "amount" in {field.name for field in fields(kind)}
    custom = event.kind.startswith("custom.")
    return Moment(
        at=event.occurred_at,
        title=(kind.label if kind else "") or _plain(event.kind),
        icon=kind.icon if kind else "point",
        amount=event.data.get("amount") if priced else None,
        currency=str(event.data.get("currency", "")),
        href=_page_of(event),
        told=_handed(event.data, people) or (_told(kind.told, event.data) if kind else ""),
        facts=tuple((name, str(value)) for name, value in event.data.items()) if custom else (),
    )


def _handed(data: Mapping[str, Any], people: Mapping[int, str]) -> str:
    """Events name staff by number."""
    if not set(OWNERS) <= data.keys():
        return ""
    return " → ".join(people.get(data[end], "–") for end in OWNERS)


def _told(forms: Sequence[str], data: Mapping[str, Any]) -> str:
    """An event of an older version may lack what its kind tells of now."""
    said = defaultdict(lambda: "–", {name: value for name, value in data.items() if value})
    names = {form: [name for _text, name, _format, _conversion in Formatter().parse(form) if name] for form in forms}
    return " · ".join(form.format_map(said) for form in forms if any(data.get(name) for name in names[form]))


def _plain(kind: str) -> str:
    """``custom.showroom_visit`` as "Showroom visit"."""
    return kind.rpartition(".")[2].replace("_", " ").capitalize()


def _page_of(event: StoredEvent) -> str:
    name = SUBJECT_PAGES.get(event.kind.partition(".")[0])
    if not name or event.subject_id is None:
        return ""
    try:
        return reverse(name, args=[event.subject_id])
    except NoReverseMatch:
        return ""
