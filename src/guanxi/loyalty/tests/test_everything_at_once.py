"""Eight writers at once, each on a connection of its own: afterwards everything adds up and is whose it is."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Count, Sum

from guanxi.commerce import queries as commerce
from guanxi.commerce.models import Order
from guanxi.commerce.testing import order, record
from guanxi.commerce.types import IncomingPayment, IncomingRefund, OrderStatus
from guanxi.core import preferences
from guanxi.customers import services as customers
from guanxi.customers.models import Merge
from guanxi.customers.services import CannotMerge, Pair
from guanxi.customers.types import MergeKind
from guanxi.loyalty.coupons import services as coupons
from guanxi.loyalty.coupons.subscribers import give_back_of
from guanxi.loyalty.models import (
    Coupon,
    CouponRedemption,
    IssuedCoupon,
    PointsEntry,
    PointsHold,
    PointsLot,
    PointsReservation,
    TierMember,
)
from guanxi.loyalty.points import expiring, orders, queries
from guanxi.loyalty.points import services as points
from guanxi.loyalty.points.types import PointsError
from guanxi.loyalty.testing import a_basket, a_coupon
from guanxi.loyalty.tests.everything import Merchant, Purchase, Step
from guanxi.loyalty.tests.points.plain import ZONE, Ledger
from guanxi.loyalty.tests.points.test_at_once import at_once
from guanxi.loyalty.tests.points.test_random_ledgers import adds_up
from guanxi.loyalty.tests.points.world import programme, shop, staff
from guanxi.loyalty.tests.tiers.shopping import phone
from guanxi.loyalty.tiers import services as tiers
from guanxi.loyalty.tiers.testing import programme as tier_programme
from guanxi.loyalty.tiers.testing import tier

BEGIN = datetime(2026, 5, 10, 4, tzinfo=UTC)
NOW = BEGIN + timedelta(days=10)
"""When the writers begin: what was bought at first is valid."""
PEOPLE, WRITERS, TURNS = 4, 8, 40
TOTAL = 12_000
LIMIT, EACH = 30, 6


class World:
    """A merchant with four customers who have bought twice each."""

    def __init__(self) -> None:
        preferences.put("time_zone", str(ZONE))
        self.home, self.user = shop(), staff()
        self.points = programme(return_days=3, hold_minutes=30, adjust_limit=10**6, starts_at=BEGIN).pk
        self.club = tier_programme(tier("T1", 20_000), tier("T2", 100_000), now=BEGIN, grace_days=0, warn_days=0)
        self.shared = a_coupon(now=BEGIN, shared_code="SHARED", limit_total=LIMIT, limit_per_customer=EACH)
        self.own = a_coupon(now=BEGIN, code_style="unique")
        for number in range(2 * PEOPLE):
            self.buy(number, BEGIN)
        self.ids = [self.row(number).customer_id or 0 for number in range(PEOPLE)]
        self.hear(range(2 * PEOPLE), BEGIN)

    def buy(self, number: int, now: datetime, *, back: int = 0, cancelled: bool = False) -> None:
        said = order(
            number,
            phone=phone(number % PEOPLE + 1),
            placed_at=BEGIN,
            status=OrderStatus.CANCELLED if cancelled else OrderStatus.PAID,
            total=TOTAL,
            paid_at=BEGIN,
            paid_total=TOTAL,
            payments=(IncomingPayment(amount=TOTAL, paid_at=BEGIN),),
            refunds=(IncomingRefund(amount=back, refunded_at=now),) if back else (),
            lines=(),
            source_updated_at=now,
        )
        record([said], shop=self.home, now=now)

    def row(self, number: int) -> Order:
        return Order.objects.get(shop=self.home, external_id=f"N{number}")

    def hear(self, numbers: range | list[int], now: datetime) -> None:
        names = [f"N{number}" for number in numbers]
        rows = list(Order.objects.filter(external_id__in=names).values_list("pk", "customer_id"))
        orders.follow([pk for pk, _customer in rows], now=now)
        give_back_of(commerce.fates_of([pk for pk, _customer in rows]), now=now)
        tiers.assess({customer for _pk, customer in rows if customer}, now=now)


class Writer:
    def __init__(self, world: World, seed: int) -> None:
        self.world, self.seed, self.rng = world, seed, random.Random(seed)
        self.turn = 0
        self.codes: list[str] = []

    def __call__(self) -> None:
        steps: list[Callable[[], object]] = [
            self.order,
            self.order,
            self.news,
            self.till,
            self.till,
            self.adjust,
            self.give,
            self.redeem,
            self.redeem,
            self.give_back,
            self.void,
            self.merge,
            self.part,
            self.night,
        ]
        for self.turn in range(TURNS):
            with suppress(PointsError, CannotMerge, coupons.Refused, coupons.KeyReused):
                self.rng.choice(steps)()

    @property
    def name(self) -> str:
        return f"{self.seed}-{self.turn}"

    def customer(self) -> int:
        return self.rng.choice(self.world.ids)

    def order(self) -> None:
        """What an order is at a turn follows from both, so that the latest news of it wins whoever brings it."""
        number = 100 + self.rng.randrange(40)
        back = TOTAL * self.turn // (TURNS - 1) if number % 2 else 0
        cancelled = number % 4 == 0 and self.turn > TURNS // 2
        self.world.buy(number, NOW + timedelta(seconds=self.turn), back=back, cancelled=cancelled)
        self.world.hear([number], NOW)

    def news(self) -> None:
        self.world.hear(range(100, 140), NOW)

    def till(self) -> None:
        said = {"customer_id": self.customer(), "shop_id": self.world.home.pk, "reference": self.name}
        made = points.reserve(**said, points=self.rng.choice([5, 40, 90]), now=NOW)
        end = self.rng.choice([points.commit, points.commit, points.release, None])
        if end:
            end(made.id, now=NOW)

    def adjust(self) -> None:
        said = {"programme_id": self.world.points, "customer_id": self.customer(), "reason": self.name}
        points.adjust(**said, points=self.rng.choice([-60, 30]), user=self.world.user, now=NOW, reference=self.name)

    def give(self) -> None:
        coupons.issue(self.rng.choice([self.world.shared, self.world.own]), [self.customer()], now=NOW)

    def redeem(self) -> None:
        code = self.rng.choice(["SHARED", *IssuedCoupon.objects.exclude(code=None).values_list("code", flat=True)])
        number = self.rng.choice([f"N{100 + self.rng.randrange(40)}", self.name])
        basket = a_basket(shop_id=self.world.home.pk, customer_id=self.customer())
        coupons.redeem(basket, [code or ""], order_number=number, now=NOW)

    def give_back(self) -> None:
        numbers = list(CouponRedemption.objects.filter(uses=1).values_list("pk", flat=True))
        if numbers:
            coupons.give_back([self.rng.choice(numbers)], now=NOW)

    def void(self) -> None:
        numbers = list(IssuedCoupon.objects.values_list("pk", flat=True))
        if numbers and self.rng.random() < 0.3:
            coupons.void([self.rng.choice(numbers)], user=None, now=NOW)

    def merge(self) -> None:
        customers.merge([Pair(self.customer(), self.customer())], kind=MergeKind.HAND, user=None, now=NOW)
        tiers.assess(self.world.ids, now=NOW)

    def part(self) -> None:
        numbers = list(Merge.objects.filter(undone_at=None).values_list("pk", flat=True))
        if numbers:
            customers.undo_merge(self.rng.choice(numbers), user=None, now=NOW)
            tiers.assess(self.world.ids, now=NOW)

    def night(self) -> None:
        expiring.expire(now=NOW)
        points.release_overdue(now=NOW)
        orders.settle_all(now=NOW)
        tiers.evaluate(self.world.club, now=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2])
def test_eight_writers_of_everything(seed: int) -> None:
    world = World()
    answers = at_once(*(Writer(world, 100 * seed + number) for number in range(WRITERS)))
    assert answers == [None] * WRITERS
    plain = Merchant(Ledger("debt", 3, 12), [], 365, 0, [])
    plain.merges = list(Merge.objects.filter(undone_at=None).values_list("kept_id", "gone_id"))
    orders_have_their_buyers(plain)
    points_add_up(plain, world)
    coupons_add_up(plain, world)
    tiers_are_met(plain, world)


def orders_have_their_buyers(plain: Merchant) -> None:
    for customer, origin in Order.objects.values_list("customer_id", "origin_customer_id"):
        assert customer == plain.now_of(origin or customer or 0)


def points_add_up(plain: Merchant, world: World) -> None:
    assert adds_up() == []
    assert not PointsLot.objects.filter(remaining__lt=0).exclude(kind="debt").exists()
    for table in (PointsLot, PointsEntry, PointsReservation):
        for customer, origin in table.objects.values_list("customer_id", "origin_customer_id"):
            assert customer == plain.now_of(origin or customer)
    owners = PointsHold.objects.filter(reservation__state="held").values_list("reservation__customer_id", "lot_id")
    lots = dict(PointsLot.objects.values_list("pk", "customer_id"))
    assert all(lots[lot] == customer for customer, lot in owners)
    world.hear(range(100, 140), NOW)
    for row in Order.objects.all():
        whole = row.total // 100
        kept = whole * (row.total - row.refunded_total) // row.total if row.status == "paid" else 0
        found = queries.of_order(row.pk)
        assert (found or 0) == kept
    for customer in {plain.now_of(one) for one in world.ids}:
        (found,) = queries.balances(customer, now=NOW)
        total = PointsEntry.objects.filter(customer_id=customer).aggregate(total=Sum("points"))["total"] or 0
        assert found.spendable == max(0, total - found.pending - found.held)


def coupons_add_up(plain: Merchant, world: World) -> None:
    for number in (world.shared, world.own):
        coupon = Coupon.objects.get(pk=number)
        ledger = CouponRedemption.objects.filter(coupon=number)
        assert coupon.uses == (ledger.aggregate(n=Sum("uses"))["n"] or 0) <= (coupon.limit_total or coupon.uses)
        assert coupon.issued == IssuedCoupon.objects.filter(coupon=number).count()
    for table in (IssuedCoupon, CouponRedemption):
        for customer, origin in table.objects.values_list("customer_id", "origin_customer_id"):
            assert customer == plain.now_of(origin)
    used = CouponRedemption.objects.filter(coupon=world.shared).values("origin_customer_id").annotate(n=Sum("uses"))
    assert all(row["n"] <= EACH for row in used)
    live = CouponRedemption.objects.filter(uses=1, reversed_by=None, issued__isnull=False)
    assert not live.values("issued").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert set(live.values_list("issued_id", flat=True)) == set(
        IssuedCoupon.objects.filter(used_at__isnull=False).values_list("pk", flat=True)
    )
    holders = IssuedCoupon.objects.values("coupon", "origin_customer_id").annotate(n=Count("pk"))
    assert all(row["n"] == 1 for row in holders)


def tiers_are_met(plain: Merchant, world: World) -> None:
    tiers.evaluate(world.club, now=NOW)
    plain.ladder = [Step(20_000, None, None, Decimal(1)), Step(100_000, None, None, Decimal(1))]
    for row in Order.objects.all():
        origin = row.origin_customer_id or row.customer_id or 0
        plain.orders.append(Purchase(origin, row.total, row.placed_at, status=row.status, back=row.refunded_total))
    plain.evaluate(NOW)
    rows = TierMember.objects.filter(programme=world.club, spare=False).values_list("customer_id", "tier__rank")
    assert {customer: rank for customer, rank in rows if rank} == {
        one.customer: one.rank for one in plain.standings if one.rank
    }
