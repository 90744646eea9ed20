"""What came of a coupon: three groups that share nobody, the orders it was used on, and facts of each customer."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from guanxi.customers.testing import customers
from guanxi.loyalty.coupons import services
from guanxi.loyalty.coupons.results import Group, results
from guanxi.loyalty.models import IssuedCoupon
from guanxi.loyalty.testing import NOW, a_basket, a_coupon
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.services import refresh
from guanxi.warehouse.testing import given

DAY = timedelta(days=1)


def bought(number: int, customer_id: int, value: int, *, at: Any = NOW + DAY, **said: Any) -> dict[str, Any]:
    values = {"order_id": number, "customer_id": customer_id, "shop_id": 1, "external_id": f"N{number}", "kind": "sale"}
    return {**values, "counted": True, "value": value, "net_value": value, "placed_at": at, **said}


def used(number: int, customer_id: int, order: str, uses: int = 1) -> dict[str, Any]:
    values = {"redemption_id": number, "customer_id": customer_id, "shop_id": 1, "order_number": order, "uses": uses}
    return {**values, "at": NOW}


@pytest.mark.django_db
def test_everyone_is_in_one_group_with_what_they_bought_in_the_period() -> None:
    coupon = a_coupon(valid_until=NOW + 10 * DAY)
    pieces = [{"issued_id": n, "coupon_id": coupon, "customer_id": n, "issued_at": NOW} for n in (1, 2, 3)]
    tables = {
        "customers": [{"customer_id": n, "erased": n == 7} for n in range(1, 8)],
        "coupons_issued": [*pieces, {"issued_id": 9, "coupon_id": coupon + 1, "customer_id": 5, "issued_at": NOW}],
        "coupon_redemptions": [
            {**used(1, 1, "N1"), "coupon_id": coupon},
            {**used(2, 2, "N2"), "coupon_id": coupon},
            {**used(3, 2, "N2", -1), "coupon_id": coupon},  # given back: 2 counts as one who did not use it
            {**used(4, 4, "N4"), "coupon_id": coupon},  # used it without having been given it
            {**used(5, 5, "N5"), "coupon_id": coupon + 1},
        ],
        "orders": [
            bought(1, 1, 10_000, net_value=9_000),
            bought(2, 2, 5_000),
            bought(3, 5, 7_000),
            bought(4, 4, 2_000),
            bought(5, 5, 1_000),
            bought(6, 6, 4_000, at=NOW + 11 * DAY),  # after its end
            bought(7, 6, 4_000, counted=False, status="cancelled"),
        ],
    }
    with given(tables):
        found = results(coupon, now=NOW + 20 * DAY)
    assert found.groups == (
        Group(name="used", customers=2, buyers=2, orders=2, revenue=11_000),
        Group(name="given", customers=2, buyers=1, orders=1, revenue=5_000),
        Group(name="without", customers=2, buyers=1, orders=2, revenue=8_000),
    )
    assert [group.revenue_per_customer for group in found.groups] == [5_500, 2_500, 4_000]
    assert (found.orders_found, found.order_revenue) == (2, 11_000)
    assert found.end == NOW + 10 * DAY


@pytest.mark.django_db(transaction=True)
def test_counts_and_facts_come_from_what_was_given_and_used(home: Any) -> None:
    one, other, third = customers(3)
    coupon = a_coupon(params={"amount": 1_000}, code_style="unique")
    services.issue(coupon, [one, other, third], now=NOW)
    codes = dict(IssuedCoupon.objects.values_list("customer_id", "code"))
    ids = [
        services.redeem(a_basket(customer_id=who), [codes[who]], order_number=f"A{who}", now=NOW).redemption_ids
        for who in (one, other)
    ]
    services.give_back(ids[1], now=NOW)
    services.void_code(codes[third], user=None, now=NOW)
    refresh(now=timezone.now())
    found = results(coupon, now=NOW + DAY)
    assert (found.issued, found.uses, found.returned, found.void) == (3, 1, 1, 1)
    assert (found.discount, found.issued_and_used, found.use_rate) == (1_000, 1, 1 / 3)
    assert [(group.name, group.customers) for group in found.groups] == [("used", 1), ("given", 2), ("without", 0)]
    facts = warehouse.table("customer_facts")
    rows = warehouse.execute(facts.select("customer_id", "coupons_given", "coupons_held", "coupons_redeemed"))
    assert {tuple(row.values()) for row in rows.to_pylist()} == {(one, 1, 0, 1), (other, 1, 1, 0), (third, 1, 0, 0)}
