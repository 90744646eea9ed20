"""What other rooms may know of orders."""

from decimal import Decimal

import pytest
from django.db import connection

from guanxi.commerce import queries
from guanxi.commerce.models import Order
from guanxi.commerce.testing import PLACED, order, record, shop
from guanxi.commerce.types import IncomingRefund, OrderKind, OrderStatus
from guanxi.core.models import ExchangeRate

pytestmark = pytest.mark.django_db
PHONE = "+8613912340001"


def customer_of(number: str) -> int:
    return Order.objects.get(external_id=number).customer_id or 0


def test_orders_of_a_customer_newest_first() -> None:
    record([order(number, phone=PHONE) for number in (1, 2, 3)], shop=shop())
    cards = queries.orders_of(customer_of("N1"), limit=2)
    assert [(card.external_id, str(card.status_label), card.shop_name) for card in cards] == [
        ("N3", "Paid", "Linen house"),
        ("N2", "Paid", "Linen house"),
    ]


def test_totals_count_sales_and_take_off_what_went_back() -> None:
    one = shop()
    record(
        [
            order(1, phone=PHONE),
            order(2, phone=PHONE, refunds=(IncomingRefund(amount=2_500, refunded_at=PLACED),)),
            order(3, phone=PHONE, status=OrderStatus.UNPAID),
            order(
                4,
                phone=PHONE,
                kind=OrderKind.CREDIT_NOTE,
                status=OrderStatus.REFUNDED,
                total=1_000,
                refunds=(IncomingRefund(amount=1_000, refunded_at=PLACED),),
            ),
        ],
        shop=one,
    )
    totals = queries.totals_of(customer_of("N1"))
    assert (totals.all_orders, totals.orders, totals.revenue, totals.average) == (4, 2, 16_500, 10_000)


def test_totals_in_other_currencies_need_a_rate() -> None:
    record([order(1, phone=PHONE)], shop=shop())
    record([order(2, phone=PHONE, currency="USD")], shop=shop("Dollars", currency="USD"))
    record([order(3, phone=PHONE, currency="JPY", total=1_000)], shop=shop("Yen", currency="JPY"))
    ExchangeRate.objects.create(currency="USD", rate=Decimal(7))
    totals = queries.totals_of(customer_of("N1"))
    assert (totals.all_orders, totals.revenue, totals.without_rate) == (3, 80_000, 1)


def test_an_order_is_found_by_its_number_in_any_shop() -> None:
    record([order(1, external_id="#1001"), order(2, external_id="AB-7")], shop=shop())
    record([order(1, external_id="1001")], shop=shop("Other"))
    assert sorted(card.shop_name for card in queries.orders_numbered("1001", limit=5)) == ["Linen house", "Other"]
    assert [card.external_id for card in queries.orders_numbered(" ab-7 ", limit=5)] == ["AB-7"]
    assert queries.orders_numbered("100", limit=5) == []


def test_finding_an_order_uses_the_index_of_numbers() -> None:
    one = shop()
    record([order(number) for number in range(1, 40)], shop=one)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "order_once" in Order.objects.filter(queries.number_is("N7")).explain()
