"""Coupons come back by themselves when their order is cancelled or refunded, as each coupon says."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from guanxi.commerce.testing import order, record, shop
from guanxi.commerce.types import IncomingRefund, OrderStatus
from guanxi.core import events
from guanxi.loyalty.coupons import services
from guanxi.loyalty.models import Coupon
from guanxi.loyalty.testing import NOW, a_basket, a_coupon

pytestmark = pytest.mark.django_db(transaction=True)  # a reader never sees events of a transaction that is still open
REFUND = {"status": OrderStatus.PAID, "refunds": (IncomingRefund(amount=1_000, refunded_at=NOW),)}
REFUNDED = {"status": OrderStatus.REFUNDED, "refunds": (IncomingRefund(amount=10_000, refunded_at=NOW),)}
CANCELLED = {"status": OrderStatus.CANCELLED}


@pytest.mark.parametrize(
    ("give_back", "became", "uses"),
    [
        ("full", CANCELLED, 0),
        ("full", REFUNDED, 0),
        ("full", REFUND, 1),
        ("any", REFUND, 0),
        ("any", CANCELLED, 0),
        ("never", REFUNDED, 1),
        ("full", {}, 1),
    ],
)
def test_what_becomes_of_the_order_decides(give_back: str, became: dict[str, Any], uses: int) -> None:
    place = shop()
    coupon = a_coupon(give_back=give_back, shared_code="BACK")
    services.redeem(a_basket(shop_id=place.pk), ["BACK"], order_number="N1", now=NOW)
    services.redeem(a_basket(shop_id=place.pk), ["BACK"], order_number="N2", now=NOW)
    record([order(1), order(2)], shop=place)
    if became:
        record([order(1, source_updated_at=NOW, **became)], shop=place)
    while events.read_next("coupons.give_back", now=timezone.now()):
        pass
    assert Coupon.objects.get(pk=coupon).uses == uses + 1


def test_an_order_of_another_shop_is_another_order() -> None:
    one, other = shop(), shop("Old Town")
    coupon = a_coupon(shared_code="BACK")
    services.redeem(a_basket(shop_id=one.pk), ["BACK"], order_number="N1", now=NOW)
    record([order(1, **CANCELLED)], shop=other)
    while events.read_next("coupons.give_back", now=timezone.now()):
        pass
    assert Coupon.objects.get(pk=coupon).uses == 1


def test_a_coupon_for_the_whole_order_waits_until_the_last_part_went_back() -> None:
    place = shop()
    coupon = a_coupon(give_back="full", shared_code="BACK")
    services.redeem(a_basket(shop_id=place.pk), ["BACK"], order_number="N1", now=NOW)
    uses = []
    for day, parts in enumerate([(3_000,), (3_000, 2_000), (3_000, 2_000, 5_000)]):
        at = NOW + timedelta(days=day)
        refunds = tuple(IncomingRefund(amount=amount, refunded_at=NOW) for amount in parts)
        record([order(1, status=OrderStatus.PAID, refunds=refunds, source_updated_at=at)], shop=place, now=at)
        while events.read_next("coupons.give_back", now=timezone.now()):
            pass
        uses.append(Coupon.objects.get(pk=coupon).uses)
    assert uses == [1, 1, 0]
