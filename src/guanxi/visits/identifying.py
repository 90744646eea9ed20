"""Visitors who say who they are: matched to customers, their past joined, and what they said forgotten.

A browser belongs to the first person who says so in it. When another person does, what was before stays with the
first: their part gets a key of its own, and the browser begins anew with the second.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import connection, transaction

from guanxi.customers import queries as customers
from guanxi.customers import services
from guanxi.customers.types import Channel, IdentifierKind, IncomingIdentifier, IncomingProfile
from guanxi.visits import announcing
from guanxi.visits.models import FoldCursor, Identification, Visitor
from guanxi.visits.types import Contact

BATCH = 500
SOURCE = "website"
COUNTRY = "CN"
"""Of phones without a country code, as everywhere else where nothing says otherwise."""
CHUNK = 5000
WAITS = timedelta(days=1)
"""How long an identification waits for its events; longer, and they were a bot's."""
HASHES_WAIT = timedelta(days=30)
"""How long hashes wait for a customer whom they fit."""


class Owner(NamedTuple):
    """Whose a browser is: the customer of today, and of several merged the one who said so."""

    customer_id: int
    origin_id: int | None = None


def identify(*, now: datetime, limit: int = BATCH) -> int:
    """Match the identifications whose events have been folded. Returns how many; all of it in one transaction."""
    with transaction.atomic():
        place = FoldCursor.objects.select_for_update().filter(pk=1).first()
        waiting = _waiting(hashed=False, limit=limit)
        if place is None or not waiting:
            return 0
        contacts = [_contact(row) for row in waiting]
        result = services.resolve(
            [_profile(one, row) for one, row in zip(contacts, waiting, strict=True)],
            shop_id=0,
            source=SOURCE,
            country=COUNTRY,
            now=now,
        )
        found = zip(waiting, result.resolutions, strict=True)
        _join([(row, Owner(one.customer_id, one.origin_id)) for row, one in found if one.customer_id], place, now=now)
        Identification.objects.filter(pk__in=[row.pk for row in waiting]).delete()
        return len(waiting)


def identify_hashed(*, now: datetime) -> int:
    """Match identifications that hold only hashes, by hashing every customer's addresses. Returns how many matched."""
    wanted: dict[str, list[Identification]] = {}
    for row in Identification.objects.filter(hashed=True).order_by("pk")[:50_000]:
        for digest in _contact(row).hashes:
            wanted.setdefault(digest, []).append(row)
    if not wanted:
        return 0
    matched: dict[int, tuple[Identification, int]] = {}
    for digest, customer_id in _everybody(wanted):
        for row in wanted[digest]:
            matched.setdefault(row.pk, (row, customer_id))
    with transaction.atomic():
        place = FoldCursor.objects.select_for_update().filter(pk=1).first()
        there = {row.pk for row in _waiting(hashed=True, limit=len(matched), only=list(matched))}
        if place is None or not there:
            return 0
        _join([(row, Owner(one)) for number, (row, one) in matched.items() if number in there], place, now=now)
        Identification.objects.filter(pk__in=there).delete()
    return len(there)


def forget_waiting(*, now: datetime) -> int:
    """Delete identifications that will match nobody. Returns how many."""
    old = Identification.objects.filter(hashed=False, at__lt=now - WAITS)
    hashed = Identification.objects.filter(hashed=True, at__lt=now - HASHES_WAIT)
    return old.delete()[0] + hashed.delete()[0]


def _waiting(*, hashed: bool, limit: int, only: Sequence[int] | None = None) -> list[Identification]:
    """Those whose visitors have been folded, in the order they came."""
    rows = Identification.objects.select_for_update().filter(hashed=hashed)
    rows = rows.extra(where=["EXISTS (SELECT FROM visits_visitor v WHERE v.key = visitor AND NOT v.bot)"])
    return list((rows if only is None else rows.filter(pk__in=only)).order_by("pk")[:limit])


def _contact(row: Identification) -> Contact:
    said = json.loads(row.contact)
    return Contact(said["email"], said["phone"], said["name"], tuple(said["hashes"]))


def _profile(contact: Contact, row: Identification) -> IncomingProfile:
    given = {IdentifierKind.EMAIL: contact.email, IdentifierKind.PHONE: contact.phone}
    said = [IncomingIdentifier(kind, value) for kind, value in given.items() if value]
    browser = IncomingIdentifier(IdentifierKind.COOKIE, row.visitor.hex)
    return IncomingProfile(identifiers=(*said, browser), name=contact.name, seen_at=row.at)


def _everybody(wanted: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    """The hashes among ``wanted`` that are some customer's, a few thousand customers at a time."""
    before = None
    while ids := customers.newest_ids(limit=CHUNK, before_id=before):
        for channel in (Channel.EMAIL, Channel.SMS):
            for customer_id, address in customers.addresses(ids, channel=channel).items():
                digest = sha256(address.encode()).hexdigest()
                if digest in wanted:
                    yield digest, customer_id
        before = ids[-1]


def _join(pairs: Sequence[tuple[Identification, Owner]], place: FoldCursor, *, now: datetime) -> None:
    """Give visitors to customers, in the order in which they said so."""
    rows = Visitor.objects.select_for_update().filter(key__in=[row.visitor for row, _owner in pairs])
    visitors = {one.key: one for one in rows}
    first: dict[UUID, Owner] = {}
    later: list[tuple[Identification, Owner]] = []
    for row, owner in pairs:
        holder = first[row.visitor].customer_id if row.visitor in first else visitors[row.visitor].customer_id
        if holder is None:
            first[row.visitor] = owner
        elif holder != owner.customer_id:
            later.append((row, owner))
    if first:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE visits_visitor v SET customer_id = f.customer_id, origin_customer_id = f.origin_id,"
                " known_since = %s FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[])"
                " AS f (key, customer_id, origin_id) WHERE v.key = f.key",
                [
                    now,
                    list(first),
                    [one.customer_id for one in first.values()],
                    [one.origin_id for one in first.values()],
                ],
            )
        announcing.announce_past([visitors[key].pk for key in first], cursor=place, now=now)
    for row, owner in later:
        _change_hands(row, owner, now=now)


def _change_hands(row: Identification, owner: Owner, *, now: datetime) -> None:
    """Someone else sits before this browser now; seldom enough to be done one by one."""
    visitor = Visitor.objects.get(key=row.visitor)
    if visitor.customer_id == owner.customer_id:
        return
    aside = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE visits_visitevent SET visitor = %s WHERE visitor = %s AND occurred_at < %s",
            [aside, row.visitor, row.at],
        )
    Visitor.objects.filter(pk=visitor.pk).update(key=aside)
    Visitor.objects.create(
        site_id=visitor.site_id,
        key=row.visitor,
        customer_id=owner.customer_id,
        origin_customer_id=owner.origin_id,
        known_since=now,
        first_seen_at=row.at,
        last_seen_at=row.at,
        source=visitor.source,
        medium=visitor.medium,
    )
