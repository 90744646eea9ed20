"""Orders follow their buyers through merges, and go back to whose they are."""

import pytest

from guanxi.commerce.models import Order
from guanxi.commerce.testing import NOW, order, record, shop
from guanxi.core import events
from guanxi.customers import services as customers
from guanxi.customers.services import Pair
from guanxi.customers.testing import profile
from guanxi.customers.types import MergeKind

pytestmark = pytest.mark.django_db
ONE, TWO = "13812345671", "13812345672"


def owners() -> dict[str, int | None]:
    return dict(Order.objects.values_list("external_id", "customer_id"))


def timeline(customer_id: int) -> list[int | None]:
    """Subjects of the orders placed that a customer's timeline tells."""
    told = events.timeline(customer_id=customer_id)
    return sorted(event.subject_id or 0 for event in told if event.kind == "order.placed")


def test_orders_follow_and_those_that_came_since_go_back_too() -> None:
    home = shop()
    record([order(1, phone=ONE), order(2, phone=TWO)], shop=home)
    one, two = owners()["N1"], owners()["N2"]
    assert one and two
    (done,) = customers.merge([Pair(one, two)], kind=MergeKind.HAND, user=None, now=NOW)
    assert done.moved["commerce_order"] == 1

    record([order(3, phone=TWO), order(4, phone=ONE)], shop=home)
    numbers = dict(Order.objects.values_list("external_id", "pk"))
    assert owners() == dict.fromkeys(["N1", "N2", "N3", "N4"], one)
    assert timeline(one) == sorted(numbers.values())

    customers.undo_merge(done.merge_id, user=None, now=NOW)
    assert owners() == {"N1": one, "N2": two, "N3": two, "N4": one}
    assert timeline(two) == [numbers["N2"], numbers["N3"]]
    assert not Order.objects.filter(origin_customer_id__isnull=False).exists()


def test_an_order_said_again_after_a_merge_stays_where_it_is() -> None:
    home = shop()
    record([order(1, phone=ONE), order(2, phone=TWO)], shop=home)
    one, two = owners()["N1"], owners()["N2"]
    assert one and two
    (done,) = customers.merge([Pair(one, two)], kind=MergeKind.HAND, user=None, now=NOW)

    again = record([order(2, phone=TWO), order(1, phone=ONE)], shop=home)
    assert (again.orders_unchanged, again.orders_updated) == (2, 0)
    changed = record([order(2, phone=TWO, total=9_000)], shop=home)
    assert changed.orders_updated == 1
    assert owners() == {"N1": one, "N2": one}

    customers.undo_merge(done.merge_id, user=None, now=NOW)
    assert owners() == {"N1": one, "N2": two}


def test_an_order_with_identifiers_of_both_points_at_nobody_else_once_they_are_one() -> None:
    home = shop()
    record([order(1, phone=ONE), order(2, buyer=profile(phone=TWO, account="two"))], shop=home)
    one, two = owners()["N1"], owners()["N2"]
    assert one and two
    customers.merge([Pair(one, two)], kind=MergeKind.HAND, user=None, now=NOW)

    record([order(3, buyer=profile(phone=ONE, account="two"))], shop=home)
    third = Order.objects.get(external_id="N3")
    assert (third.customer_id, third.origin_customer_id, third.matched_by) == (one, two, "platform_account")
