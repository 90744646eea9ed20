"""Tills and shops: quote, reserve, commit, release; each may be repeated."""

from datetime import timedelta

import pytest

from guanxi.loyalty.models import PointsEntry, PointsLot, PointsReservation
from guanxi.loyalty.points import services, spending
from guanxi.loyalty.points.types import (
    BadPoints,
    NoProgramme,
    NotEnough,
    Points,
    ReferenceTaken,
    Reservation,
    WrongState,
)
from guanxi.loyalty.tests.points.world import PAID, VALID, buy, has, programme, refund, shop

pytestmark = pytest.mark.django_db
LATER = VALID + timedelta(minutes=16)


def reserve(customer: int | None, points: Points, *, reference: str = "till-1") -> Reservation:
    return services.reserve(customer_id=customer or 0, shop_id=shop().pk, points=points, reference=reference, now=VALID)


@pytest.mark.parametrize(
    ("total", "points", "discount", "why"),
    [
        (10_000, 100, 150, ""),
        (200, 66, 99, "Points may cover at most 50% of an order."),
        (100, 0, 0, "At least 50 points are spent at once."),
    ],
)
def test_a_quote_says_what_points_can_do_and_why_not_more(total: int, points: int, discount: int, why: str) -> None:
    programme(spend_points=100, spend_amount=150, spend_minimum=50)
    customer = buy().customer_id or 0
    found = services.quote(customer_id=customer, shop_id=shop().pk, total=total, now=VALID)
    assert (found.spendable, found.points, found.discount, found.why) == (100, points, discount, why)


def test_points_are_set_aside_and_then_spent() -> None:
    programme()
    customer = buy().customer_id
    made = reserve(customer, 60)
    assert has(customer, now=VALID) == (40, 0, 60, 0)
    assert services.commit(made.id, now=VALID).state == "committed"
    assert services.commit(made.id, now=LATER).state == "committed"
    assert has(customer, now=LATER) == (40, 0, 0, 0)
    assert [e.points for e in PointsEntry.objects.order_by("pk")] == [100, -60]
    with pytest.raises(WrongState):
        services.release(made.id, now=LATER)


def test_what_is_released_can_be_spent_again() -> None:
    programme()
    customer = buy().customer_id
    made = reserve(customer, 60)
    assert services.release(made.id, now=VALID).state == "released"
    assert services.release(made.id, now=VALID).state == "released"
    assert has(customer, now=VALID) == (100, 0, 0, 0)
    with pytest.raises(WrongState):
        services.commit(made.id, now=VALID)


def test_a_forgotten_reservation_ends_by_itself() -> None:
    programme()
    customer = buy().customer_id
    made = reserve(customer, 60)
    assert has(customer, now=LATER) == (100, 0, 0, 0)
    with pytest.raises(WrongState):
        services.commit(made.id, now=LATER)
    assert services.release_overdue(now=LATER) == 0
    reserve(customer, 100, reference="till-2")
    assert services.release_overdue(now=LATER) == 1
    assert set(PointsReservation.objects.values_list("state", flat=True)) == {"expired"}
    assert not PointsLot.objects.exclude(held=0).exists()


def test_the_same_reference_is_the_same_reservation() -> None:
    programme()
    customer = buy().customer_id
    assert reserve(customer, 60) == reserve(customer, 60)
    with pytest.raises(ReferenceTaken):
        reserve(customer, 61)
    other = buy(2, phone="+8613912340009").customer_id
    with pytest.raises(ReferenceTaken):
        reserve(other, 60)


def test_only_what_is_valid_can_be_spent_and_no_more() -> None:
    programme(spend_minimum=10)
    customer = buy().customer_id
    buy(2, paid_at=VALID, now=VALID)
    assert has(customer, now=VALID) == (100, 100, 0, 0)
    for points, problem in ((101, NotEnough), (9, BadPoints), (0, BadPoints)):
        with pytest.raises(problem):
            reserve(customer, points)
    assert not PointsReservation.objects.exists()


def test_what_expires_first_is_spent_first() -> None:
    programme(return_days=0)
    customer = buy(1, total=5_000, paid_at=PAID).customer_id
    buy(2, total=5_000, paid_at=PAID - timedelta(days=2))
    made = reserve(customer, 70)
    services.commit(made.id, now=VALID)
    left = PointsLot.objects.order_by("earned_at").values_list("remaining", flat=True)
    assert list(left) == [0, 30]


def test_a_refund_leaves_what_a_till_was_promised() -> None:
    programme()
    customer = buy().customer_id
    made = reserve(customer, 60)
    refund(1, 10_000, now=VALID)
    assert has(customer, now=VALID) == (0, 0, 60, 60)
    services.release(made.id, now=VALID)
    assert has(customer, now=VALID) == (0, 0, 0, 0)


def test_a_shop_of_a_programme_that_is_off_spends_nothing() -> None:
    programme(active=False)
    customer = buy().customer_id
    with pytest.raises(NoProgramme):
        reserve(customer, 1)
    with pytest.raises(NoProgramme):
        spending.quote(customer_id=customer or 0, shop_id=shop().pk, total=1, now=VALID)
