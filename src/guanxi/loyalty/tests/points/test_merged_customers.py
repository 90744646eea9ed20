"""Points follow their customer through merges, and go back with what was earned and spent since."""

import pytest

from guanxi.customers import services as customers
from guanxi.customers.services import Merged, Pair
from guanxi.customers.types import MergeKind
from guanxi.loyalty.models import PointsEntry, PointsLot
from guanxi.loyalty.points import services
from guanxi.loyalty.points.types import WrongState
from guanxi.loyalty.tests.points.world import VALID, buy, has, programme, shop

pytestmark = pytest.mark.django_db
ONE, TWO = "+8613912340001", "+8613912340002"


def two() -> tuple[int, int]:
    programme()
    first, second = buy(1, phone=ONE).customer_id, buy(2, phone=TWO, total=5_000).customer_id
    assert first and second
    return first, second


def merge(kept: int, gone: int) -> Merged:
    (done,) = customers.merge([Pair(kept, gone)], kind=MergeKind.HAND, user=None, now=VALID)
    return done


def spend(customer_id: int, points: int, reference: str) -> None:
    made = services.reserve(customer_id=customer_id, shop_id=shop().pk, points=points, reference=reference, now=VALID)
    services.commit(made.id, now=VALID)


def test_the_points_of_both_are_spent_together_and_go_back_to_whose_they_were() -> None:
    one, two_ = two()
    done = merge(one, two_)
    assert (has(one, now=VALID)[0], has(two_, now=VALID)[0]) == (150, 0)
    spend(one, 120, "till-1")

    customers.undo_merge(done.merge_id, user=None, now=VALID)
    left = has(one, now=VALID)[0], has(two_, now=VALID)[0]
    assert sum(left) == 30
    assert min(left) >= 0
    for lot in PointsLot.objects.all():
        assert lot.customer_id == lot.origin_customer_id
        assert lot.remaining == sum(PointsEntry.objects.filter(lot=lot).values_list("points", flat=True))


def test_what_an_order_earns_after_a_merge_goes_to_whose_order_it_was() -> None:
    one, two_ = two()
    done = merge(one, two_)
    buy(3, phone=TWO, total=7_000)
    assert has(one, now=VALID)[0] == 220

    customers.undo_merge(done.merge_id, user=None, now=VALID)
    assert (has(one, now=VALID)[0], has(two_, now=VALID)[0]) == (100, 120)


def test_what_a_till_was_promised_of_two_is_given_back_when_they_are_told_apart() -> None:
    one, two_ = two()
    done = merge(one, two_)
    said = {"customer_id": one, "shop_id": shop().pk, "now": VALID}
    both = services.reserve(**said, points=120, reference="both")
    customers.undo_merge(done.merge_id, user=None, now=VALID)
    with pytest.raises(WrongState):
        services.commit(both.id, now=VALID)
    assert (has(one, now=VALID), has(two_, now=VALID)) == ((100, 0, 0, 0), (50, 0, 0, 0))


def test_what_a_till_was_promised_of_one_alone_stays_promised() -> None:
    one, two_ = two()
    own = services.reserve(customer_id=two_, shop_id=shop().pk, points=40, reference="own", now=VALID)
    done = merge(one, two_)
    customers.undo_merge(done.merge_id, user=None, now=VALID)
    assert services.commit(own.id, now=VALID).state == "committed"
    assert (has(one, now=VALID), has(two_, now=VALID)) == ((100, 0, 0, 0), (10, 0, 0, 0))


def test_points_for_who_was_merged_a_moment_ago_are_taken_from_who_stays() -> None:
    one, two_ = two()
    merge(one, two_)
    spend(two_, 130, "till-1")
    assert has(one, now=VALID)[0] == 20
