"""Reading visits: numbers by source and day, what is wanted, and what single customers did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from guanxi.core import bulk
from guanxi.visits.models import Visitor
from guanxi.visits.scoring import HEAT_HALF_LIFE, HOT, INTEREST_HALF_LIFE, threshold, worth

MOST_WANTED = 15
WORTH_SHOWING = 0.5
"""Points below which an interest has faded."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Of the visitors of a period; people in several browsers count once for each until they say who they are."""

    visits: int
    visitors: int
    known: int
    """Visitors of whom we know who they are."""
    hot: int
    """Visitors, known or not, who are hot now."""
    carts: int
    """Visits with something put in the cart."""
    orders: int
    """Visits with an order."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where visits came from; an empty source is visitors who came by themselves."""

    source: str
    medium: str
    visits: int
    visitors: int
    known: int
    carts: int
    orders: int


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    known: int
    anonymous: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product, category or search, with the points of all interest in it that has not faded."""

    key: str
    label: str
    points: float
    visitors: int
    known: int
    carts: int


TOTALS = """
SELECT count(*), count(DISTINCT s.visitor_id), count(DISTINCT s.visitor_id) FILTER (WHERE v.customer_id IS NOT NULL),
  count(DISTINCT s.visitor_id) FILTER (WHERE v.heat >= %(hot)s), count(*) FILTER (WHERE s.carts > 0),
  count(*) FILTER (WHERE s.orders > 0)
FROM visits_session s JOIN visits_visitor v ON v.id = s.visitor_id WHERE s.started_at >= %(since)s
"""
SOURCES = """
SELECT s.source, max(s.medium), count(*), count(DISTINCT s.visitor_id),
  count(DISTINCT s.visitor_id) FILTER (WHERE v.customer_id IS NOT NULL), count(*) FILTER (WHERE s.carts > 0),
  count(*) FILTER (WHERE s.orders > 0)
FROM visits_session s JOIN visits_visitor v ON v.id = s.visitor_id WHERE s.started_at >= %(since)s
GROUP BY s.source ORDER BY 3 DESC, 1 LIMIT %(limit)s
"""
DAYS = """
SELECT (s.started_at AT TIME ZONE %(zone)s)::date, count(*) FILTER (WHERE v.customer_id IS NOT NULL),
  count(*) FILTER (WHERE v.customer_id IS NULL)
FROM visits_session s JOIN visits_visitor v ON v.id = s.visitor_id WHERE s.started_at >= %(since)s
GROUP BY 1 ORDER BY 1
"""
WANTED = """
SELECT i.key, (array_agg(i.label ORDER BY i.seen_at DESC))[1], sum(i.heat), count(DISTINCT i.visitor_id),
  count(DISTINCT v.customer_id), sum(i.carts)
FROM visits_interest i JOIN visits_visitor v ON v.id = i.visitor_id
WHERE i.kind = %(kind)s AND i.heat >= %(least)s AND NOT v.bot
GROUP BY i.key ORDER BY 3 DESC, 1 LIMIT %(limit)s
"""
INTERESTS = """
SELECT v.customer_id, i.kind, (array_agg(i.label ORDER BY i.seen_at DESC))[1], sum(i.heat) AS heat
FROM visits_interest i JOIN visits_visitor v ON v.id = i.visitor_id
WHERE v.customer_id = ANY(%(customers)s::bigint[]) AND i.heat >= %(least)s
GROUP BY v.customer_id, i.kind, i.key ORDER BY v.customer_id, 4 DESC, 3
"""
SOURCES_OF = """
SELECT DISTINCT ON (v.customer_id) v.customer_id, s.source
FROM visits_session s JOIN visits_visitor v ON v.id = s.visitor_id
WHERE v.customer_id = ANY(%(customers)s::bigint[])
ORDER BY v.customer_id, s.source = '', s.started_at DESC
"""
INTERESTED = """
SELECT DISTINCT v.customer_id FROM visits_interest i JOIN visits_visitor v ON v.id = i.visitor_id
WHERE i.kind = %(kind)s AND i.key = ANY(%(keys)s) AND i.heat >= %(least)s AND v.customer_id IS NOT NULL
"""


def totals(*, now: datetime, days: int) -> Totals:
    (row,) = _rows(TOTALS, {"since": now - timedelta(days=days), "hot": threshold(HOT, now=now)})
    return Totals(*row)


def sources(*, now: datetime, days: int, limit: int = 12) -> list[SourceRow]:
    """The sources of most visits, most first."""
    return [SourceRow(*row) for row in _rows(SOURCES, {"since": now - timedelta(days=days), "limit": limit})]


def by_day(*, now: datetime, days: int, zone: str) -> list[DayRow]:
    """Visits of each day of the merchant's zone, days without one left out."""
    return [DayRow(*row) for row in _rows(DAYS, {"since": now - timedelta(days=days), "zone": zone})]


def wanted(kind: str, *, now: datetime, limit: int = MOST_WANTED) -> list[Wanted]:
    """What is wanted most now: ``product``, ``category`` or ``search``."""
    values = {"kind": kind, "least": _least(now), "limit": limit}
    return [
        Wanted(key, label, worth(heat, now=now, half_life=INTEREST_HALF_LIFE), visitors, known, carts)
        for key, label, heat, visitors, known, carts in _rows(WANTED, values)
    ]


def interests_of(customer_ids: Sequence[int], *, now: datetime, most: int = 3) -> dict[int, list[str]]:
    """What these customers want now, most first: products, or else categories, or else searches, by name."""
    found: dict[int, dict[str, list[str]]] = {}
    for customer_id, kind, label, _heat in _rows(
        INTERESTS, {"customers": bulk.numbers(customer_ids), "least": _least(now)}
    ):
        found.setdefault(customer_id, {}).setdefault(kind, []).append(label)
    return {
        customer_id: (kinds.get("product") or kinds.get("category") or kinds.get("search") or [])[:most]
        for customer_id, kinds in found.items()
    }


def sources_of(customer_ids: Sequence[int]) -> dict[int, str]:
    """The last source that brought each of these customers; empty for those who always came by themselves."""
    return dict(_rows(SOURCES_OF, {"customers": bulk.numbers(customer_ids)}))


def visited(customer_ids: Sequence[int], *, since: datetime) -> set[int]:
    """Those of these customers who came to a website since a moment."""
    rows = Visitor.objects.filter(customer_id__in=list(customer_ids), last_seen_at__gte=since)
    return {customer for customer in rows.values_list("customer_id", flat=True) if customer}


def interested(kind: str, keys: Sequence[str], *, now: datetime) -> list[int]:
    """Customers who want any of these."""
    return [row[0] for row in _rows(INTERESTED, {"kind": kind, "keys": list(keys), "least": _least(now)})]


def heat_of(points: float, *, now: datetime) -> float:
    """The stored heat of a visitor who has these points now."""
    return threshold(points, now=now, half_life=HEAT_HALF_LIFE)


def _least(now: datetime) -> float:
    return threshold(WORTH_SHOWING, now=now, half_life=INTEREST_HALF_LIFE)


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
