"""Random orders, refunds, days and tiers set by hand, held against a plain reading at every step."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from guanxi.core import preferences
from guanxi.core.models.events import Event
from guanxi.loyalty.models.tiers import Tier, TierMember
from guanxi.loyalty.tests.tiers.reading import ZONE, Reading, Shopper
from guanxi.loyalty.tests.tiers.shopping import buy
from guanxi.loyalty.tiers import preview, services
from guanxi.loyalty.tiers.testing import draft, tier
from guanxi.loyalty.tiers.types import Match, ProgrammeDraft, TierDraft

BEGIN = datetime(2026, 5, 10, 4, tzinfo=UTC)
PEOPLE = 3
AMOUNTS = [100, 9_999, 10_000, 30_000, 49_999, 50_000, 120_000]
STEPS = 40


def ladder_of(rng: random.Random, length: int) -> list[TierDraft]:
    spends = sorted(rng.choices([10_000, 40_000, 50_000, 100_000], k=length))
    counts = sorted(rng.choices([1, 2, 3, 4], k=length))
    made = []
    for number in range(length):
        asks = rng.choice(["spend", "spend", "orders", "both"])
        spend = spends[number] if asks != "orders" else None
        count = counts[number] if asks != "spend" else None
        made.append(tier(f"T{number}", spend, count, match=rng.choice(list(Match))))
    return made


def programme_of(rng: random.Random) -> ProgrammeDraft:
    return draft(
        *ladder_of(rng, rng.choice([1, 2, 3])),
        window=rng.choice(["rolling", "rolling", "year", "quarter"]),
        window_days=rng.choice([1, 30, 90]),
        downgrade=rng.choice(["grace", "grace", "yearly", "never"]),
        grace_days=rng.choice([0, 1, 20]),
        fall_month=rng.choice([1, 6]),
        fall_day=1,
        warn_days=rng.choice([0, 5, 30]),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(12))
def test_the_engine_reads_as_the_clerk_does(seed: int) -> None:
    preferences.put("time_zone", str(ZONE))
    rng = random.Random(seed)
    life = Life(programme_of(rng), rng)
    for _step in range(STEPS):
        life.step()
        life.compare()


class Life:
    def __init__(self, wanted: ProgrammeDraft, rng: random.Random) -> None:
        self.rng = rng
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

    def step(self) -> None:
        self.now += timedelta(seconds=1)
        self.rng.choice([self.order, self.order, self.refund, self.days, self.days, self.days, self.hand, self.rules])()

    def order(self) -> None:
        person, total = self.rng.randint(1, PEOPLE), self.rng.choice(AMOUNTS)
        self.bought.append((person, total, self.now))
        number = len(self.bought)
        self.ids[person] = buy(person, total, self.now, number=number)
        shopper = self.reading.people.setdefault(person, Shopper())
        shopper.orders[number] = (self.now, total, 0)
        self._assess(person)

    def refund(self) -> None:
        """All or part of one of the last orders goes back; the order is told anew, with all that went back so far."""
        if not self.bought:
            return
        which = max(0, len(self.bought) - self.rng.randint(1, 4))
        person, total, placed = self.bought[which]
        back = min(total, self.rng.choice([1, 5_000, 50_000]))
        buy(person, total, placed, number=which + 1, refunded=back, source_updated_at=self.now)
        self.reading.people[person].orders[which + 1] = (placed, total, back)
        self._assess(person)

    def days(self) -> None:
        self.now += timedelta(days=self.rng.choice([0, 1, 2, 10, 19, 29, 30, 300]), hours=self.rng.randrange(24))
        services.evaluate(self.club, now=self.now)
        self.reading.evaluate(self.now)

    def hand(self) -> None:
        if not self.ids:
            return
        person, days = self.rng.choice(sorted(self.ids)), self.rng.choice([0, 1, 5, 30])
        until = self.now.astimezone(ZONE).date() + timedelta(days=days)
        rank = self.rng.randint(1, len(self.reading.ladder))
        chosen = Tier.objects.get(programme=self.club, rank=rank, removed_at=None)
        services.set_by_hand(self.ids[person], tier_id=chosen.pk, until=until, note="loyal", now=self.now)
        shopper = self.reading.people[person]
        shopper.hand, shopper.hand_until = rank, until
        self.reading.evaluate(self.now, only=person)

    def rules(self) -> None:
        """Other conditions for the same tiers; what the preview says is what then happens."""
        ids = Tier.objects.filter(programme=self.club, removed_at=None).values_list("pk", flat=True)
        tiers = [replace(one, tier_id=pk) for one, pk in zip(ladder_of(self.rng, len(ids)), ids, strict=True)]
        wanted = replace(self.wanted, tiers=tiers)
        foreseen = preview.preview(wanted, programme_id=self.club, now=self.now)
        before = self._holdings()
        services.save_programme(wanted, programme_id=self.club, now=self.now)
        after = self._holdings()
        moved = Counter((before.get(one), after.get(one)) for one in {*before, *after})
        assert {pair: cell.now for pair, cell in foreseen.cells.items() if cell.now} == {
            pair: count for pair, count in moved.items() if pair[0] != pair[1]
        }
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


def _plain(wanted: ProgrammeDraft) -> list[dict[str, Any]]:
    return [{"min_spend": one.min_spend, "min_orders": one.min_orders, "match": str(one.match)} for one in wanted.tiers]
