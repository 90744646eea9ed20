"""What pages and other rooms may know of batches of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from guanxi.core import bulk
from guanxi.customers.models import PeopleBatch, PeopleFile, PeopleMember

COUNTS = """
SELECT count(*), count(DISTINCT c.id) FILTER (WHERE c.party = 'person'),
       count(DISTINCT c.id) FILTER (WHERE c.party = 'person' AND m.created),
       count(DISTINCT c.id) FILTER (WHERE c.party = 'person' AND c.has_email),
       count(DISTINCT c.id) FILTER (WHERE c.party = 'person' AND c.has_phone),
       count(DISTINCT c.id) FILTER (WHERE c.party = 'person' AND (c.has_phone OR c.has_email)),
       count(DISTINCT c.id) FILTER (WHERE c.party = 'person' AND EXISTS (
         SELECT FROM (SELECT DISTINCT ON (e.channel) e.granted FROM customers_consententry e
                      WHERE e.customer_id = c.id AND e.purpose = 'marketing'
                      ORDER BY e.channel, e.at DESC, e.id DESC) newest WHERE newest.granted))
FROM customers_peoplemember m JOIN customers_customer c ON c.id = m.customer_id AND c.erased_at IS NULL
WHERE m.batch_id = %s
"""
CONSENTED = """
SELECT DISTINCT customer_id FROM (
  SELECT DISTINCT ON (e.customer_id, e.channel) e.customer_id, e.granted FROM customers_consententry e
  WHERE e.customer_id = ANY(%s::bigint[]) AND e.purpose = 'marketing'
  ORDER BY e.customer_id, e.channel, e.at DESC, e.id DESC
) newest WHERE granted
"""
MEMBERS = """
SELECT DISTINCT m.customer_id FROM customers_peoplemember m
JOIN customers_customer c ON c.id = m.customer_id AND c.erased_at IS NULL
WHERE m.batch_id = %s AND (c.party = 'person' OR NOT %s) ORDER BY 1
"""
OF_COMPANIES = """
SELECT DISTINCT r.to_id FROM customers_relation r
JOIN customers_customer c ON c.id = r.to_id AND c.erased_at IS NULL
WHERE r.customer_id = ANY(%s::bigint[]) AND r.kind = 'contact_of'
"""
COMPANIES = """
SELECT count(DISTINCT r.to_id) FROM customers_peoplemember m
JOIN customers_relation r ON r.customer_id = m.customer_id AND r.kind = 'contact_of' WHERE m.batch_id = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCard:
    """A batch as pages show it."""

    id: int
    name: str
    occasion: str
    """In the reader's words."""
    occurred_on: date
    role: str
    tags: tuple[str, ...]
    consent_channels: tuple[str, ...]
    consent_how: str
    by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """How one customer came with a batch."""

    id: int
    batch_id: int
    batch: str
    occurred_on: date
    has_remark: bool


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """How many came with a batch; people are counted once, however many cards they gave."""

    rows: int
    people: int
    created: int
    """Not known before."""
    with_email: int
    with_phone: int
    reachable: int
    """With a phone or an e-mail."""
    consented: int
    """Who agree to marketing on some channel today."""
    companies: int
    """Companies they are contacts of."""

    @property
    def known_before(self) -> int:
        return self.people - self.created


def card(batch_id: int) -> BatchCard | None:
    """One batch, None when there is no such."""
    row = PeopleBatch.objects.select_related("created_by").filter(pk=batch_id).first()
    return _card(row) if row else None


def cards(*, limit: int, before_id: int | None = None) -> list[BatchCard]:
    """Batches, the newest first."""
    rows = PeopleBatch.objects.select_related("created_by").order_by("-pk")
    return [_card(row) for row in (rows if before_id is None else rows.filter(pk__lt=before_id))[:limit]]


def _card(row: PeopleBatch) -> BatchCard:
    return BatchCard(
        id=row.pk,
        name=row.name,
        occasion=row.get_occasion_display(),
        occurred_on=row.occurred_on,
        role=row.get_role_display() if row.role else "",
        tags=tuple(row.tags),
        consent_channels=tuple(row.consent_channels),
        consent_how=row.consent_how,
        by=str(row.created_by or ""),
        created_at=row.created_at,
    )


def names() -> dict[int, str]:
    """Every batch by number, the newest first."""
    return dict(PeopleBatch.objects.order_by("-occurred_on", "-pk").values_list("pk", "name"))


def memberships(customer_id: int) -> list[Membership]:
    """The batches a customer came with, the newest first."""
    rows = PeopleMember.objects.filter(customer_id=customer_id).select_related("batch")
    return [
        Membership(row.pk, row.batch_id, row.batch.name, row.batch.occurred_on, bool(row.remark))
        for row in rows.order_by("-batch__occurred_on", "-pk")[:50]
    ]


def counts(batch_id: int) -> BatchCounts:
    """Whom a batch holds, as they stand today."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [batch_id])
        found = cursor.fetchone()
        cursor.execute(COMPANIES, [batch_id])
        return BatchCounts(*found, *cursor.fetchone())


def members(batch_id: int, *, people_only: bool = True) -> list[int]:
    """The customers of a batch as they are now, in order of their numbers; the erased left out."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [batch_id, people_only])
        return [row[0] for row in cursor.fetchall()]


def companies_of(customer_ids: Sequence[int]) -> list[int]:
    """The companies that these people are contacts of."""
    with connection.cursor() as cursor:
        cursor.execute(OF_COMPANIES, [bulk.numbers(customer_ids)])
        return [row[0] for row in cursor.fetchall()]


def newcomers(batch_id: int) -> set[int]:
    """Those of a batch who were not known before."""
    return set(PeopleMember.objects.filter(batch_id=batch_id, created=True).values_list("customer_id", flat=True))


def consented(customer_ids: Sequence[int]) -> set[int]:
    """Those of them who agree to marketing on some channel now."""
    with connection.cursor() as cursor:
        cursor.execute(CONSENTED, [bulk.numbers(customer_ids)])
        return {row[0] for row in cursor.fetchall()}


def files_of(batch_id: int) -> list[PeopleFile]:
    """The files of a batch, the newest first."""
    return list(PeopleFile.objects.filter(batch_id=batch_id).order_by("-pk")[:50])
