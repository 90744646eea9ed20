"""What the warehouse gets of orders: money in the merchant's currency, and facts per customer."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from guanxi.commerce.testing import PLACED, lines, order, record, shop
from guanxi.commerce.types import IncomingRefund, OrderKind, OrderStatus
from guanxi.core.models import ExchangeRate
from guanxi.warehouse import queries
from guanxi.warehouse.specs import TABLES
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.django_db
BACK = (IncomingRefund(amount=4_000, refunded_at=PLACED),)


def rows(table: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({TABLES[table].select}) s ORDER BY 1, 2")
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def money(table: str) -> list[tuple[Any, ...]]:
    return [(row["counted"], row["value"], row["refunded_value"], row["net_value"]) for row in rows(table)]


def test_what_counts_and_what_is_left_of_it() -> None:
    home = shop()
    record(
        [
            order(1),
            order(2, refunds=BACK),
            order(3, status=OrderStatus.UNPAID),
            order(4, status=OrderStatus.CANCELLED),
            order(5, kind=OrderKind.CREDIT_NOTE, status=OrderStatus.REFUNDED, total=3_000),
            order(6, total=0, lines=()),
        ],
        shop=home,
    )
    assert money("orders") == [
        (True, 10_000, 0, 10_000),
        (True, 10_000, 4_000, 6_000),
        (False, 10_000, 0, 0),
        (False, 10_000, 0, 0),
        (False, 3_000, 3_000, -3_000),
        (False, 0, 0, 0),
    ]


def test_other_currencies_at_the_rate_and_with_their_own_digits() -> None:
    ExchangeRate.objects.create(currency="JPY", rate=Decimal("0.05"))
    ExchangeRate.objects.create(currency="KWD", rate=Decimal(23))
    home = shop()
    record(
        [order(1, currency="JPY"), order(2, currency="KWD"), order(3, currency="EUR"), order(4, currency="CNY")],
        shop=home,
    )
    assert [row["value"] for row in rows("orders")] == [50_000, 23_000, None, 10_000]
    assert [row["value"] for row in rows("order_lines")] == [25_000, 25_000, 11_500, 11_500, None, None, 5_000, 5_000]


def test_pieces_may_be_broken_and_beyond_belief() -> None:
    home, (towel,) = shop(), lines(1)
    record(
        [
            order(1, lines=(replace(towel, quantity=Decimal("2.5")), replace(towel, quantity=Decimal("0.001")))),
            order(2, lines=(replace(towel, quantity=-1),)),
            order(3, lines=(replace(towel, quantity=10**40),)),
            order(4, lines=()),
        ],
        shop=home,
    )
    assert [row["milli_pieces"] for row in rows("orders")] == [2_501, -1_000, 10**15, 0]


def test_facts_of_a_customer() -> None:
    home, phone = shop(), "13812345679"
    record(
        [
            order(1, phone=phone),
            order(2, phone=phone, refunds=BACK, discount_codes=("MAY",), lines=lines(3)),
            order(3, phone=phone, status=OrderStatus.UNPAID),
            order(4, phone=phone, kind=OrderKind.CREDIT_NOTE, status=OrderStatus.REFUNDED, total=1_000),
            order(5),
        ],
        shop=home,
    )
    names = ("customers", "orders", "order_lines", "consents")
    tables = {name: [{k: v for k, v in row.items() if k != "changed_xact"} for row in rows(name)] for name in names}
    with given(tables) as snapshot:
        (facts,) = queries.execute(snapshot.tables["customer_facts"]).to_pylist()
    assert facts["orders"] == 2
    assert (facts["gross_revenue"], facts["revenue"], facts["refunded_value"]) == (20_000, 15_000, 5_000)
    assert (facts["average_order"], facts["largest_order"], facts["items"], facts["shops"]) == (
        10_000.0,
        10_000,
        5.0,
        1,
    )
    assert (facts["discounted_orders"], facts["refunded_orders"]) == (1, 1)
    assert (facts["unpaid_orders"], facts["cancelled_orders"]) == (1, 0)
    assert facts["consent_email_marketing"] == "unknown"
