"""What customers are to each other: tied in sets, following merges on both ends."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from guanxi.core import audit, bulk
from guanxi.core.models import User
from guanxi.customers.following import only_writer
from guanxi.customers.models import Customer, Relation
from guanxi.customers.parties.kinds import ENDS, Party, RelationKind

TIE = """
INSERT INTO customers_relation (customer_id, origin_customer_id, to_id, to_origin_id, kind, title, since)
SELECT DISTINCT ON (c.id, t.id, s.kind)
  coalesce(c.merged_into, c.id), CASE WHEN c.merged_into IS NOT NULL THEN c.id END,
  coalesce(t.merged_into, t.id), CASE WHEN t.merged_into IS NOT NULL THEN t.id END, s.kind, s.title, %(now)s
FROM unnest(%(from)s::bigint[], %(to)s::bigint[], %(kinds)s::text[], %(titles)s::text[]) s (from_id, to_id, kind, title)
JOIN customers_customer c ON c.id = s.from_id AND c.erased_at IS NULL
JOIN customers_customer t ON t.id = s.to_id AND t.erased_at IS NULL
WHERE coalesce(c.merged_into, c.id) <> coalesce(t.merged_into, t.id)
ORDER BY c.id, t.id, s.kind, s.title DESC
ON CONFLICT (coalesce(origin_customer_id, customer_id), coalesce(to_origin_id, to_id), kind)
DO UPDATE SET title = EXCLUDED.title WHERE EXCLUDED.title <> '' AND customers_relation.title <> EXCLUDED.title
"""
ABOVE = """
WITH RECURSIVE above (id) AS (
  SELECT to_id FROM customers_relation WHERE customer_id = %(id)s AND kind = 'child_of'
  UNION SELECT r.to_id FROM above a JOIN customers_relation r ON r.customer_id = a.id AND r.kind = 'child_of'
) SELECT id FROM above
"""
MAX_TITLE = 120
CONTACTS = 200
"""Relations of one kind that are shown of one customer."""


class CannotRelate(ValueError):
    """These two cannot stand in this relation; the message is for people."""


class Tie(NamedTuple):
    customer_id: int
    to_id: int
    kind: RelationKind
    title: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """One relation as one of its ends sees it."""

    id: int
    kind: str
    other_id: int
    """The customer at the other end."""
    outward: bool
    """The other end is what this one belongs to: the company, the parent, the household."""
    title: str
    since: datetime


def tie(ties: Iterable[Tie], *, now: datetime) -> None:
    """Write relations; one that is there takes the title that is said now."""
    several = list(ties)
    if not several:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            TIE,
            {
                "from": bulk.numbers(one.customer_id for one in several),
                "to": bulk.numbers(one.to_id for one in several),
                "kinds": [one.kind.value for one in several],
                "titles": [bulk.storable(one.title)[:MAX_TITLE] for one in several],
                "now": now,
            },
        )


def relate(
    customer_id: int, *, to_id: int, kind: RelationKind, title: str = "", user: User | None, now: datetime
) -> int:
    """Tie two customers by hand. Returns the relation's number. Raises CannotRelate."""
    with transaction.atomic():
        only_writer()
        found = {row.pk: row for row in Customer.objects.filter(pk__in=[customer_id, to_id], erased_at=None)}
        for number in (customer_id, to_id):
            if number not in found:
                raise CannotRelate(_("There is no customer no. %(number)d.") % {"number": number})
        one, other = (found[number].merged_into or number for number in (customer_id, to_id))
        _check(kind, found[customer_id], found[to_id], one, other)
        tie([Tie(customer_id, to_id, kind, " ".join(title.split()))], now=now)
        relation = Relation.objects.filter(customer_id=one, to_id=other, kind=kind.value).latest("pk")
        audit.record("customer.related", actor=user, subject=("customer", one), detail={"kind": kind.value}, now=now)
    return relation.pk


def _check(kind: RelationKind, customer: Customer, to: Customer, one: int, other: int) -> None:
    whose, of = ENDS[kind]
    if one == other:
        raise CannotRelate(_("A customer stands in no relation to itself."))
    if customer.party not in whose or to.party != of:
        words = {"kind": kind.label, "whose": Party(min(whose)).label, "of": of.label}
        raise CannotRelate(_("“%(kind)s” is what a %(whose)s is to a %(of)s.") % words)
    if kind == RelationKind.CHILD_OF:
        with connection.cursor() as cursor:
            cursor.execute(ABOVE, {"id": other})
            if one in {row[0] for row in cursor.fetchall()}:
                raise CannotRelate(_("The other company belongs to this one already."))


def part(relation_id: int, *, customer_id: int, user: User | None, now: datetime) -> bool:
    """Take away a relation of this customer, at either end of it. Returns whether there was one."""
    with transaction.atomic():
        row = Relation.objects.filter(pk=relation_id).first()
        if row is None or customer_id not in (row.customer_id, row.to_id):
            return False
        twins = Relation.objects.filter(customer_id=row.customer_id, to_id=row.to_id, kind=row.kind)
        twins.delete()
        audit.record("customer.parted", actor=user, subject=("customer", customer_id), now=now)
    return True


def of(customer_id: int) -> list[Related]:
    """The relations of a customer, the newest first; one between the same two is told once, however many merged."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (kind, other, outward) id, kind, other, outward, title, since FROM ("
            "  SELECT id, kind, to_id AS other, TRUE AS outward, title, since FROM customers_relation"
            "   WHERE customer_id = %(id)s AND to_id <> %(id)s"
            "  UNION ALL (SELECT id, kind, customer_id, FALSE, title, since FROM customers_relation"
            "   WHERE to_id = %(id)s AND customer_id <> %(id)s ORDER BY id DESC LIMIT %(most)s)"
            ") r ORDER BY kind, other, outward, id DESC",
            {"id": customer_id, "most": CONTACTS},
        )
        found = [Related(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda one: (not one.outward, -one.id))


def count_to(customer_id: int) -> int:
    """How many stand in a relation to this customer."""
    return Relation.objects.filter(to_id=customer_id).exclude(customer_id=customer_id).count()


def forget(customers: Collection[int]) -> None:
    """Take away every relation of these customers."""
    Relation.objects.filter(customer_id__in=customers).delete()
    Relation.objects.filter(to_id__in=customers).delete()
