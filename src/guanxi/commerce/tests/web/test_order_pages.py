"""Orders, products and shops as people see them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.commerce.models import Order, Product, Shop
from guanxi.commerce.testing import PLACED, order, record, shop
from guanxi.commerce.types import IncomingLine, IncomingRefund, IncomingShipment, OrderStatus
from guanxi.core.models import AuditEntry
from guanxi.core.testing import signed_in
from guanxi.customers.testing import profile
from guanxi.customers.types import IncomingProfile

pytestmark = pytest.mark.django_db
ORDERS = "commerce:orders"


def numbers(client: Client, **asked: Any) -> list[str]:
    """Order numbers on the list, as they stand."""
    response = client.get(reverse(ORDERS), asked)
    return [str(row.external_id) for row in response.context["table"]._fetched]


@pytest.fixture
def trade() -> Shop:
    """Six orders of two shops: four of one person, a guest's, one in dollars."""
    one = shop()
    record([order(number, phone="+8613912340001") for number in range(1, 5)], shop=one)
    record([order(5, status=OrderStatus.UNPAID, total=99_900)], shop=one)
    record([order(6, phone="+12125550123", currency="USD")], shop=shop("Dollar shop", currency="USD"))
    return one


def test_the_list_narrows_and_finds(client: Client, trade: Shop) -> None:
    signed_in(client, role="read_only")
    assert numbers(client) == ["N6", "N5", "N4", "N3", "N2", "N1"]
    assert numbers(client, shop=trade.pk, sort="placed") == ["N1", "N2", "N3", "N4", "N5"]
    assert numbers(client, status="unpaid") == ["N5"]
    assert numbers(client, total_from="500") == ["N5"]
    assert numbers(client, buyer="no") == ["N5"]
    assert numbers(client, buyer=["yes", "no"], currency="USD") == ["N6"]
    day = (PLACED + timedelta(days=1)).date().isoformat()
    assert numbers(client, placed_from=day) == []
    assert numbers(client, q="n3") == ["N3"]
    assert numbers(client, q="N") == []
    customer = Order.objects.get(external_id="N1").customer_id
    assert numbers(client, customer=customer) == ["N4", "N3", "N2", "N1"]
    assert numbers(client, customer="no number") == ["N6", "N5", "N4", "N3", "N2", "N1"]


def test_the_list_asks_the_same_however_long_it_is(client: Client, trade: Shop, django_assert_num_queries: Any) -> None:
    signed_in(client, role="marketer")
    client.get(reverse(ORDERS))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse(ORDERS))
    record([order(number, phone=f"+86139{number:08}") for number in range(10, 50)], shop=trade)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse(ORDERS))


LIST_QUERIES = 9
"""Session, person, roles, settings, choice of columns; the orders; their customers; shops of two filters."""


def test_names_are_masked_and_for_those_who_may_see_customers(client: Client, trade: Shop) -> None:
    buyer = IncomingProfile(identifiers=profile(phone="+8613912340009").identifiers, name="安宁")
    record([order(7, buyer=buyer)], shop=trade)
    signed_in(client, role="marketer")
    shown = client.get(reverse(ORDERS)).content.decode()
    assert "安*" in shown
    assert "安宁" not in shown
    one = Order.objects.get(external_id="N7")
    page = client.get(reverse("commerce:order", args=[one.pk])).content.decode()
    assert "139****0009" in page
    assert "13912340009" not in page
    assert "First seen with this order." in page
    signed_in(client, permissions=["commerce.view"])
    assert "安" not in client.get(reverse(ORDERS)).content.decode()
    assert "139****0009" not in client.get(reverse("commerce:order", args=[one.pk])).content.decode()


def test_an_order_with_all_that_happened(client: Client, django_assert_max_num_queries: Any) -> None:
    signed_in(client, role="service")
    sent = PLACED + timedelta(days=1)
    back = IncomingRefund(amount=2_500, refunded_at=PLACED + timedelta(days=3), reason="Torn")
    parcel = IncomingShipment(carrier="YTO", tracking_number="YT700", shipped_at=sent, delivered_at=sent)
    said = order(1, refunds=(back,), shipments=(parcel,), shipped_at=sent, discount_codes=("MUM",))
    record([said], shop=shop())
    one = Order.objects.get()
    with django_assert_max_num_queries(16):
        response = client.get(reverse("commerce:order", args=[one.pk]))
    assert [str(step.label) for step in response.context["history"]] == [
        "Placed",
        "Paid",
        "Shipped",
        "Delivered",
        "Refunded",
    ]
    shown = response.content.decode()
    for text in ("Towel 0", "Towel 1", "YT700", "Torn", "A guest"):
        assert text in shown
    assert client.get(reverse("commerce:order", args=[one.pk + 1])).status_code == 404


def test_an_exported_cell_never_runs(client: Client) -> None:
    one = shop("=cmd|' /C calc'!A0")
    record([order(1, external_id="=1+1", region="@SUM(A1)")], shop=one)
    signed_in(client, role="marketer")
    client.post(reverse(ORDERS), {"_columns": "", "column": ["number", "shop", "customer", "total", "region"]})
    response = client.get(reverse(ORDERS), {"format": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert text.splitlines()[1] == "'=1+1,'=cmd|' /C calc'!A0,,100.00,'@SUM(A1)"
    signed_in(client, role="read_only")
    assert client.get(reverse(ORDERS), {"format": "csv"}).status_code == 403


def test_products(client: Client) -> None:
    record([order(1, lines=(IncomingLine(title="<b>Towel</b>", sku="T1", total=10_000),))], shop=shop())
    signed_in(client, role="read_only")
    shown = client.get(reverse("commerce:products"), {"q": "towel"}).content.decode()
    assert "&lt;b&gt;Towel&lt;/b&gt;" in shown
    assert Product.objects.get().sku == "T1"


def test_a_shop_is_made_and_changed(client: Client) -> None:
    signed_in(client, role="shop_operator")
    said = {
        "name": " Till  one ",
        "connector": "table",
        "currency": "gbp",
        "time_zone": "Europe/London",
        "country": "GB",
    }
    assert client.post(reverse("commerce:shop_new"), said).status_code == 302
    one = Shop.objects.get()
    assert (one.name, one.currency, one.time_zone, one.country) == ("Till one", "GBP", "Europe/London", "GB")
    again = client.post(reverse("commerce:shop_new"), said)
    assert again.context["form"].errors["name"][0] == "There is a shop of this name already."
    wrong = client.post(reverse("commerce:shop", args=[one.pk]), {**said, "currency": "QQQ"})
    assert list(wrong.context["form"].errors) == ["currency"]
    client.post(reverse("commerce:shop", args=[one.pk]), {**said, "name": "Till two"})
    assert Shop.objects.get().name == "Till two"
    assert "Till two" in client.get(reverse("commerce:shops")).content.decode()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["shop.created", "shop.changed"]


def test_a_mapping_can_be_forgotten(client: Client) -> None:
    signed_in(client, role="shop_operator")
    one = shop(mapping={"columns": {"order": "No"}})
    assert "No" in client.get(reverse("commerce:shop", args=[one.pk])).content.decode()
    client.post(reverse("commerce:shop_forget_mapping", args=[one.pk]))
    one.refresh_from_db()
    assert one.mapping == {}


def test_who_may_not_change_shops(client: Client) -> None:
    one = shop(mapping={"columns": {"order": "No"}})
    signed_in(client, role="marketer")
    assert client.get(reverse("commerce:shop_new")).status_code == 403
    assert client.post(reverse("commerce:shop", args=[one.pk]), {"name": "Mine"}).status_code == 403
    assert client.post(reverse("commerce:shop_forget_mapping", args=[one.pk])).status_code == 403
    one.refresh_from_db()
    assert (one.name, one.mapping) == ("Linen house", {"columns": {"order": "No"}})
    signed_in(client, permissions=["customers.view"])
    for name in (ORDERS, "commerce:imports", "commerce:shops", "commerce:products"):
        assert client.get(reverse(name)).status_code == 403


def test_the_palette_finds_an_order_by_its_number(client: Client, trade: Shop) -> None:
    signed_in(client, role="marketer")
    shown = client.post(reverse("core:search"), {"text": "n4"}).content.decode()
    assert reverse("commerce:order", args=[Order.objects.get(external_id="N4").pk]) in shown
