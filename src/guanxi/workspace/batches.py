"""One batch of people with what came of them: matched, written to, answered, visited, ordered."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property

from guanxi.commerce import queries as commerce
from guanxi.commerce.queries import Spend
from guanxi.core import preferences
from guanxi.core.web.tables import Query
from guanxi.customers import queries as customers
from guanxi.customers.parties import queries as parties
from guanxi.customers.parties.queries import Employer
from guanxi.customers.people import queries as people
from guanxi.customers.people.queries import BatchCard
from guanxi.customers.types import CustomerCard
from guanxi.messaging import queries as messaging
from guanxi.messaging.queries import Reaction
from guanxi.visits import queries as visits

NO_MESSAGE, NO_ORDER = Reaction(0, 0, 0), Spend(0, 0)
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One person of a batch."""

    id: int
    card: CustomerCard
    employer: Employer | None
    new: bool
    """Was not known before."""
    consented: bool
    reaction: Reaction
    visited: bool
    spend: Spend
    """Of the person and, where there is one, the company."""
    currency: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the people of a batch since its day; each counts once."""

    written: int
    opened: int
    answered: int
    """Clicked in a message."""
    visited: int
    buyers: int
    """People and companies that ordered."""
    orders: int
    revenue: int
    """Net of refunds, in minor units of the merchant's currency."""
    talked: int
    """Written to, or came to a website, or ordered: all the contact that is known."""


class BatchSource:
    """Rows for ``core.web.tables``; a batch is some thousands, so its facts are held while a page is made."""

    def __init__(self, batch: BatchCard, *, now: datetime) -> None:
        self.batch = batch
        self.now = now
        self.since = datetime.combine(batch.occurred_on, time.min, tzinfo=preferences.time_zone())

    @cached_property
    def everyone(self) -> list[int]:
        return people.members(self.batch.id)

    @cached_property
    def companies(self) -> list[int]:
        return people.companies_of(self.everyone)

    @cached_property
    def employers(self) -> dict[int, Employer]:
        return parties.employers(self.everyone)

    @cached_property
    def reactions(self) -> dict[int, Reaction]:
        return messaging.reactions(self.everyone, since=self.since)

    @cached_property
    def visitors(self) -> set[int]:
        return visits.visited(self.everyone, since=self.since)

    @cached_property
    def spends(self) -> dict[int, Spend]:
        return commerce.spend_since([*self.everyone, *self.companies], since=self.since, now=self.now)

    @cached_property
    def consented(self) -> set[int]:
        return people.consented(self.everyone)

    @cached_property
    def newcomers(self) -> set[int]:
        return people.newcomers(self.batch.id)

    def outcome(self) -> Outcome:
        sent = self.reactions
        talked = {one for one in self.everyone if one in sent or one in self.visitors or self._spend(one).orders}
        return Outcome(
            written=len(sent),
            opened=sum(1 for one in sent.values() if one.opened),
            answered=sum(1 for one in sent.values() if one.clicked),
            visited=len(self.visitors),
            buyers=len(self.spends),
            orders=sum(one.orders for one in self.spends.values()),
            revenue=sum(one.amount for one in self.spends.values()),
            talked=len(talked),
        )

    def page(self, query: Query, *, offset: int, limit: int) -> list[BatchRow]:
        return self._rows(self._ordered(query)[offset : offset + limit])

    def count(self, query: Query, *, most: int) -> int:
        return min(most, len(self._matching(query)))

    def iterate(self, query: Query) -> Iterator[BatchRow]:
        ids = self._ordered(query)
        for begin in range(0, len(ids), CHUNK):
            yield from self._rows(ids[begin : begin + CHUNK])

    def pick(self, ids: Sequence[str]) -> list[BatchRow]:
        wanted = {int(one) for one in ids if one.isdigit() and len(one) < 19}
        return self._rows([one for one in self.everyone if one in wanted])

    def _spend(self, customer_id: int) -> Spend:
        own = self.spends.get(customer_id, NO_ORDER)
        employer = self.employers.get(customer_id)
        theirs = self.spends.get(employer.company_id, NO_ORDER) if employer else NO_ORDER
        return Spend(own.orders + theirs.orders, own.amount + theirs.amount)

    def _is(self, state: str, customer_id: int) -> bool:
        tests: Mapping[str, Callable[[], bool]] = {
            "new": lambda: customer_id in self.newcomers,
            "known": lambda: customer_id not in self.newcomers,
            "consented": lambda: customer_id in self.consented,
            "written": lambda: customer_id in self.reactions,
            "answered": lambda: self.reactions.get(customer_id, NO_MESSAGE).clicked > 0,
            "visited": lambda: customer_id in self.visitors,
            "ordered": lambda: self._spend(customer_id).orders > 0,
            "untouched": lambda: (
                customer_id not in self.reactions
                and customer_id not in self.visitors
                and not self._spend(customer_id).orders
            ),
        }
        return tests[state]()

    def _matching(self, query: Query) -> list[int]:
        states = query.filters.get("state", [])
        found = [one for one in self.everyone if all(self._is(state, one) for state in states)]
        if query.search:
            wanted = set(customers.search(query.search))
            found = [one for one in found if one in wanted]
        return found

    def _ordered(self, query: Query) -> list[int]:
        found = self._matching(query)
        keys: Mapping[str, Callable[[int], int]] = {
            "orders": lambda one: self._spend(one).orders,
            "revenue": lambda one: self._spend(one).amount,
            "sent": lambda one: self.reactions.get(one, NO_MESSAGE).sent,
        }
        key = keys.get(query.sort.lstrip("-"))
        return sorted(found, key=key, reverse=query.sort.startswith("-")) if key else found

    def _rows(self, ids: Sequence[int]) -> list[BatchRow]:
        currency = preferences.currency()
        cards = {card.id: card for card in customers.profiles(ids)}
        return [
            BatchRow(
                id=one,
                card=cards[one],
                employer=self.employers.get(one),
                new=one in self.newcomers,
                consented=one in self.consented,
                reaction=self.reactions.get(one, NO_MESSAGE),
                visited=one in self.visitors,
                spend=self._spend(one),
                currency=currency,
            )
            for one in ids
            if one in cards
        ]
