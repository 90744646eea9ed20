"""Shopify and WooCommerce: what their fields and states mean."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from guanxi.commerce.connectors import CONNECTORS
from guanxi.commerce.connectors.base import Read, ShopContext
from guanxi.commerce.types import IncomingOrder, OrderStatus
from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.customers.types import Channel, IdentifierKind, IncomingConsent, Purpose

from .samples import SHOPIFY, shopify_row, table_bytes, woocommerce_order

PLACED = datetime(2024, 5, 1, 14, 0, tzinfo=UTC)


def read(name: str, folder: Path, content: bytes, file_name: str = "orders") -> list[Read]:
    path = folder / file_name
    path.write_bytes(content)
    return list(CONNECTORS.get(name).read(path, shop=ShopContext()))


def one(found: list[Read]) -> IncomingOrder:
    (order,) = found
    assert isinstance(order, IncomingOrder), order
    return order


def shopify_order(**changes: Any) -> dict[str, Any]:
    return {
        "id": 450789469,
        "email": "bob@mail.example",
        "created_at": "2024-05-01T10:00:00-04:00",
        "currency": "USD",
        "financial_status": "paid",
        "fulfillment_status": None,
        "total_price": "42.00",
        "total_tax": "3.00",
        "total_discounts": "5.00",
        "buyer_accepts_marketing": False,
        "line_items": [
            {
                "title": "Towel",
                "price": "20.00",
                "quantity": 2,
                "sku": "HT1",
                "variant_id": 7,
                "discount_allocations": [{"amount": "5.00"}],
            }
        ],
        "shipping_lines": [{"price": "4.00"}],
        "customer": {"id": 207119551, "first_name": "Bob", "last_name": "Sample"},
        "refunds": [],
        "fulfillments": [],
    } | changes


def test_shopify_rows_of_one_order_need_not_be_neighbours(tmp_path: Path) -> None:
    further = {"Name": "#1001", "Lineitem name": "Cloth", "Lineitem price": "0.00", "Lineitem quantity": "1"}
    rows = [shopify_row(1001), shopify_row(1002), further]
    first, second = read("shopify", tmp_path, table_bytes(SHOPIFY, rows))
    assert isinstance(first, IncomingOrder) and isinstance(second, IncomingOrder)
    assert (first.external_id, first.source_rows) == ("45078941001", (2, 4))
    assert [(line.title, line.total) for line in first.lines] == [("Bath towel - white", 4000), ("Cloth", 0)]
    assert (first.total, first.placed_at, first.discount_codes) == (4200, PLACED, ("SPRING",))
    assert first.status is OrderStatus.SHIPPED
    assert first.buyer is not None
    assert first.buyer.consents == (IncomingConsent(Channel.EMAIL, Purpose.MARKETING, True, PLACED),)
    assert first.buyer.postcode == "40202"


def test_shopify_rows_that_contradict_each_other_are_all_rejected(tmp_path: Path) -> None:
    found = read("shopify", tmp_path, table_bytes(SHOPIFY, [shopify_row(1001), shopify_row(1001, Total="9.00")]))
    assert [item.reason for item in found if isinstance(item, RejectedRow)] == [
        "The rows of order #1001 contradict each other."
    ] * 2


@pytest.mark.parametrize(
    ("changes", "status", "paid", "refunded"),
    [
        ({"Financial Status": "pending", "Paid at": ""}, OrderStatus.UNPAID, 0, 0),
        ({"Financial Status": "paid", "Fulfillment Status": "unfulfilled"}, OrderStatus.PAID, 4200, 0),
        ({"Financial Status": "partially_refunded", "Refunded Amount": "10.00"}, OrderStatus.SHIPPED, 4200, 1000),
        ({"Financial Status": "refunded"}, OrderStatus.REFUNDED, 4200, 4200),
        ({"Financial Status": "voided", "Paid at": ""}, OrderStatus.CANCELLED, 0, 0),
        (
            {"Financial Status": "partially_paid", "Outstanding Balance": "12.00", "Paid at": ""},
            OrderStatus.UNPAID,
            3000,
            0,
        ),
    ],
)
def test_shopify_states(tmp_path: Path, changes: dict[str, str], status: OrderStatus, paid: int, refunded: int) -> None:
    order = one(read("shopify", tmp_path, table_bytes(SHOPIFY, [shopify_row(**changes)])))
    assert (order.status, order.paid_total) == (status, paid)
    assert sum(refund.amount for refund in order.refunds) == refunded


@pytest.mark.parametrize(
    "wrap", [lambda one: one, lambda one: {"order": one}, lambda one: {"orders": [one]}, lambda one: [one]]
)
def test_shopify_bodies(tmp_path: Path, wrap: Any) -> None:
    order = one(read("shopify", tmp_path, json.dumps(wrap(shopify_order())).encode()))
    assert (order.external_id, order.total, order.tax_total, order.shipping_total) == ("450789469", 4200, 300, 400)
    assert [(line.total, line.discount, line.external_product_id) for line in order.lines] == [(3500, 500, "7")]
    assert order.buyer is not None
    assert order.buyer.identifiers[0].kind is IdentifierKind.EXTERNAL_ID
    assert order.buyer.consents == (IncomingConsent(Channel.EMAIL, Purpose.MARKETING, False, PLACED),)


def test_shopify_refunds_and_parcels(tmp_path: Path) -> None:
    body = shopify_order(
        financial_status="partially_refunded",
        fulfillment_status="fulfilled",
        refunds=[
            {
                "id": 1,
                "created_at": "2024-05-05T00:00:00Z",
                "note": "torn",
                "transactions": [
                    {"kind": "refund", "status": "success", "amount": "7.50"},
                    {"kind": "refund", "status": "failure", "amount": "7.50"},
                ],
            }
        ],
        fulfillments=[
            {
                "status": "success",
                "created_at": "2024-05-02T00:00:00Z",
                "updated_at": "2024-05-04T00:00:00Z",
                "shipment_status": "delivered",
                "tracking_company": "UPS",
                "tracking_number": "1Z",
            }
        ],
    )
    order = one(read("shopify", tmp_path, json.dumps(body).encode()))
    assert [(refund.amount, refund.reason, refund.external_id) for refund in order.refunds] == [(750, "torn", "1")]
    assert order.status is OrderStatus.COMPLETED
    assert order.completed_at == datetime(2024, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize("body", [{"customers": [{"id": 1}]}, [], 3, {"orders": {"a": 1}}, "text"])
@pytest.mark.parametrize("name", ["shopify", "woocommerce"])
def test_json_without_orders(tmp_path: Path, body: Any, name: str) -> None:
    try:
        assert read(name, tmp_path, json.dumps(body).encode()) == []
    except UnreadableFile as error:
        assert str(error)


def test_json_cut_in_the_middle(tmp_path: Path) -> None:
    content = json.dumps([woocommerce_order()], indent=1).encode()
    with pytest.raises(UnreadableFile, match="incomplete or damaged in line"):
        read("woocommerce", tmp_path, content[: len(content) // 2])


def test_woocommerce_order_whole(tmp_path: Path) -> None:
    order = one(read("woocommerce", tmp_path, json.dumps({"data": woocommerce_order(7)}).encode()))
    assert (order.external_id, order.currency, order.total) == ("7", "EUR", 3800)
    assert [(line.title, line.discount, line.total) for line in order.lines] == [
        ("Bath towel & cloth", 500, 3000),
        ("Gift wrap", 0, 250),
    ]
    assert order.buyer is not None
    assert [one.value for one in order.buyer.identifiers] == ["47", "ann7@mail.example", "+43 1 5550123"]
    assert (order.country, order.buyer.city) == ("AT", "Wien")
    assert order.paid_at == datetime(2024, 5, 1, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "status", "refunded"),
    [
        ({"status": "pending", "date_paid_gmt": None}, OrderStatus.UNPAID, 0),
        ({"status": "on-hold", "date_paid_gmt": None}, OrderStatus.UNPAID, 0),
        ({"status": "failed"}, OrderStatus.UNPAID, 0),
        ({"status": "wc-completed"}, OrderStatus.COMPLETED, 0),
        ({"status": "cancelled"}, OrderStatus.CANCELLED, 0),
        ({"status": "refunded"}, OrderStatus.REFUNDED, 3800),
        ({"refunds": [{"id": 3, "reason": "", "total": "-8.10"}]}, OrderStatus.PAID, 810),
    ],
)
def test_woocommerce_states(tmp_path: Path, changes: dict[str, Any], status: OrderStatus, refunded: int) -> None:
    order = one(read("woocommerce", tmp_path, json.dumps(woocommerce_order(**changes)).encode()))
    assert order.status is status
    assert sum(refund.amount for refund in order.refunds) == refunded


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "auto-draft"}, "This is a draft"),
        ({"total": "-1.00"}, "is below zero"),
        ({"total": {"a": 1}}, "“total” is not what it should be"),
        ({"line_items": "none"}, "“line_items” is not what it should be"),
        ({"billing": [1]}, "“billing” is not what it should be"),
        ({"date_created_gmt": None}, "The time of the order is missing"),
        ({"id": None}, "The order number is missing"),
        ({"id": 3.5e16}, "its last digits are lost"),
    ],
)
def test_woocommerce_rejects(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    found = read("woocommerce", tmp_path, json.dumps([woocommerce_order(**changes), woocommerce_order(2)]).encode())
    assert isinstance(found[0], RejectedRow)
    assert reason in found[0].reason
    assert isinstance(found[1], IncomingOrder)
