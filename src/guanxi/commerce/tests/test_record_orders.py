"""Orders recorded in sets: the same again changes nothing, an older saying moves nothing back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.commerce.models import Order, OrderLine, Payment, Product, Refund, Shipment
from guanxi.commerce.testing import NOW, PLACED, lines, order, record, shop
from guanxi.commerce.types import (
    IncomingOrder,
    IncomingOrderLines,
    IncomingRefund,
    IncomingShipment,
    OrderKind,
    OrderStatus,
)
from guanxi.core.models import Event
from guanxi.customers import services as customers
from guanxi.customers.models import Customer
from guanxi.customers.testing import profile

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def kinds(number: int = 1) -> list[str]:
    found = Event.objects.filter(subject_id=Order.objects.get(external_id=f"N{number}").pk, kind__startswith="order.")
    return list(found.order_by("id").values_list("kind", flat=True))


def test_new_orders_are_recorded_whole() -> None:
    refund = IncomingRefund(amount=500, refunded_at=PLACED, reason="late")
    parcel = IncomingShipment(carrier="SF", tracking_number="SF1", shipped_at=PLACED)
    home = shop()
    done = record(
        [order(1, phone="13812345679", refunds=(refund,), shipments=(parcel,), discount_codes=('A"B', "C,D\\E"))],
        shop=home,
    )
    assert (done.orders_created, done.orders_updated, done.orders_unchanged, done.rejected) == (1, 0, 0, [])
    assert (done.customers_created, done.customers_matched) == (1, 0)
    one = Order.objects.get()
    assert (one.shop_id, one.total, one.refunded_total, one.line_count) == (home.pk, 10_000, 500, 2)
    assert one.discount_codes == ['A"B', "C,D\\E"]
    assert (one.customer_id, one.matched_by) == (Customer.objects.get().pk, "created")
    assert list(OrderLine.objects.values_list("number", "total", "product__key")) == [
        (1, 5_000, "sku:T0"), (2, 5_000, "sku:T1"),
    ]  # fmt: skip
    assert Payment.objects.get().amount == 10_000
    assert Refund.objects.get().reason == "late"
    assert Shipment.objects.get().tracking_number == "SF1"
    assert kinds() == ["order.placed", "order.paid", "order.shipped", "order.refunded"]


def test_same_again_writes_no_row() -> None:
    home, given_orders = shop(), [order(n, phone=f"1381234567{n % 3}") for n in range(9)]
    record(given_orders, shop=home)
    before = everything()
    done = record(given_orders, shop=home, now=LATER)
    assert (done.orders_created, done.orders_updated, done.orders_unchanged) == (0, 0, 9)
    assert (done.customers_created, done.customers_matched) == (0, 3)
    assert everything() == before


def test_newer_export_updates_state_and_announces_what_is_new() -> None:
    home = shop()
    record([order(1, status=OrderStatus.UNPAID)], shop=home)
    record([order(1)], shop=home)
    done = record([order(1, status=OrderStatus.COMPLETED, completed_at=LATER)], shop=home, now=LATER)
    assert done.orders_updated == 1
    assert Order.objects.get().status == "completed"
    assert Payment.objects.count() == 1
    assert kinds() == ["order.placed", "order.paid", "order.completed"]


def test_older_export_moves_nothing_back() -> None:
    home = shop()
    record([order(1, status=OrderStatus.COMPLETED)], shop=home)
    before = everything()
    done = record([order(1, status=OrderStatus.UNPAID)], shop=home, now=LATER)
    assert done.orders_unchanged == 1
    assert everything() == before


def test_the_sources_own_clock_goes_before_the_states() -> None:
    home = shop()
    record([order(1, status=OrderStatus.CANCELLED, source_updated_at=PLACED)], shop=home)
    done = record([order(1, source_updated_at=PLACED + timedelta(hours=1))], shop=home)
    assert (done.orders_updated, Order.objects.get().status) == (1, "paid")
    done = record([order(1, status=OrderStatus.REFUNDED, source_updated_at=PLACED)], shop=home)
    assert (done.orders_unchanged, Order.objects.get().status) == (1, "paid")


def test_order_named_twice_in_a_batch_is_one() -> None:
    home = shop()
    done = record([order(1, status=OrderStatus.SHIPPED), order(1), order(1, total=1), order(2)], shop=home)
    assert done.orders_created == 2
    assert Order.objects.get(external_id="N1").status == "shipped"
    record([order(3, total=1), order(3, total=2)], shop=home)
    assert Order.objects.get(external_id="N3").total == 2


def test_each_event_comes_once_in_a_life() -> None:
    home = shop()
    clock = [PLACED + timedelta(hours=n) for n in range(4)]
    for at, status in zip(clock, ["paid", "shipped", "paid", "shipped"], strict=True):
        record([order(1, status=OrderStatus(status), source_updated_at=at)], shop=home)
    assert kinds() == ["order.placed", "order.paid", "order.shipped"]


def test_credit_note_is_a_refund_and_no_sale() -> None:
    record([order(1, kind=OrderKind.CREDIT_NOTE, status=OrderStatus.REFUNDED)], shop=shop())
    assert kinds() == ["order.refunded"]


def test_guest_order_stays_without_a_customer_until_the_buyer_is_known() -> None:
    home = shop()
    masked = replace(order(1), buyer=profile(phone="138****5679", name="王**"))
    done = record([masked], shop=home)
    assert (Order.objects.get().customer_id, done.customers_created, done.customers_matched) == (None, 0, 0)
    done = record([masked], shop=home)
    assert done.orders_unchanged == 1
    done = record([order(1, phone="13812345679")], shop=home)
    assert (done.orders_updated, done.customers_created) == (1, 1)
    assert Order.objects.get().customer_id == Customer.objects.get().pk
    record([masked], shop=home)
    assert Order.objects.get().customer_id == Customer.objects.get().pk


def test_order_keeps_its_customer_when_the_buyer_is_erased() -> None:
    home = shop()
    record([order(1, phone="13812345679", status=OrderStatus.PAID)], shop=home)
    customer_id = Customer.objects.get().pk
    customers.erase(customer_id, user=None, now=NOW)
    record([order(1, phone="13812345679", status=OrderStatus.SHIPPED)], shop=home)
    assert Order.objects.get().customer_id == customer_id
    assert Customer.objects.get().phone == ""


def test_lines_of_their_own_file() -> None:
    home = shop()
    unknown = IncomingOrderLines(external_id="X", lines=lines(1), source_rows=(7, 8))
    details = IncomingOrderLines(external_id="N1", lines=lines(3), source_rows=(2, 3, 4))
    done = record([order(1, lines=lines(1)), unknown], shop=home)
    assert [(one.source_rows, one.reason) for one in done.rejected] == [
        ((7, 8), "This order is not known yet: import the order list first.")
    ]
    assert record([details], shop=home).orders_updated == 1
    assert record([details], shop=home).orders_unchanged == 1
    assert record([order(1, lines=lines(1))], shop=home).orders_unchanged == 1
    assert record([order(1, lines=lines(1), status=OrderStatus.SHIPPED)], shop=home).orders_updated == 1
    assert (OrderLine.objects.count(), Order.objects.get().line_count, Order.objects.get().pieces) == (3, 3, 3)


def test_lines_are_replaced_by_a_newer_export_and_kept_by_one_without() -> None:
    home = shop()
    record([order(1, lines=lines(3))], shop=home)
    record([order(1, lines=(), status=OrderStatus.SHIPPED)], shop=home)
    assert (OrderLine.objects.count(), Order.objects.get().pieces) == (3, 3)
    record([order(1, lines=lines(1), status=OrderStatus.SHIPPED)], shop=home)
    assert (OrderLine.objects.count(), Order.objects.get().pieces) == (1, 1)
    assert Product.objects.count() == 3


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"total": -1}, "The total of an order cannot be below zero."),
        ({"total": 10**18}, "The total is too large."),
        ({"currency": "YUAN"}, "The currency must be a code of three letters."),
        ({"external_id": ""}, "The order number is missing, or is none."),
        ({"placed_at": PLACED.replace(tzinfo=None)}, "The time of the order is not possible."),
        ({"placed_at": PLACED.replace(year=9999)}, "The time of the order is not possible."),
    ],
)
def test_impossible_order_is_refused_and_the_others_go_in(wrong: dict[str, object], reason: str) -> None:
    done = record([order(1, **wrong), order(2)], shop=shop())
    assert [(one.source_rows, one.reason) for one in done.rejected] == [((2,), reason)]
    assert list(Order.objects.values_list("external_id", flat=True)) == ["N2"]


def test_strange_text_goes_in_as_it_is() -> None:
    title = 'tab\there "quoted" back\\slash\nline \x00nul {brace}, \\N \ud83d'
    record([order(1, lines=(replace(lines(1)[0], title=title, variant=title),), region="浙江\t省")], shop=shop())
    assert Product.objects.get().title == 'tab\there "quoted" back\\slash\nline nul {brace}, \\N '
    assert OrderLine.objects.get().variant == 'tab\there "quoted" back\\slash\nline nul {brace}, \\N '


def test_personal_data_stays_out_of_orders_and_events() -> None:
    buyer = profile(phone="13812345679", email="ming@example.com", name="王小明", address="文三路 1 号")
    record([replace(order(1), buyer=buyer)], shop=shop())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(e::text, '') FROM core_event e) || (SELECT o::text FROM commerce_order o)"
        )
        stored = cursor.fetchone()[0]
    for secret in ("13812345679", "ming@example.com", "王小明", "文三路"):
        assert secret not in stored


STATES = st.sampled_from([s for s in OrderStatus if s is not OrderStatus.CANCELLED])
BUYERS = st.sampled_from(["", "13812345671", "13812345672", "13812345673"])
ORDERS = st.lists(
    st.builds(lambda n, s, p: order(n, status=s, phone=p), st.integers(1, 5), STATES, BUYERS), max_size=12
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=ORDERS)
def test_all_again_in_one_batch_changes_nothing(orders: list[IncomingOrder]) -> None:
    clear()
    home = shop()
    record(orders, shop=home)
    before = everything()
    done = record(orders, shop=home, now=LATER)
    assert (done.orders_created, done.orders_updated) == (0, 0)
    assert everything() == before
    assert Order.objects.count() == len({one.external_id for one in orders})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=ORDERS, cut=st.integers(0, 12))
def test_states_and_events_do_not_depend_on_where_a_batch_ends(orders: list[IncomingOrder], cut: int) -> None:
    clear()
    record(orders, shop=shop())
    whole = states()
    clear()
    record(orders[:cut], shop=shop())
    record(orders[cut:], shop=shop())
    assert states() == whole


def states() -> list[tuple[object, ...]]:
    return sorted(Order.objects.values_list("external_id", "status", "total", "line_count"))


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE;"
            " TRUNCATE commerce_shop, commerce_order, commerce_orderline, commerce_payment, commerce_refund,"
            " commerce_shipment, customers_customer, customers_identifier, customers_sharedidentifier,"
            " core_event CASCADE"
        )


def everything() -> Sequence[object]:
    """Every row of the write path, physical place included: an UPDATE of any would show."""
    tables = (
        "commerce_order", "commerce_orderline", "commerce_payment", "commerce_refund", "commerce_shipment",
        "commerce_product", "customers_customer", "customers_identifier", "customers_consententry", "core_event",
    )  # fmt: skip
    with connection.cursor() as cursor:
        found = []
        for table in tables:
            cursor.execute(f"SELECT ctid::text, t::text FROM {table} t ORDER BY 1")
            found.append((table, cursor.fetchall()))
    return found
