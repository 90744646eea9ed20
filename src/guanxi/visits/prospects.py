"""Customers who came to the websites, from the warehouse, with what they want now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from guanxi.core import staff
from guanxi.core.web.tables import Query
from guanxi.customers import queries as customers
from guanxi.customers.types import CustomerCard
from guanxi.visits import queries
from guanxi.visits.scoring import HOT, WARM, level, worth
from guanxi.warehouse import queries as warehouse

if TYPE_CHECKING:
    import ibis

FACTS = ("site_visits", "site_carts", "site_heat", "last_visit_at", "orders", "consent_email_marketing")
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Prospect:
    """One line of the list."""

    id: int
    card: CustomerCard
    points: float
    level: str
    """``hot``, ``warm`` or ``cool``."""
    wants: tuple[str, ...]
    source: str
    visits: int
    carts: int
    orders: int
    last_visit_at: datetime
    consent: str
    owner: str


class ProspectSource:
    """Rows for ``core.web.tables``; see its Source. ``now`` is what points are worth."""

    def __init__(self, *, now: datetime) -> None:
        """Over the newest snapshot. Raises warehouse.queries.NoSnapshot while there is none."""
        self.now = now
        tables = warehouse.snapshot().tables
        self.facts, self.visitors = tables["customer_facts"], tables["visitors"]

    def page(self, query: Query, *, offset: int, limit: int) -> list[Prospect]:
        return self._prospects(self._rows(self._ordered(query).limit(limit, offset=offset)))

    def count(self, query: Query, *, most: int) -> int:
        return min(most, int(warehouse.scalar(self._matching(query).count())))

    def iterate(self, query: Query) -> Iterator[Prospect]:
        rows = self._rows(self._ordered(query))
        for begin in range(0, len(rows), CHUNK):
            yield from self._prospects(rows[begin : begin + CHUNK])

    def pick(self, ids: Sequence[str]) -> list[Prospect]:
        numbers = [int(one) for one in ids if one.isdigit() and len(one) < 19]
        facts = self._everybody()
        return self._prospects(self._rows(facts.filter(facts.customer_id.isin(numbers)))) if numbers else []

    def ids(self, query: Query) -> list[int]:
        """All that match, for actions in sets."""
        return warehouse.execute(self._matching(query).select("customer_id")).column(0).to_pylist()

    def _everybody(self) -> "ibis.Table":
        return self.facts.filter(~self.facts.erased, self.facts.site_visits > 0)

    def _rows(self, expression: "ibis.Table") -> list[dict[str, Any]]:
        return warehouse.execute(expression.select("customer_id", *FACTS)).to_pylist()

    def _ordered(self, query: Query) -> "ibis.Table":
        rows = self._matching(query)
        column = rows[(query.sort or "-site_heat").lstrip("-")]
        ascending = bool(query.sort) and not query.sort.startswith("-")
        order = column.asc(nulls_first=False) if ascending else column.desc(nulls_first=False)
        return rows.order_by([order, rows.customer_id.desc()])

    def _matching(self, query: Query) -> "ibis.Table":
        rows = self._everybody()
        for key, value in query.filters.items():
            rows = rows.filter(self._condition(rows, key, value))
        return rows

    def _condition(self, rows: "ibis.Table", key: str, value: Any) -> Any:
        if key == "level":
            hot, warm = (queries.heat_of(points, now=self.now) for points in (HOT, WARM))
            within = {
                "hot": rows.site_heat >= hot,
                "warm": (rows.site_heat >= warm) & (rows.site_heat < hot),
                "cool": rows.site_heat < warm,
            }
            chosen = [within[name] for name in value]
            return (
                chosen[0] if len(chosen) == 1 else chosen[0] | chosen[-1] if len(chosen) == 2 else rows.site_visits > 0
            )
        if key == "bought":
            return (
                (rows.orders > 0) if value == ["yes"] else (rows.orders == 0) if value == ["no"] else rows.orders >= 0
            )
        if key == "source":
            came = self.visitors.filter(self.visitors.source.isin(["" if one == "-" else one for one in value]))
            return rows.customer_id.isin(came.filter(came.customer_id.notnull()).customer_id)
        if key in ("product", "category"):
            return rows.customer_id.isin(queries.interested(key, value, now=self.now) or [-1])
        if key == "last_visit_at":
            return _during(rows.last_visit_at, *value)
        return rows[key].isin(value)

    def _prospects(self, rows: Sequence[Mapping[str, Any]]) -> list[Prospect]:
        ids = [row["customer_id"] for row in rows]
        cards = {card.id: card for card in customers.profiles(ids)}
        owners = staff.names({card.owner_id for card in cards.values()})
        wants, sources = queries.interests_of(ids, now=self.now), queries.sources_of(ids)
        found = []
        for row in rows:
            number = row["customer_id"]
            if number in cards:
                points = worth(row["site_heat"], now=self.now)
                found.append(
                    Prospect(
                        id=number,
                        card=cards[number],
                        points=points,
                        level=level(points),
                        wants=tuple(wants.get(number, ())),
                        source=sources.get(number, ""),
                        visits=int(row["site_visits"]),
                        carts=int(row["site_carts"]),
                        orders=int(row["orders"]),
                        last_visit_at=row["last_visit_at"],
                        consent=row["consent_email_marketing"],
                        owner=owners.get(cards[number].owner_id or 0, ""),
                    )
                )
        return found


def _during(moment: Any, first: date | None, last: date | None) -> Any:
    """Days of the person who looks, both included."""
    zone = timezone.get_current_timezone()
    held = moment.notnull()
    if first:
        held = held & (moment >= datetime.combine(first, time.min, tzinfo=zone))
    if last:
        held = held & (moment < datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone))
    return held
