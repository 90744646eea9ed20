from typing import Any

from guanxi.commerce.models import Order
from guanxi.commerce.testing import shop
from tests.api.conftest import Call


def order(**changes: Any) -> dict[str, Any]:
    return {
        "external_id": "A-1",
        "status": "paid",
        "currency": "CNY",
        "total": 5800,
        "paid_total": 5800,
        "placed_at": "2026-05-01T10:00:00+08:00",
        "paid_at": "2026-05-01T10:01:00+08:00",
        "lines": [{"title": "Towel", "sku": "T1", "quantity": 2, "unit_price": 2900, "total": 5800}],
        "payments": [{"amount": 5800, "paid_at": "2026-05-01T10:01:00+08:00"}],
        "buyer": {"phone": "15400012345", "name": "王小明"},
        **changes,
    }


def test_an_order_sent_twice_is_one_order(call: Call) -> None:
    body = {"shop_id": shop().pk, "orders": [order()]}
    first = call("post", "/orders", body).json()
    again = call("post", "/orders", body).json()
    assert (first["orders_created"], first["customers_created"]) == (1, 1)
    assert (again["orders_created"], again["orders_unchanged"]) == (0, 1)
    (row,) = call("get", "/orders").json()["items"]
    shown = call("get", f"/orders/{row['id']}").json()
    assert (shown["total"], shown["lines"][0]["title"], shown["payments"][0]["amount"]) == (5800, "Towel", 5800)
    assert shown["customer_id"] is not None


def test_an_order_moves_on_with_its_state(call: Call) -> None:
    shop_id = shop().pk
    call("post", "/orders", {"shop_id": shop_id, "orders": [order()]})
    changed = order(status="shipped", shipped_at="2026-05-02T10:00:00+08:00")
    assert call("post", "/orders", {"shop_id": shop_id, "orders": [changed]}).json()["orders_updated"] == 1
    assert Order.objects.get().status == "shipped"


def test_an_idempotency_key_answers_the_same_and_does_nothing(call: Call) -> None:
    body = {"shop_id": shop().pk, "orders": [order()]}
    first = call("post", "/orders", body, key="k1")
    again = call("post", "/orders", body, key="k1")
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    other = call("post", "/orders", {**body, "orders": [order(external_id="A-2")]}, key="k1")
    assert other.status_code == 409
    assert Order.objects.count() == 1


def test_what_is_wrong_is_told_by_field(call: Call) -> None:
    response = call("post", "/orders", {"shop_id": shop().pk, "orders": [order(total=-1, currency="yuan")]})
    assert response.status_code == 422
    assert {error["where"] for error in response.json()["errors"]} == {
        "body.body.orders.0.total",
        "body.body.orders.0.currency",
    }
    assert not Order.objects.exists()


def test_a_shop_that_does_not_exist_is_told(call: Call) -> None:
    assert call("post", "/orders", {"shop_id": 99, "orders": [order()]}).status_code == 422
