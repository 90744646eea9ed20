"""Random lives of a whole programme: after every step the product says what the plain reading in everything.py says."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from guanxi.commerce import queries as commerce
from guanxi.commerce.models import Order
from guanxi.commerce.testing import order, record
from guanxi.commerce.types import IncomingPayment, IncomingRefund, OrderStatus
from guanxi.core import preferences
from guanxi.customers import services as customers
from guanxi.customers.services import Pair
from guanxi.customers.types import MergeKind
from guanxi.loyalty.coupons import services as coupons
from guanxi.loyalty.coupons.subscribers import give_back_of
from guanxi.loyalty.models import Coupon, CouponRedemption, IssuedCoupon, PointsLot, TierMember
from guanxi.loyalty.points import expiring, orders, queries
from guanxi.loyalty.points import services as points
from guanxi.loyalty.points.types import NotEnough, WrongState
from guanxi.loyalty.testing import a_basket, a_coupon
from guanxi.loyalty.tests.everything import Merchant, Piece, Purchase, Rule, Step, Use
from guanxi.loyalty.tests.points.plain import ZONE, Hold, Ledger
from guanxi.loyalty.tests.points.test_random_ledgers import adds_up
from guanxi.loyalty.tests.points.world import programme, shop, staff
from guanxi.loyalty.tests.tiers.shopping import phone
from guanxi.loyalty.tiers import services as tiers
from guanxi.loyalty.tiers.testing import programme as tier_programme
from guanxi.loyalty.tiers.testing import tier

BEGIN = datetime(2026, 5, 10, 4, tzinfo=UTC)
PEOPLE, STEPS, LIVES = 5, 400, 5
TOTALS = [500, 9_999, 10_000, 20_000, 45_000, 60_000]
LADDER = [
    Step(spend=30_000, orders=None, points=None, times=Decimal(1)),
    Step(spend=60_000, orders=2, points=None, times=Decimal("1.5")),
    Step(spend=None, orders=3, points=900, times=Decimal(2)),
]
RULES = [
    Rule(total=12, each=2),
    Rule(holders_only=True, back="any", days=9),
    Rule(own_codes=True, days=20),
    Rule(own_codes=True, back="never", each=1),
]


class Life:
    """The product and the plain reading of it, side by side."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.now, self.home, self.user = rng, BEGIN, shop(), staff()
        terms = {"return_days": 3, "expiry_months": 1, "hold_minutes": 30, "adjust_limit": 10**6, "starts_at": BEGIN}
        shortfall = rng.choice(["debt", "negative", "forgive"])
        self.points = programme(shortfall=shortfall, **terms).pk
        window, grace = rng.choice([10, 40]), rng.choice([0, 5])
        self.plain = Merchant(Ledger(shortfall, 3, 1), LADDER, window, grace, RULES)
        ladder = [
            tier(f"T{n}", one.spend, one.orders, min_points=one.points, points_multiplier=one.times)
            for n, one in enumerate(LADDER)
        ]
        self.club = tier_programme(*ladder, now=BEGIN, window_days=window, grace_days=grace, warn_days=2)
        self.coupons = [self._coupon(rule) for rule in RULES]
        self.ids: list[int] = []
        self.rows: list[int] = []
        self.unread: dict[str, set[int]] = {"points": set(), "coupons": set(), "tiers": set()}
        self.held: list[tuple[int, Hold]] = []
        self.used: list[tuple[int, Use]] = []
        self.pieces: dict[int, IssuedCoupon] = {}
        self.merged: list[tuple[int, int, int]] = []
        for person in range(PEOPLE):
            self.place(person)

    def _coupon(self, rule: Rule) -> int:
        style = {"code_style": "unique"} if rule.own_codes else {}
        said = {"holders_only": rule.holders_only, "limit_total": rule.total, "limit_per_customer": rule.each}
        return a_coupon(now=BEGIN, valid_days=rule.days, give_back=rule.back, **said, **style)

    def customer(self) -> int:
        """Someone who is not merged into another."""
        return self.plain.now_of(self.rng.choice(self.ids))

    # orders

    def place(self, person: int | None = None) -> None:
        chosen = self.rng.randrange(PEOPLE) if person is None else person
        self.plain.orders.append(Purchase(0, self.rng.choice(TOTALS), self.now))
        self._record(len(self.plain.orders) - 1, chosen)
        row = Order.objects.get(shop=self.home, external_id=f"N{len(self.plain.orders) - 1}")
        self.rows.append(row.pk)
        self.plain.orders[-1].origin = row.origin_customer_id or row.customer_id or 0
        if person is not None:
            self.ids.append(self.plain.orders[-1].origin)

    def pay(self) -> None:
        """One of the latest that wait for it, else a new one."""
        waiting = [n for n, one in enumerate(self.plain.orders) if one.status == "unpaid"][-3:]
        number = self.rng.choice(waiting or [len(self.plain.orders) - 1])
        one = self.plain.orders[number]
        if one.status == "unpaid":
            one.status, one.paid_at = "paid", self.now
            self._record(number)

    def refund(self) -> None:
        number = self._late()
        one = self.plain.orders[number]
        if one.status == "paid" and one.back < one.total:
            one.back = min(one.total, one.back + self.rng.choice([1, one.total // 3, one.total]))
            self._record(number)

    def cancel(self) -> None:
        number = self._late()
        if self.plain.orders[number].status in ("unpaid", "paid") and not self.plain.orders[number].back:
            self.plain.orders[number].status = "cancelled"
            self._record(number)

    def _late(self) -> int:
        return max(0, len(self.plain.orders) - self.rng.randint(1, 6))

    def _record(self, number: int, person: int | None = None) -> None:
        one = self.plain.orders[number]
        buyer = self.ids.index(one.origin) if person is None else person
        paid = one.total if one.paid_at else 0
        said = order(
            number,
            phone=phone(buyer + 1),
            placed_at=one.placed_at,
            status=OrderStatus(one.status),
            total=one.total,
            paid_at=one.paid_at,
            paid_total=paid,
            payments=(IncomingPayment(amount=paid, paid_at=one.paid_at),) if one.paid_at else (),
            refunds=(IncomingRefund(amount=one.back, refunded_at=self.now),) if one.back else (),
            lines=(),
            source_updated_at=self.now,
        )
        record([said], shop=self.home, now=self.now)
        for waiting in self.unread.values():
            waiting.add(number)

    # the rooms read the news, each when it comes to it

    def read_points(self) -> None:
        for number in self._news("points"):
            orders.follow([self.rows[number]], now=self.now)
            self.plain.hear_points(number, self.now)
            self._look_again({self.plain.now_of(self.plain.orders[number].origin)})

    def read_coupons(self) -> None:
        for number in self._news("coupons"):
            give_back_of(commerce.fates_of([self.rows[number]]), now=self.now)
            self.plain.hear_coupons(number)

    def read_tiers(self) -> None:
        who = {self.plain.now_of(self.plain.orders[number].origin) for number in self._news("tiers")}
        tiers.assess(who, now=self.now)
        for customer in sorted(who):
            self.plain.assess(customer, self.now)

    def _news(self, room: str) -> list[int]:
        found, self.unread[room] = sorted(self.unread[room]), set()
        return found

    # points

    def reserve(self) -> None:
        customer, number = self.customer(), self.rng.choice([1, 30, 99, 250])
        hold = self.plain.ledger.reserve(customer, number, self.now + timedelta(minutes=30), self.now)
        said = {"customer_id": customer, "shop_id": self.home.pk, "points": number, "now": self.now}
        name = str(self.rng.random())
        if hold is None:
            with pytest.raises(NotEnough):
                points.reserve(**said, reference=name)
        else:
            made = points.reserve(**said, reference=name)
            assert points.reserve(**said, reference=name) == made
            self.held.append((made.id, hold))

    def end_hold(self) -> None:
        if not self.held:
            return
        number, hold = self.rng.choice(self.held[-4:])
        step = self.rng.choice(["commit", "commit", "release"])
        if getattr(self.plain.ledger, step)(hold, self.now):
            getattr(points, step)(number, now=self.now)
        else:
            with pytest.raises(WrongState):
                getattr(points, step)(number, now=self.now)

    def adjust(self) -> None:
        customer, number = self.customer(), self.rng.choice([-200, -40, 25, 120])
        said = {"programme_id": self.points, "customer_id": customer, "points": number, "reason": "counted again"}
        if self.plain.ledger.adjust(customer, number, self.now):
            points.adjust(**said, user=self.user, now=self.now)
        else:
            with pytest.raises(NotEnough):
                points.adjust(**said, user=self.user, now=self.now)

    # coupons

    def give(self) -> None:
        coupon = self.rng.randrange(len(RULES))
        people = {self.customer() for _ in range(3)}
        done = coupons.issue(self.coupons[coupon], people, now=self.now)
        assert done.given == self.plain.give(coupon, people, self.now)
        known = {row.pk for row in self.pieces.values()}
        new = IssuedCoupon.objects.exclude(pk__in=known).order_by("customer_id")
        for place, row in enumerate(new, start=len(self.pieces)):
            self.pieces[place] = row

    def redeem(self) -> None:
        taken = {use.order for _id, use in self.used}
        free = [number for number in range(len(self.rows)) if number not in taken]
        if not free:
            return
        number, coupon, customer = self.rng.choice(free[-6:]), self.rng.randrange(len(RULES)), self.customer()
        piece: Piece | None = None
        code = f"{Coupon.objects.get(pk=self.coupons[coupon]).shared_code}"
        if RULES[coupon].own_codes:
            own = [one for one in self.plain.pieces if one.coupon == coupon]
            if not own:
                return
            piece = self.rng.choice(own)
            code = self.pieces[piece.number].code or ""
            customer = self.rng.choice([piece.customer, piece.customer, customer])
        said: Any = {"order_number": f"N{number}", "now": self.now}
        basket = a_basket(shop_id=self.home.pk, customer_id=customer)
        use = self.plain.use(coupon, piece, customer, number, self.now)
        if use is None:
            with pytest.raises(coupons.Refused):
                coupons.redeem(basket, [code], **said)
        else:
            done = coupons.redeem(basket, [code], **said)
            assert coupons.redeem(basket, [code], **said).redemption_ids == done.redemption_ids
            self.used.append((done.redemption_ids[0], use))

    def give_back(self) -> None:
        if self.used:
            number, use = self.rng.choice(self.used)
            assert bool(coupons.give_back([number], now=self.now)) == self.plain.give_back(use)

    def void(self) -> None:
        if self.pieces:
            piece = self.rng.choice(self.plain.pieces)
            assert bool(coupons.void([self.pieces[piece.number].pk], user=None, now=self.now)) == self.plain.void(piece)

    # people and time

    def merge(self) -> None:
        kept, gone = self.customer(), self.customer()
        if kept != gone:
            (done,) = customers.merge([Pair(kept, gone)], kind=MergeKind.HAND, user=None, now=self.now)
            self.plain.merge(kept, gone, self.now)
            self.merged.append((done.merge_id, kept, gone))
            self._look_again({kept})

    def part(self) -> None:
        if self.merged:
            number, kept, gone = self.merged.pop(self.rng.randrange(len(self.merged)))
            customers.undo_merge(number, user=None, now=self.now)
            self.plain.part(kept, gone, self.now)
            self._look_again({self.plain.now_of(kept), gone})

    def _look_again(self, who: set[int]) -> None:
        """As tiers do when they hear of a merge, or of points."""
        tiers.assess(who, now=self.now)
        for customer in sorted(who):
            self.plain.assess(customer, self.now)

    def hours(self) -> None:
        self.now += timedelta(minutes=self.rng.choice([5, 31, 300]))
        points.release_overdue(now=self.now)
        self.plain.ledger.release_overdue(self.now)

    def days(self) -> None:
        """A night: points expire, debts find something to settle them, and every tier is looked at."""
        self.now += timedelta(days=self.rng.choice([1, 1, 2, 5, 12]))
        expiring.give_notice(now=self.now)
        expiring.expire(now=self.now)
        self.plain.ledger.expire(self.now)
        orders.settle_all(now=self.now)
        for customer in {lot.customer for lot in self.plain.ledger.lots}:
            self.plain.ledger.settle(customer, self.now)
        tiers.evaluate(self.club, now=self.now)
        self.plain.evaluate(self.now)

    def step(self) -> None:
        self.now += timedelta(seconds=self.rng.randint(1, 90))
        self.rng.choice([step for step, often in STEPS_OFTEN.items() for _ in range(often)])(self)

    # what must be equal

    def compare(self) -> None:
        assert adds_up() == []
        ledger, customer = self.plain.ledger, self.customer()
        (found,) = queries.balances(customer, now=self.now)
        sums = (found.spendable, found.pending, found.held, found.debt)
        assert sums == ledger.balance(customer, self.now)
        lots = PointsLot.objects.exclude(remaining=0).values_list(
            "customer_id", "origin_customer_id", "valid_from", "expires_at", "remaining", "held"
        )
        kept = [
            (one.customer, one.origin, one.valid_from, one.expires_at, one.left, ledger.held(one))
            for one in ledger.lots
            if one.left
        ]
        assert Counter(lots) == Counter(kept)
        held = TierMember.objects.filter(spare=False).values_list("customer_id", "tier__rank", "falls_on")
        stands = [(one.customer, one.rank or None, one.falls_on) for one in self.plain.standings if not one.spare]
        assert Counter(held) == Counter(stands)
        self._compare_coupons()

    def _compare_coupons(self) -> None:
        found = {number: rest for number, *rest in Coupon.objects.values_list("pk", "issued", "uses")}
        for place, number in enumerate(self.coupons):
            given = sum(one.coupon == place for one in self.plain.pieces)
            assert found[number] == [given, self.plain.count(place)]
        rows = IssuedCoupon.objects.values_list("pk", "customer_id", "used_at", "voided_at")
        pieces = {number: (customer, bool(used), bool(void)) for number, customer, used, void in rows}
        assert pieces == {self.pieces[one.number].pk: (one.customer, one.used, one.void) for one in self.plain.pieces}
        ledger = CouponRedemption.objects.filter(uses=1).values_list("pk", "customer_id", "reversed_by")
        assert sorted((number, customer, back is not None) for number, customer, back in ledger) == sorted(
            (number, use.customer, use.returned) for number, use in self.used
        )


STEPS_OFTEN = {
    Life.place: 3,
    Life.pay: 5,
    Life.refund: 3,
    Life.cancel: 1,
    Life.read_points: 6,
    Life.read_coupons: 3,
    Life.read_tiers: 4,
    Life.reserve: 4,
    Life.end_hold: 4,
    Life.adjust: 2,
    Life.give: 3,
    Life.redeem: 6,
    Life.give_back: 1,
    Life.void: 1,
    Life.merge: 3,
    Life.part: 2,
    Life.hours: 3,
    Life.days: 2,
}


@pytest.fixture
def shanghai() -> Iterator[None]:
    preferences.put("time_zone", str(ZONE))
    yield


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(LIVES))
def test_every_step_agrees_with_the_plain_reading(seed: int, shanghai: None) -> None:
    life = Life(random.Random(seed))
    for number in range(STEPS):
        life.step()
        try:
            life.compare()
        except AssertionError as wrong:
            raise AssertionError(f"after step {number} of life {seed}") from wrong
