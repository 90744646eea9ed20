"""The list of customers: facts from the warehouse, masked profiles from the customers room."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from guanxi.core import money, preferences, staff
from guanxi.core.web.tables import Query
from guanxi.customers import queries as customers
from guanxi.customers.fields import queries as fields
from guanxi.customers.fields.types import Definition, Shown
from guanxi.customers.types import CustomerCard
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.queries import NoSnapshot, Snapshot
from guanxi.workspace.customer_columns import FIELD, has_answer, is_owned

if TYPE_CHECKING:
    import ibis
    import pyarrow

FACTS = ("orders", "revenue", "first_order_at", "last_order_at", "consent_email_marketing")
ASKED = ("customer_id", "erased", "region", "first_shop_id", "owner_id", "party", "roles", *FACTS)
"""What the list shows, sorts and narrows by: a third of the facts, and Ibis takes the longer the more there are."""
CHUNK = 2000
STRETCH = 1000
"""Rows of the whole list that are asked for together, because who turns one page turns the next."""


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One line of the list; money in minor units of ``currency``, the merchant's."""

    id: int
    card: CustomerCard
    orders: int
    revenue: int
    first_order_at: datetime | None
    last_order_at: datetime | None
    consent_email_marketing: str
    currency: str
    owner: str
    fields: Mapping[str, Shown]


class CustomerSource:
    """Rows for ``core.web.tables``; see its Source."""

    def __init__(self, snapshot: Snapshot, *, viewer: int, definitions: Sequence[Definition]) -> None:
        self.snapshot = snapshot
        self.viewer = viewer
        self.definitions = definitions

    @classmethod
    def newest(cls, *, viewer: int, definitions: Sequence[Definition]) -> "CustomerSource":
        """Over the newest snapshot, for the user ``viewer``. Raises warehouse.queries.NoSnapshot while there is none,
        or none yet since an upgrade."""
        snapshot = warehouse.snapshot()
        if not set(ASKED) <= set(snapshot.tables["customer_facts"].columns):
            raise NoSnapshot("the warehouse was filled by an older version")
        return cls(snapshot, viewer=viewer, definitions=definitions)

    @cached_property
    def facts(self) -> "ibis.Table":
        return self.snapshot.tables["customer_facts"].select(*ASKED)

    def page(self, query: Query, *, offset: int, limit: int) -> list[CustomerRow]:
        if query.narrowed:
            return self._with_cards(self._rows(self._ordered(query).limit(limit, offset=offset)).to_pylist())
        rows: list[dict[str, Any]] = []
        for begin in range(offset - offset % STRETCH, offset + limit, STRETCH):
            rows += self._stretch(query, begin).slice(max(offset - begin, 0), limit - len(rows)).to_pylist()
        return self._with_cards(rows)

    def _stretch(self, query: Query, begin: int) -> "pyarrow.Table":
        """The STRETCH rows from ``begin`` on of a list that nothing narrows."""
        return self.snapshot.once(
            ("customer list", query.sort, begin),
            lambda: self._rows(self._ordered(query).limit(STRETCH, offset=begin)),
        )

    def count(self, query: Query, *, most: int) -> int:
        def ask() -> int:
            return int(self.snapshot.scalar(self._matching(query).count()))

        return min(most, ask() if query.narrowed else self.snapshot.once("customer count", ask))

    def iterate(self, query: Query) -> Iterator[CustomerRow]:
        rows = self._rows(self._ordered(query)).to_pylist()
        for begin in range(0, len(rows), CHUNK):
            yield from self._with_cards(rows[begin : begin + CHUNK])

    def pick(self, ids: Sequence[str]) -> list[CustomerRow]:
        numbers = [int(one) for one in ids if one.isdigit() and len(one) < 19]
        facts = self.facts
        if not numbers:
            return []
        return self._with_cards(self._rows(facts.filter(~facts.erased, facts.customer_id.isin(numbers))).to_pylist())

    def ids(self, query: Query) -> list[int]:
        """All customers that match, for actions in sets."""
        return self.snapshot.execute(self._matching(query).select("customer_id")).column(0).to_pylist()

    def _rows(self, expression: "ibis.Table") -> "pyarrow.Table":
        return self.snapshot.execute(expression.select("customer_id", *FACTS))

    def _ordered(self, query: Query) -> "ibis.Table":
        rows = self._matching(query)
        newest_first = rows.customer_id.desc()
        if not query.sort:
            return rows.order_by(newest_first)
        column = rows[query.sort.lstrip("-")]
        order = column.desc(nulls_first=False) if query.sort.startswith("-") else column.asc(nulls_first=False)
        return rows.order_by([order, newest_first])

    def _matching(self, query: Query) -> "ibis.Table":
        facts = self.facts
        wanted = [~facts.erased, *(self._condition(facts, key, value) for key, value in query.filters.items())]
        if query.search:
            wanted.append(facts.customer_id.isin(customers.search(query.search) or [-1]))
        return facts.filter(*wanted)

    def _condition(self, rows: "ibis.Table", key: str, value: Any) -> "ibis.expr.types.BooleanValue":
        if key == "tag":
            tags = self.snapshot.tables["customer_tags"]
            tagged = tags.filter(tags.tag.isin(value) & ~tags.removed)
            return rows.customer_id.isin(tagged.customer_id)
        if key == "owner":
            return is_owned(rows, value, viewer=self.viewer)
        if key.startswith(FIELD):
            (field,) = (one for one in self.definitions if FIELD + one.key == key)
            return has_answer(rows, self.snapshot.tables["field_values"], field, value)
        if key == "first_shop_id":
            return rows.first_shop_id.isin([int(one) for one in value])
        if key == "role":
            return reduce(or_, [rows.roles.contains(f",{role},") for role in value])
        if isinstance(value, list):
            return rows[key].isin(value)
        low, high = value
        if key == "revenue":  # typed in whole units of the merchant's currency
            low, high = (None if end is None else money.to_minor(end, preferences.currency()) for end in value)
        return _between(rows[key], low, high)

    def _with_cards(self, rows: Sequence[Mapping[str, Any]]) -> list[CustomerRow]:
        currency = preferences.currency()
        ids = [row["customer_id"] for row in rows]
        cards = {card.id: card for card in customers.profiles(ids)}
        owners = staff.names({card.owner_id for card in cards.values()})
        said = fields.values(ids, fields=self.definitions)
        return [
            CustomerRow(
                id=row["customer_id"],
                card=cards[row["customer_id"]],
                currency=currency,
                owner=owners.get(cards[row["customer_id"]].owner_id or 0, ""),
                fields=said.get(row["customer_id"], {}),
                **{name: row[name] for name in FACTS},
            )
            for row in rows
            if row["customer_id"] in cards
        ]


def _between(column: Any, low: Any, high: Any) -> Any:
    """Both ends included; days are those of the person who looks."""
    if isinstance(low or high, date):
        low, high = _begin(low), _begin(high + timedelta(days=1)) if high else None
        below = None if high is None else column < high
    else:
        low, high = (None if end is None else int(end) for end in (low, high))
        below = None if high is None else column <= high
    above = None if low is None else column >= low
    if above is None:
        return below
    return above if below is None else above & below


def _begin(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
