"""A portion of a batch recorded: who these people are, their companies, roles, tags and consent, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from django.db import connection, transaction

from guanxi.core import bulk, preferences
from guanxi.core.crypto import keyring
from guanxi.customers import consents, profiles, resolution, tagging
from guanxi.customers.fields import services as field_values
from guanxi.customers.following import only_writer
from guanxi.customers.models import PeopleBatch, PeopleMember
from guanxi.customers.parties import companies, relations, roles
from guanxi.customers.parties.kinds import RelationKind
from guanxi.customers.parties.relations import Tie
from guanxi.customers.people.preparing import Ready
from guanxi.customers.people.types import Counts
from guanxi.customers.types import Channel, IncomingConsent, Purpose

SOURCE = "people"
MEMBER_COLUMNS = "batch_id, file_id, customer_id, origin_customer_id, digest, created, remark, at"
REMARK_SEAL = PeopleMember._meta.get_field("remark").seal_name
BEFORE = """
SELECT DISTINCT ON (digest) replace(digest::text, '-', ''), coalesce(origin_customer_id, customer_id)
FROM customers_peoplemember WHERE digest = ANY(%s::uuid[]) ORDER BY digest, id
"""


@dataclass(slots=True)
class Found:
    """Who one row is."""

    customer_id: int
    """As it is told apart underneath; see merging/."""
    created: bool
    company_id: int | None


def record(batch: PeopleBatch, rows: Sequence[Ready], *, file_id: int | None, now: datetime) -> Counts:
    """Record rows of a batch; those that are in it already, or twice here, are left as they are."""
    counts = Counts(rows=len(rows))
    with transaction.atomic():
        only_writer()
        known = set(
            PeopleMember.objects.filter(batch=batch, digest__in=[one.digest for one in rows]).values_list(
                "digest", flat=True
            )
        )
        seen = {one.hex for one in known}
        fresh = list({one.digest: one for one in rows if one.digest not in seen}.values())
        counts.unchanged = len(rows) - len(fresh)
        firms, made = _companies(fresh, now=now)
        counts.companies_created = len(made)
        found = _people(_tagged(batch, fresh), firms, made, now=now)
        counts.customers_created = len({one.customer_id for one in found if one.created} - made)
        _relate(fresh, found, now=now)
        _give(batch, fresh, found, now=now)
        _fill(fresh, found, now=now)
        _join(batch, fresh, found, file_id=file_id, now=now)
    return counts


def members(batch: PeopleBatch, digests: Sequence[str]) -> dict[str, int]:
    """The customer, as it is now, of each row of a batch."""
    rows = PeopleMember.objects.filter(batch=batch, digest__in=digests).values_list("digest", "customer_id")
    return {digest.hex: customer for digest, customer in rows}


def _tagged(batch: PeopleBatch, rows: Iterable[Ready]) -> list[Ready]:
    return [one._replace(person=one.person._replace(tags=(*one.person.tags, *batch.tags))) for one in rows]


def _companies(rows: Sequence[Ready], *, now: datetime) -> tuple[dict[str, int], set[int]]:
    wanted = {one.company_key: one.company for one in rows if one.company}
    return companies.ensure(wanted, source=SOURCE, now=now)


def _people(rows: Sequence[Ready], firms: Mapping[str, int], made: set[int], *, now: datetime) -> list[Found]:
    """A row without a key that counts is who it was when it came last, else somebody new; one without a person is its
    company."""
    people = [one for one in rows if one.has_person]
    before = _seen_before(people)
    done = resolution.resolve(
        [one.person for one in people],
        shop_id=None,
        source=SOURCE,
        now=now,
        known=[before.get(one.digest) if not one.person.keys else None for one in people],
    )
    found_as_guest = zip(people, done.resolutions, strict=True)
    guests = [one for one, who in found_as_guest if who.customer_id is None and one.digest not in before]
    numbers = iter(_strangers(guests, now=now))
    who = iter(done.resolutions)
    found = []
    for one in rows:
        firm = firms.get(one.company_key)
        if not one.has_person:
            assert firm is not None
            found.append(Found(firm, firm in made, None))
            continue
        resolved = next(who)
        customer = resolved.origin_id or resolved.customer_id or before.get(one.digest)
        found.append(Found(customer or next(numbers), resolved.created or customer is None, firm))
    first = {one.customer_id for one in found if one.created}
    return [replace(one, created=one.customer_id in first) for one in found]


def _seen_before(rows: Sequence[Ready]) -> dict[str, int]:
    if not rows:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, [bulk.array(one.digest for one in rows)])
        return dict(cursor.fetchall())


def _strangers(rows: Sequence[Ready], *, now: datetime) -> list[int]:
    """Customers of whom only a name, or a phone that others have too, is known."""
    numbers = bulk.reserve_ids("customers_customer", len(rows))
    people = {number: [one.person] for number, one in zip(numbers, rows, strict=True)}
    profiles.create(people, shop_id=None, source=SOURCE, now=now)
    labels = [(number, tag) for number, (person,) in people.items() for tag in person.tags]
    tagging.add(labels, now=now, again=False)
    return numbers


def _relate(rows: Sequence[Ready], found: Sequence[Found], *, now: datetime) -> None:
    relations.tie(
        [
            Tie(who.customer_id, who.company_id, RelationKind.CONTACT_OF, one.title)
            for one, who in zip(rows, found, strict=True)
            if who.company_id
        ],
        now=now,
    )


def _give(batch: PeopleBatch, rows: Sequence[Ready], found: Sequence[Found], *, now: datetime) -> None:
    """The roles and the consent that rows and batch give."""
    given: dict[int, set[str]] = {}
    for one, who in zip(rows, found, strict=True):
        for role in filter(None, (one.role, batch.role)):
            for customer in filter(None, (who.customer_id, who.company_id)):
                given.setdefault(customer, set()).add(role)
    roles.give(given)
    if batch.consent_channels:
        at = min(datetime.combine(batch.occurred_on, time(12), tzinfo=preferences.time_zone()), now)
        said = [IncomingConsent(Channel(one), Purpose.MARKETING, True, at) for one in batch.consent_channels]
        people = [who.customer_id for one, who in zip(rows, found, strict=True) if one.has_person]
        pairs = [(customer, each) for customer in dict.fromkeys(people) for each in said]
        consents.record(pairs, source=SOURCE, now=now, detail=batch.consent_how)


def _fill(rows: Sequence[Ready], found: Sequence[Found], *, now: datetime) -> None:
    """What rows say of the merchant's own fields; of several of one person the last."""
    said: dict[int, dict[str, str]] = {}
    for one, who in zip(rows, found, strict=True):
        if one.fields:
            said.setdefault(who.customer_id, {}).update(one.fields)
    if said:
        field_values.write(said, source=SOURCE, now=now)


def _join(
    batch: PeopleBatch, rows: Sequence[Ready], found: Sequence[Found], *, file_id: int | None, now: datetime
) -> None:
    ring = keyring()
    current = _current({who.customer_id for who in found})
    lines = []
    for one, who in zip(rows, found, strict=True):
        top = current.get(who.customer_id, who.customer_id)
        origin = bulk.NULL if top == who.customer_id else str(who.customer_id)
        remark = bulk.binary(ring.seal(bulk.storable(one.remark), REMARK_SEAL))
        lines.append(
            f"{batch.pk}\t{file_id or bulk.NULL}\t{top}\t{origin}\t{one.digest}\t{who.created}\t{remark}"
            f"\t{bulk.moment(now)}"
        )
    bulk.copy_lines("customers_peoplemember", MEMBER_COLUMNS, lines)


def _current(customers: Iterable[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, merged_into FROM customers_customer WHERE id = ANY(%s::bigint[]) AND merged_into IS NOT NULL",
            [bulk.numbers(customers)],
        )
        return dict(cursor.fetchall())
