"""Coupons through the API: as a till validates, redeems and gives back; as another system makes and gives them."""

from typing import Any

from guanxi.commerce.testing import shop
from guanxi.core import jobs
from guanxi.customers.testing import customers
from guanxi.loyalty.models import Coupon, CouponRedemption
from guanxi.loyalty.testing import a_coupon
from tests.api.conftest import Call

LINES = [{"key": "a", "product": "T1", "total": 10_000}, {"key": "b", "product": "T2", "quantity": 2, "total": 5_000}]
TILL = ["coupons.redeem", "coupons.view"]


def basket(*codes: str, **said: Any) -> dict[str, Any]:
    return {"currency": "CNY", "lines": LINES, "shipping": 800, "codes": codes, **said}


def test_a_basket_is_valued_and_every_code_answered(call: Call) -> None:
    a_coupon(shared_code="TEN", params={"amount": 1_000}, stack_group="g", name="Ten off")
    a_coupon(shared_code="FIVE", params={"amount": 500}, stack_group="g", name="Five off")
    a_coupon("gift", shared_code="GIFT", name="A towel")
    answer = call("post", "/coupons/validate", basket("five", "ten", "gift", "nope"), scopes=TILL).json()
    assert (answer["discount"], answer["to_pay"]) == (1_000, 14_800)
    assert answer["lines"] == [{"key": "a", "discount": 667}, {"key": "b", "discount": 333}]
    assert [one["code"] for one in answer["used"]] == ["TEN", "GIFT"]
    assert answer["gifts"] == [{"title": "Hand towel", "product": "HT-1", "quantity": 1}]
    assert [(one["code"], one["reason"]) for one in answer["not_used"]] == [
        ("NOPE", "unknown"),
        ("FIVE", "not_combined"),
    ]
    assert CouponRedemption.objects.count() == 0


def test_a_till_redeems_once_and_gives_back_once(call: Call) -> None:
    coupon, place, (customer_id,) = a_coupon(shared_code="TEN", limit_total=1), shop().pk, customers(1)
    body = basket("TEN", order_number="T-1", shop_id=place, customer_id=customer_id, expect=2_000)
    first = call("post", "/coupons/redeem", body, scopes=TILL).json()
    (entry,) = first["redemptions"]
    assert (first["replayed"], entry["discount"], entry["order_number"]) == (False, 2_000, "T-1")
    again = call("post", "/coupons/redeem", body, scopes=TILL).json()
    assert (again["replayed"], again["redemptions"]) == (True, [entry])
    back = call("post", f"/coupons/redemptions/{entry['id']}/return", {"reason": "wrong size"}, scopes=TILL)
    assert back.json() == {"changed": True}
    assert call("post", f"/coupons/redemptions/{entry['id']}/return", {}, scopes=TILL).json() == {"changed": False}
    ledger = call("get", "/coupons/redemptions", {"shop_id": place, "order_number": "T-1"}).json()["items"]
    assert [(one["discount"], one["reverses_id"], one["returned"]) for one in ledger] == [
        (-2_000, entry["id"], False),
        (2_000, None, True),
    ]
    assert Coupon.objects.get(pk=coupon).uses == 0


def test_the_same_idempotency_key_gets_the_same_answer(call: Call) -> None:
    a_coupon(shared_code="TEN")
    body = basket("TEN", order_number="T-1")
    first = call("post", "/coupons/redeem", body, key="k1")
    again = call("post", "/coupons/redeem", body, key="k1")
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert CouponRedemption.objects.count() == 1


def test_refusals_are_problems_with_their_reasons(call: Call) -> None:
    a_coupon(shared_code="TEN", conditions={"min_spend": 99_999})
    refused = call("post", "/coupons/redeem", basket("TEN", order_number="T-1"))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:guanxi:problem:no-coupon-holds")
    assert refused.json()["errors"][0]["where"] == "codes.TEN"
    assert refused.json()["errors"][0]["message"].startswith("min_spend: From ¥999.99 on")
    a_coupon(shared_code="FIVE", params={"amount": 500})
    changed = call("post", "/coupons/redeem", basket("FIVE", order_number="T-1", expect=600))
    assert (changed.status_code, changed.json()["type"]) == (409, "urn:guanxi:problem:discount-changed")
    assert call("post", "/coupons/redeem", basket("FIVE", order_number="T-1")).status_code == 200
    other = call("post", "/coupons/redeem", basket("FIVE", order_number="T-1", shipping=1))
    assert (other.status_code, other.json()["type"]) == (409, "urn:guanxi:problem:redemption-key-reused")


def test_a_customer_or_shop_that_nobody_knows_is_told(call: Call) -> None:
    answer = call("post", "/coupons/validate", basket("TEN", customer_id=10**9, shop_id=10**9))
    assert answer.status_code == 422
    assert [one["where"] for one in answer.json()["errors"]] == ["body.customer_id", "body.shop_id"]


def test_a_coupon_is_made_put_in_use_given_and_archived(call: Call) -> None:
    (customer_id,) = customers(1)
    body = {
        "name": "Spring",
        "kind": "percent_off",
        "params": {"share": 1_500, "cap": 5_000},
        "conditions": {"min_spend": 30_000, "weekdays": [6, 5]},
        "code_style": "unique",
        "valid_days": 30,
    }
    made = call("post", "/coupons", body)
    assert made.status_code == 201
    number = made.json()["id"]
    shown = call("get", f"/coupons/{number}").json()
    assert (shown["state"], shown["params"], shown["currency"]) == ("draft", {"share": 1_500, "cap": 5_000}, "CNY")
    assert shown["conditions"] == {"min_spend": 30_000, "weekdays": [5, 6]}
    assert call("post", f"/coupons/{number}/issue", {"customer_ids": [customer_id]}).status_code == 409
    assert call("post", f"/coupons/{number}/state", {"state": "active"}).json()["state"] == "active"
    given = call("post", f"/coupons/{number}/issue", {"customer_ids": [customer_id, 10**9]}).json()
    assert given == {"given": 1, "had_it": 0, "gone": 1}
    held = call("get", "/coupons/held", {"customer_id": customer_id}).json()
    assert [(one["name"], one["state"]) for one in held] == [("Spring", "held")]
    masked = call("get", "/coupons/held", {"customer_id": customer_id}, scopes=["coupons.view"]).json()
    assert masked[0]["code"] == held[0]["code"][:4] + "-****-****"
    assert call("post", "/coupons/codes/void", {"code": held[0]["code"].lower()}).json() == {"changed": True}
    assert call("post", f"/coupons/{number}/state", {"state": "archived"}).status_code == 200
    assert call("post", f"/coupons/{number}/state", {"state": "active"}).status_code == 409
    assert [one["id"] for one in call("get", "/coupons").json()["items"]] == [number]
    assert call("get", f"/coupons/{number}/results").json()["issued"] == 1


def test_codes_are_made_by_a_job_and_listed_in_full(call: Call) -> None:
    coupon = a_coupon(code_style="unique", prefix="MUM")
    started = call("post", f"/coupons/{coupon}/codes", {"count": 5})
    assert started.status_code == 202
    jobs.run(started.json()["job_id"])
    page = call("get", f"/coupons/{coupon}/codes", {"limit": 3}).json()
    rest = call("get", f"/coupons/{coupon}/codes", {"limit": 3, "cursor": page["next"]}).json()
    assert len({one["code"] for one in [*page["items"], *rest["items"]]}) == 5
    assert call("get", f"/coupons/{coupon}/codes", scopes=["coupons.view"]).status_code == 403


def test_a_rule_that_makes_no_sense_is_refused_part_by_part(call: Call) -> None:
    body = {"name": "x", "kind": "amount_off", "params": {"amount": 0, "x": 1}, "conditions": {"weekdays": [7]}}
    answer = call("post", "/coupons", body)
    assert answer.status_code == 422
    where = {one["where"] for one in answer.json()["errors"]}
    assert where == {
        "body.params.amount",
        "body.params.x",
        "body.conditions.weekdays",
        "body.shared_code",
    }
    for wrong in ({"params": {"amount": "\ud800"}}, {"conditions": {"products": ["\ud800"]}}, {"kind": "\ud800"}):
        assert call("post", "/coupons", {**body, **wrong}).status_code == 422


def test_each_endpoint_needs_its_right(call: Call) -> None:
    coupon = a_coupon(shared_code="TEN")
    for path, body in [
        ("/coupons/validate", basket("TEN")),
        ("/coupons/redeem", basket("TEN", order_number="1")),
        ("/coupons", {}),
        (f"/coupons/{coupon}/state", {"state": "archived"}),
        ("/coupons/codes/void", {"code": "TEN"}),
    ]:
        assert call("post", path, body, scopes=["coupons.view"]).status_code == 403
    assert (Coupon.objects.get(pk=coupon).state, CouponRedemption.objects.count()) == ("active", 0)
