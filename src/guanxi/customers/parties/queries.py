"""What pages and other rooms may know of parties."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core import bulk
from guanxi.customers import queries
from guanxi.customers.parties import relations
from guanxi.customers.parties.kinds import RelationKind
from guanxi.customers.types import CustomerCard

WORDS: dict[tuple[str, bool], Promise] = {
    (RelationKind.CONTACT_OF, True): _("Works at"),
    (RelationKind.CONTACT_OF, False): _("Contacts"),
    (RelationKind.CHILD_OF, True): _("Belongs to"),
    (RelationKind.CHILD_OF, False): _("Companies of it"),
    (RelationKind.MEMBER_OF, True): _("Lives in"),
    (RelationKind.MEMBER_OF, False): _("Members"),
}
"""What the other end of a relation is called, by kind and whether this one belongs to it."""
COMPANIES = """
SELECT DISTINCT ON (r.customer_id) r.customer_id, r.to_id, r.title FROM customers_relation r
WHERE r.customer_id = ANY(%s::bigint[]) AND r.kind = 'contact_of' AND r.to_id <> r.customer_id
ORDER BY r.customer_id, r.id DESC
"""


@dataclass(frozen=True, slots=True)
class RelatedCard:
    """One relation of a customer with who is at its other end."""

    id: int
    kind: str
    outward: bool
    label: Promise
    other: CustomerCard
    title: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Employer:
    company_id: int
    company: str
    title: str


def relations_of(customer_id: int) -> list[RelatedCard]:
    """What this customer belongs to first, then who belongs to it; at most `relations.CONTACTS` of each kind."""
    found = relations.of(customer_id)
    if not found:
        return []
    cards = {card.id: card for card in queries.profiles([one.other_id for one in found])}
    return [
        RelatedCard(
            one.id, one.kind, one.outward, WORDS[one.kind, one.outward], cards[one.other_id], one.title, one.since
        )
        for one in found
        if one.other_id in cards
    ]


def hidden(customer_id: int, shown: Sequence[RelatedCard]) -> int:
    """How many belong to this customer where that is more than are shown; else 0."""
    return relations.count_to(customer_id) if len(shown) >= relations.CONTACTS else 0


def employers(customer_ids: Collection[int]) -> dict[int, Employer]:
    """The company, the newest where there are several, of those who have one."""
    with connection.cursor() as cursor:
        cursor.execute(COMPANIES, [bulk.numbers(customer_ids)])
        rows = cursor.fetchall()
    names = {card.id: card.name for card in queries.profiles(list({company for _one, company, _title in rows}))}
    return {one: Employer(company, names.get(company, ""), title) for one, company, title in rows}
