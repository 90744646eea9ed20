"""Coupons follow their holders through merges, and go back."""

import pytest

from guanxi.customers import services as customers
from guanxi.customers.services import Pair
from guanxi.customers.testing import customers as people
from guanxi.customers.types import MergeKind
from guanxi.loyalty.coupons import issuing
from guanxi.loyalty.models import IssuedCoupon
from guanxi.loyalty.testing import NOW, a_coupon

pytestmark = pytest.mark.django_db


def holders() -> list[int | None]:
    return list(IssuedCoupon.objects.order_by("pk").values_list("customer_id", flat=True))


def test_a_coupon_goes_with_its_holder_and_comes_back() -> None:
    one, two = people(2)
    issuing.issue(a_coupon(), [two], now=NOW)
    (done,) = customers.merge([Pair(one, two)], kind=MergeKind.HAND, user=None, now=NOW)
    assert holders() == [one]
    customers.undo_merge(done.merge_id, user=None, now=NOW)
    assert holders() == [two]


def test_a_coupon_for_who_was_merged_is_given_to_who_stayed_once() -> None:
    one, two = people(2)
    coupon = a_coupon()
    customers.merge([Pair(one, two)], kind=MergeKind.HAND, user=None, now=NOW)
    assert issuing.issue(coupon, [two, one], now=NOW).given == 1
    assert issuing.issue(coupon, [two], now=NOW).had_it == 1
    assert holders() == [one]
