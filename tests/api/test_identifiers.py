from guanxi.commerce.testing import shop
from guanxi.customers.models import Customer
from guanxi.customers.testing import customers
from tests.api.conftest import Call


def test_an_openid_is_added_listed_and_removed(call: Call) -> None:
    (number,) = customers(1)
    body = {"kind": "wechat_openid", "value": "oA1b2c3", "within": "wx-shop", "verified": True}
    added = call("post", f"/customers/{number}/identifiers", body)
    assert added.status_code == 200
    (one,) = [each for each in added.json() if each["kind"] == "wechat_openid"]
    assert (one["within"], one["masked"], one["shop_id"], one["valid_until"]) == ("wx-shop", "o***3", 0, None)
    assert one["verified_at"] is not None
    assert call("delete", f"/customers/{number}/identifiers/{one['id']}").status_code == 204
    left = call("get", f"/customers/{number}/identifiers").json()
    assert {each["kind"] for each in left} == {"phone", "email"}


def test_an_identifier_of_someone_else_or_without_its_place_is_refused(call: Call) -> None:
    one, other = customers(2)
    taken = call("post", f"/customers/{one}/identifiers", {"kind": "email", "value": "person10001@example.com"})
    assert (taken.status_code, f"Customer {other} " in taken.json()["detail"]) == (409, True)
    lost = call("post", f"/customers/{one}/identifiers", {"kind": "wechat_openid", "value": "oA1b2c3"})
    assert (lost.status_code, lost.json()["errors"][0]["where"]) == (422, "body.within")


def test_an_order_is_its_buyers_by_whatever_kind_of_identifier(call: Call) -> None:
    made = call("post", "/customers", {"name": "王小明", "identifiers": [{"kind": "wechat_unionid", "value": "u-1a2"}]})
    order = {
        "external_id": "1",
        "status": "paid",
        "currency": "CNY",
        "total": 100,
        "placed_at": "2026-03-01T08:00:00Z",
        "buyer": {"identifiers": [{"kind": "wechat_unionid", "value": "u-1a2"}]},
    }
    assert call("post", "/orders", {"shop_id": shop().pk, "orders": [order]}).json()["customers_matched"] == 1
    (listed,) = call("get", f"/orders?customer_id={made.json()['id']}").json()["items"]
    assert listed["external_id"] == "1"


def test_a_customer_is_split_by_identifiers(call: Call) -> None:
    (number,) = customers(1)
    phone = next(one for one in call("get", f"/customers/{number}/identifiers").json() if one["kind"] == "phone")
    made = call("post", f"/customers/{number}/split", {"identifiers": [phone["id"]], "name": "Tom Brackwell"})
    assert made.status_code == 201
    assert Customer.objects.get(pk=made.json()["id"]).name == "Tom Brackwell"
    again = call("post", f"/customers/{number}/split", {"identifiers": [phone["id"]]})
    assert (again.status_code, again.json()["type"].endswith("cannot-split")) == (409, True)
