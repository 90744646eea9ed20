"""Writing down with what customers were seen: new identifiers, known ones again, browsers and devices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from guanxi.core import bulk
from guanxi.core.crypto import keyring
from guanxi.customers import sharing
from guanxi.customers.candidates import Candidate, Key
from guanxi.customers.identifier_kinds import CONTACTS, PASSING
from guanxi.customers.models import Identifier
from guanxi.customers.types import Resolution

DAY = 24 * 60 * 60
COLUMNS = (
    "customer_id, origin_customer_id, kind, shop_id, within, digest, search_hash, value, names_seen, accounts_seen,"
    " source, first_seen_at, last_seen_at, valid_until, verified_at"
)
VALUE_SEAL = Identifier._meta.get_field("value").seal_name


class Seen(NamedTuple):
    """What the database says of one identifier."""

    last: int
    """Seconds since 1970."""
    verified: bool


@dataclass(slots=True)
class Span:
    """One identifier in a batch."""

    key: Key
    first: datetime
    last: datetime
    verified: bool


def spans(candidates: Iterable[Candidate]) -> dict[str, Span]:
    """By digest, from when to when these candidates come with it."""
    found: dict[str, Span] = {}
    for one in candidates:
        at = one.seen_at
        for key in one.keys:
            span = found.get(key.digest)
            if span is None:
                found[key.digest] = Span(key, at, at, key.verified)
                continue
            if at < span.first:
                span.first = at
            elif at > span.last:
                span.last = at
            span.verified = span.verified or key.verified
    return found


def first(owned: Iterable[tuple[str, Span]], company: Mapping[str, sharing.Company], *, source: str) -> None:
    """Write new identifiers; each comes with the customer and the origin it is of, as fields of COPY."""
    said = bulk.text(source, 60)
    lines = (f"{owner}\t{_identifier(span.key, company)}\t{said}\t{_times(span)}" for owner, span in owned)
    bulk.copy_lines("customers_identifier", COLUMNS, lines)


def again(spans: Mapping[str, Span], known: Mapping[str, Seen]) -> None:
    """Move on when known identifiers were last seen, where it is a day or more, and note those that are verified."""
    news = {
        digest: span
        for digest, span in spans.items()
        if (before := known.get(digest))
        and (span.last.timestamp() - before.last >= DAY or (span.verified and not before.verified))
    }
    if not news:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_identifier i SET last_seen_at = greatest(i.last_seen_at, s.last),"
            " verified_at = coalesce(i.verified_at, CASE WHEN s.verified THEN s.last END)"
            " FROM unnest(%s::uuid[], %s::timestamptz[], %s::boolean[]) s (digest, last, verified)"
            " WHERE i.digest = s.digest",
            [
                bulk.array(news),
                bulk.array(bulk.moment(span.last) for span in news.values()),
                bulk.array("t" if span.verified else "f" for span in news.values()),
            ],
        )


def hints(
    candidates: Sequence[Candidate], resolutions: Sequence[Resolution], now: Mapping[int, int], *, source: str
) -> None:
    """Note browsers and devices. ``now`` says who a customer is that was merged into another."""
    rows: dict[tuple[str, int], tuple[str, str, int, int | None, str, str, datetime, datetime]] = {}
    for one, resolution in zip(candidates, resolutions, strict=True):
        owner = resolution.customer_id
        if not one.hints or not owner:
            continue
        into = now.get(owner)
        for key in one.hints:
            before = rows.get((key.digest, owner))
            start, end = (min(before[6], one.seen_at), max(before[7], one.seen_at)) if before else (one.seen_at,) * 2
            about = (key.kind.value, key.within, into or owner, owner if into else None, source[:60], key.digest)
            rows[key.digest, owner] = (*about, start, end)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_hint AS h (kind, within, customer_id, origin_customer_id, source, digest,"
            " first_seen_at, last_seen_at)"
            " SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::uuid[],"
            " %s::timestamptz[], %s::timestamptz[])"
            " ON CONFLICT (digest, coalesce(origin_customer_id, customer_id)) DO UPDATE"
            " SET first_seen_at = least(h.first_seen_at, excluded.first_seen_at),"
            " last_seen_at = greatest(h.last_seen_at, excluded.last_seen_at)",
            [list(column) for column in zip(*rows.values(), strict=True)],
        )


def _identifier(key: Key, company: Mapping[str, sharing.Company]) -> str:
    names, accounts = "{}", "{}"
    if key.kind in CONTACTS:
        seen = company[key.digest]
        names = bulk.numbers(sharing.capped(seen.names))
        accounts = bulk.numbers(sharing.capped(seen.accounts))
    sealed = bulk.binary(keyring().seal(key.value, VALUE_SEAL))
    place = f"{key.kind.value}\t{key.shop_id}\t{bulk.text(key.within)}\t{key.digest}"
    return f"{place}\t{sharing.search_field(key)}\t{sealed}\t{names}\t{accounts}"


def _times(span: Span) -> str:
    first, last = bulk.moment(span.first), bulk.moment(span.last)
    lasts = PASSING.get(span.key.kind)
    until = bulk.moment(span.first + lasts if lasts else None)
    return f"{first}\t{last}\t{until}\t{first if span.verified else bulk.NULL}"
