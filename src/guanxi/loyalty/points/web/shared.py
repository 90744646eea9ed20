"""What several pages of points have in common."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from guanxi.core.web.tables import Query, QuerySetSource
from guanxi.customers import queries as customers
from guanxi.customers.types import CustomerCard
from guanxi.loyalty.models import PointsEntry
from guanxi.loyalty.points import queries
from guanxi.loyalty.points.types import Line

CHUNK = 2000


def card_of(customer_id: int) -> CustomerCard:
    """Raises Http404."""
    found = customers.profiles([customer_id])
    if not found:
        raise Http404(_("There is no such customer."))
    return found[0]


def name_of(card: CustomerCard) -> str:
    return card.name or _("Customer %(number)s") % {"number": card.id}


def of_customers(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Rows of the customers whom a search finds; by their number, too."""
    found = customers.search(text)
    if text.strip().isdigit() and len(text.strip()) < 19:
        found.append(int(text))
    return rows.filter(customer_id__in=found)


class Lines(QuerySetSource):
    """Entries of the ledger as lines with their why, a page of them at a time."""

    def page(self, query: Query, *, offset: int, limit: int) -> list[Line]:
        rows: list[PointsEntry] = super().page(query, offset=offset, limit=limit)
        return queries.lines(rows)

    def iterate(self, query: Query) -> Iterator[Line]:
        rows = super().iterate(query)
        while chunk := list(islice(rows, CHUNK)):
            yield from queries.lines(chunk)
