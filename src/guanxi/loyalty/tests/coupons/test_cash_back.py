"""Cash back: a share of what is paid comes as points, valid after the return window, and goes with the use."""

from datetime import timedelta
from typing import Any

import pytest

from guanxi.customers.testing import customers
from guanxi.loyalty.coupons import queries, services
from guanxi.loyalty.models import PointsEntry, PointsLot
from guanxi.loyalty.points import queries as points
from guanxi.loyalty.points import services as tills
from guanxi.loyalty.testing import NOW, a_basket, a_coupon
from guanxi.loyalty.tests.points.test_random_ledgers import adds_up
from guanxi.loyalty.tests.points.world import has, programme, shop

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=8)


def use(number: str = "N1", *, customer_id: int | None, **said: Any) -> tuple[int, ...]:
    basket = a_basket(customer_id=customer_id, shop_id=shop().pk)
    return services.redeem(basket, ["BACK"], order_number=number, now=NOW, **said).redemption_ids


def test_a_share_of_what_is_paid_comes_back_as_points_once() -> None:
    programme(return_days=7, spend_points=100, spend_amount=100)
    (customer,) = customers(1)
    a_coupon("cash_back", params={"share": 1_000}, shared_code="BACK")
    (number,) = use(customer_id=customer)
    assert use(customer_id=customer) == (number,)
    entry = queries.redemption(number)
    assert (entry.discount, entry.cash_back, entry.points) == (0, 1_500, 1_500)
    assert (has(customer, now=NOW), has(customer, now=LATER)) == ((0, 1_500, 0, 0), (1_500, 0, 0, 0))
    (line,) = points.statement(customer, limit=9)
    assert line.why.startswith("Cash back of the coupon “Coupon")


def test_points_go_when_the_use_is_given_back_and_spent_ones_are_owed() -> None:
    programme(return_days=0, spend_points=100, spend_amount=100)
    (customer,) = customers(1)
    a_coupon("cash_back", params={"share": 1_000}, shared_code="BACK")
    ids = use(customer_id=customer)
    held = tills.reserve(customer_id=customer, shop_id=shop().pk, points=1_000, reference="till", now=NOW)
    tills.commit(held.id, now=NOW)
    for _time in range(2):
        services.give_back(ids, now=LATER)
        assert has(customer, now=LATER) == (0, 0, 0, 1_000)
    assert adds_up() == []
    assert sum(PointsEntry.objects.values_list("points", flat=True)) == -1_000
    assert {line.why for line in points.statement(customer, limit=9) if line.kind == "reverse"} == {
        "The coupon that brought them was given back"
    }


def test_it_acts_on_what_other_coupons_leave_and_counts_in_the_best_combination() -> None:
    programme(return_days=0, spend_points=100, spend_amount=100)
    (customer,) = customers(1)
    a_coupon("cash_back", params={"share": 1_000}, shared_code="BACK")
    a_coupon("amount_off", params={"amount": 5_000}, shared_code="OFF")
    verdict = services.validate(a_basket(customer_id=customer), ["BACK", "OFF"], now=NOW)
    assert (verdict.discount, verdict.cash_back, verdict.to_pay) == (5_000, 1_000, 10_000)


def test_it_needs_someone_known_and_a_programme() -> None:
    (customer,) = customers(1)
    a_coupon("cash_back", shared_code="BACK")
    with pytest.raises(services.Refused) as refused:
        use(customer_id=customer)
    assert [one.reason.code for one in refused.value.not_used] == ["no_points"]
    programme()
    with pytest.raises(services.Refused) as refused:
        use(customer_id=None)
    assert "nobody knows who is buying" in str(refused.value.not_used[0].reason.message)
    assert not PointsLot.objects.exists()
