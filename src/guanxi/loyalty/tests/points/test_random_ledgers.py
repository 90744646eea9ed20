"""Random lives of points, step by step against the plain reading in plain.py."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from guanxi.commerce.models import Order, Shop
from guanxi.core.models import User
from guanxi.loyalty.models import PointsLot
from guanxi.loyalty.points import expiring, orders, queries, services
from guanxi.loyalty.points.types import NotEnough, WrongState
from guanxi.loyalty.tests.points.plain import Hold, Ledger
from guanxi.loyalty.tests.points.world import PAID, programme, shop, staff

CUSTOMERS = (11, 12)
RETURN_DAYS, MONTHS, MINUTES = 3, 1, 30
customers = st.sampled_from(CUSTOMERS)
amounts = st.integers(1, 30_000)
points = st.integers(1, 150)


class Points(RuleBasedStateMachine):
    bought: Bundle[tuple[Order, int]] = Bundle("bought")
    reserved: Bundle[tuple[int, Hold]] = Bundle("reserved")
    home: Shop
    user: User
    now: datetime

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize(shortfall=st.sampled_from(["debt", "negative", "forgive"]))
    def begin(self, shortfall: str) -> None:
        terms = {"return_days": RETURN_DAYS, "expiry_months": MONTHS, "hold_minutes": MINUTES, "adjust_limit": 10**6}
        self.programme = programme(shortfall=shortfall, **terms)
        self.home, self.user, self.now = shop(), staff(), PAID
        self.plain = Ledger(shortfall, RETURN_DAYS, MONTHS)
        self.orders = 0

    @rule(step=st.one_of(st.timedeltas(timedelta(minutes=1), timedelta(hours=2)), st.integers(1, 25)))
    def wait(self, step: timedelta | int) -> None:
        self.now += step if isinstance(step, timedelta) else timedelta(days=step)

    @rule(target=bought, customer=customers, total=amounts, paid=st.booleans())
    def order(self, customer: int, total: int, paid: bool) -> tuple[Order, int]:
        self.orders += 1
        said = {"kind": "sale", "currency": "CNY", "status": "unpaid", "placed_at": self.now}
        stamps = {"created_at": self.now, "updated_at": self.now, "content_digest": uuid4()}
        row = Order.objects.create(
            shop=self.home, external_id=str(self.orders), customer_id=customer, total=total, **said, **stamps
        )
        if paid:
            self.pay((row, customer))
        return (row, customer)

    @rule(one=bought)
    def pay(self, one: tuple[Order, int]) -> None:
        row, customer = one
        if row.status == "unpaid":
            row.status, row.paid_at = "paid", self.now
            row.save()
            self.plain.earn(customer, row.pk, row.total, self.now)
        services.follow([row.pk], now=self.now)

    @rule(one=bought, share=st.integers(1, 100), again=st.booleans())
    def refund(self, one: tuple[Order, int], share: int, again: bool) -> None:
        row, _customer = one
        if row.status == "paid":
            row.refunded_total = min(row.total, row.refunded_total + max(1, row.total * share // 100))
            row.save()
            self.plain.give_back(row.pk, row.total, row.refunded_total, self.now)
            services.follow([row.pk] * (2 if again else 1), now=self.now)

    @rule(one=bought)
    def cancel(self, one: tuple[Order, int]) -> None:
        row, _customer = one
        row.status = "cancelled"
        row.save()
        self.plain.give_back(row.pk, row.total, row.total, self.now)
        services.follow([row.pk], now=self.now)

    @rule(target=reserved, customer=customers, number=points)
    def reserve(self, customer: int, number: int) -> object:
        hold = self.plain.reserve(customer, number, self.now + timedelta(minutes=MINUTES), self.now)
        asked = {"customer_id": customer, "shop_id": self.home.pk, "points": number, "reference": uuid4().hex}
        if hold is None:
            with pytest.raises(NotEnough):
                services.reserve(**asked, now=self.now)
            return multiple()
        made = services.reserve(**asked, now=self.now)
        assert services.reserve(**asked, now=self.now) == made
        return (made.id, hold)

    @rule(one=reserved)
    def commit(self, one: tuple[int, Hold]) -> None:
        number, hold = one
        if self.plain.commit(hold, self.now):
            assert services.commit(number, now=self.now).state == "committed"
        else:
            with pytest.raises(WrongState):
                services.commit(number, now=self.now)

    @rule(one=reserved)
    def release(self, one: tuple[int, Hold]) -> None:
        number, hold = one
        if self.plain.release(hold, self.now):
            assert services.release(number, now=self.now).state in ("released", "expired")
        else:
            with pytest.raises(WrongState):
                services.release(number, now=self.now)

    @rule(customer=customers, number=points, down=st.booleans())
    def adjust(self, customer: int, number: int, down: bool) -> None:
        given = -number if down else number
        asked = {"customer_id": customer, "points": given, "reason": "counted again", "user": self.user}
        if self.plain.adjust(customer, given, self.now):
            services.adjust(programme_id=self.programme.pk, **asked, now=self.now)
        else:
            with pytest.raises(NotEnough):
                services.adjust(programme_id=self.programme.pk, **asked, now=self.now)

    @rule()
    def hour(self) -> None:
        expiring.give_notice(now=self.now)
        expiring.expire(now=self.now)
        self.plain.expire(self.now)
        orders.settle_all(now=self.now)
        for customer in CUSTOMERS:
            self.plain.settle(customer, self.now)

    @rule()
    def minute(self) -> None:
        services.release_overdue(now=self.now)
        self.plain.release_overdue(self.now)

    @invariant()
    def balances_are_equal(self) -> None:
        for customer in CUSTOMERS:
            found = queries.balances(customer, now=self.now)
            sums = [(one.spendable, one.pending, one.held, one.debt) for one in found]
            assert sums == [self.plain.balance(customer, self.now)]

    @invariant()
    def the_same_lots_are_left(self) -> None:
        found = PointsLot.objects.exclude(remaining=0).values_list("customer_id", "expires_at", "remaining")
        plain = [(lot.customer, lot.expires_at, lot.left) for lot in self.plain.lots if lot.left]
        assert Counter(found) == Counter(plain)

    @invariant()
    def the_ledger_adds_up(self) -> None:
        assert adds_up() == []


def adds_up() -> list[tuple[object, ...]]:
    """Lots whose entries or holds say something else than the lot."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.remaining, e.points, l.held, h.points FROM loyalty_pointslot l"
            " LEFT JOIN (SELECT lot_id, sum(points) AS points FROM loyalty_pointsentry GROUP BY 1) e ON e.lot_id = l.id"
            " LEFT JOIN (SELECT lot_id, sum(h.points) AS points FROM loyalty_pointshold h"
            "   JOIN loyalty_pointsreservation r ON r.id = h.reservation_id AND r.state = 'held' GROUP BY 1) h"
            " ON h.lot_id = l.id"
            " WHERE l.remaining <> coalesce(e.points, 0) OR l.held <> coalesce(h.points, 0)"
        )
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_step_agrees_with_the_plain_reading() -> None:
    run_state_machine_as_test(
        Points,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
