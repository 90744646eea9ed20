"""Random orders, refunds, days and tiers set by hand, held against a plain reading at every step."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from guanxi.core import preferences
from guanxi.core.models.events import Event
from guanxi.loyalty.models.tiers import Tier, TierMember, TierProgramme
from guanxi.loyalty.tests.tiers.reading import ZONE, Reading, Shopper
from guanxi.loyalty.tests.tiers.shopping import buy
from guanxi.loyalty.tiers import preview, services
from guanxi.loyalty.tiers.testing import draft, tier
from guanxi.loyalty.tiers.types import Match, ProgrammeDraft

BEGIN = datetime(2026, 5, 10, 4, tzinfo=UTC)
PEOPLE = 3
AMOUNTS = st.sampled_from([100, 9_999, 10_000, 30_000, 49_999, 50_000, 120_000])


@st.composite
def ladders(draw: st.DrawFn) -> list[Any]:
    spends = sorted(draw(st.lists(st.sampled_from([10_000, 40_000, 50_000, 100_000]), min_size=1, max_size=3)))
    counts = sorted(draw(st.lists(st.integers(1, 4), min_size=len(spends), max_size=len(spends))))
    made = []
    for number, (spend, count) in enumerate(zip(spends, counts, strict=True)):
        asks = draw(st.sampled_from(["spend", "orders", "both"]))
        made.append(
            tier(
                f"T{number}",
                spend if asks != "orders" else None,
                count if asks != "spend" else None,
                match=draw(st.sampled_from(list(Match))),
            )
        )
    return made


@st.composite
def programmes(draw: st.DrawFn) -> ProgrammeDraft:
    return draft(
        *draw(ladders()),
        window=draw(st.sampled_from(["rolling", "year", "quarter"])),
        window_days=draw(st.sampled_from([1, 30, 90])),
        downgrade=draw(st.sampled_from(["grace", "yearly", "never"])),
        grace_days=draw(st.sampled_from([0, 1, 20])),
        fall_month=draw(st.sampled_from([1, 6])),
        fall_day=1,
        warn_days=draw(st.sampled_from([0, 5, 30])),
    )


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.integers(1, PEOPLE), AMOUNTS),
        st.tuples(st.just("refund"), st.integers(0, 30), st.sampled_from([1, 5_000, 50_000])),
        st.tuples(st.just("days"), st.sampled_from([0, 1, 2, 19, 20, 29, 30, 90, 300]), st.integers(0, 23)),
        st.tuples(st.just("hand"), st.integers(1, PEOPLE), st.integers(0, 40)),
        st.tuples(st.just("rules"), st.integers(0, 1), ladders()),
    ),
    min_size=4,
    max_size=25,
)


class Lives(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(wanted=programmes(), steps=STEPS)
    def test_the_engine_reads_as_the_clerk_does(self, wanted: ProgrammeDraft, steps: list[Any]) -> None:
        preferences.put("time_zone", str(ZONE))
        life = Life(wanted)
        for step in steps:
            life.take(step)
            life.compare()


class Life:
    def __init__(self, wanted: ProgrammeDraft) -> None:
        self.now = BEGIN
        self.wanted = wanted
        self.club, _moved = services.save_programme(wanted, now=self.now)
        self.reading = Reading(
            ladder=_plain(wanted),
            window=wanted.window,
            days=wanted.window_days,
            downgrade=wanted.downgrade,
            grace=wanted.grace_days,
            fall=(wanted.fall_month, wanted.fall_day),
            warn=wanted.warn_days,
        )
        self.ids: dict[int, int] = {}
        self.bought: list[tuple[int, int, datetime]] = []

    def take(self, step: tuple[Any, ...]) -> None:
        kind, first, second = step
        self.now += timedelta(seconds=1)
        getattr(self, f"_{kind}")(first, second)

    def _order(self, person: int, total: int) -> None:
        self.bought.append((person, total, self.now))
        number = len(self.bought)
        self.ids[person] = buy(person, total, self.now, number=number)
        shopper = self.reading.people.setdefault(person, Shopper())
        shopper.orders[number] = (self.now, total, 0)
        self._assess(person)

    def _refund(self, which: int, amount: int) -> None:
        if which >= len(self.bought):
            return
        person, total, placed = self.bought[which]
        back = min(total, amount)
        buy(person, total, placed, number=which + 1, refunded=back, source_updated_at=self.now)
        self.reading.people[person].orders[which + 1] = (placed, total, back)
        self._assess(person)

    def _days(self, days: int, hours: int) -> None:
        self.now += timedelta(days=days, hours=hours)
        services.evaluate(self.club, now=self.now)
        self.reading.evaluate(self.now)

    def _hand(self, person: int, days: int) -> None:
        if person not in self.ids:
            return
        until = self.now.astimezone(ZONE).date() + timedelta(days=days)
        rank = 1 + days % len(self.reading.ladder)
        chosen = Tier.objects.get(programme=self.club, rank=rank, removed_at=None)
        services.set_by_hand(self.ids[person], tier_id=chosen.pk, until=until, note="loyal", now=self.now)
        shopper = self.reading.people[person]
        shopper.hand, shopper.hand_until = rank, until
        self.reading.evaluate(self.now, only=person)

    def _rules(self, _number: int, ladder: list[Any]) -> None:
        """Other conditions for as many of the tiers as there are; the preview says what then happens."""
        if len(ladder) != len(self.reading.ladder):
            return
        ids = Tier.objects.filter(programme=self.club, removed_at=None).values_list("pk", flat=True)
        tiers = [
            tier(one.name, one.min_spend, one.min_orders, match=one.match, tier_id=pk)
            for one, pk in zip(ladder, ids, strict=True)
        ]
        wanted = ProgrammeDraft(
            **{name: getattr(self.wanted, name) for name in self.wanted.__slots__ if name != "tiers"}, tiers=tiers
        )
        foreseen = preview.preview(wanted, programme_id=self.club, now=self.now)
        before = self._holdings()
        services.save_programme(wanted, programme_id=self.club, now=self.now)
        after = self._holdings()
        moved = {
            (before.get(one), after.get(one), one) for one in {*before, *after} if before.get(one) != after.get(one)
        }
        at_once = {
            (cell.from_tier, cell.to_tier, one)
            for cell in foreseen.cells.values()
            for one in cell.customer_ids
            if cell.now and not cell.later
        }
        assert at_once <= moved
        assert sum(cell.now for cell in foreseen.cells.values()) == len(moved)
        self.reading.ladder = _plain(wanted)
        self.reading.evaluate(self.now)

    def _holdings(self) -> dict[int, int]:
        rows = TierMember.objects.filter(programme=self.club, tier__isnull=False)
        return dict(rows.values_list("customer_id", "tier_id"))

    def _assess(self, person: int) -> None:
        services.assess([self.ids[person]], now=self.now)
        self.reading.evaluate(self.now, only=person)

    def compare(self) -> None:
        people = {number: person for person, number in self.ids.items()}
        today = self.now.astimezone(ZONE).date()
        ranks = dict(Tier.objects.filter(programme=self.club).values_list("pk", "rank"))
        rows = TierMember.objects.filter(programme=self.club)
        found = {people[row.customer_id]: (ranks.get(row.tier_id or 0, 0), row.loses_on) for row in rows}
        expected = {
            person: (shopper.tier, self.reading.loses_on(shopper, today))
            for person, shopper in self.reading.people.items()
        }
        assert {one: state for one, state in found.items() if state != (0, None)} == {
            one: state for one, state in expected.items() if state != (0, None)
        }
        told = [
            (people[event.customer_id or 0], event.kind.removeprefix("tier."))
            for event in Event.objects.filter(kind__startswith="tier.")
        ]
        assert sorted(told) == sorted((person, kind) for person, kind, _from, _to in self.reading.told)
        assert TierProgramme.objects.count() == 1


def _plain(wanted: ProgrammeDraft) -> list[dict[str, Any]]:
    return [{"min_spend": one.min_spend, "min_orders": one.min_orders, "match": str(one.match)} for one in wanted.tiers]
