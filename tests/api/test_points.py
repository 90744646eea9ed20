from datetime import timedelta

import pytest
from django.utils import timezone

from guanxi.loyalty.models import PointsReservation
from guanxi.loyalty.tests.points.world import buy, programme, shop
from tests.api.conftest import Call

LONG_AGO = timezone.now() - timedelta(days=20)


@pytest.fixture
def customer(db: None) -> int:
    programme()
    return buy(paid_at=LONG_AGO, placed_at=LONG_AGO).customer_id or 0


def asked(customer: int, **changes: object) -> dict[str, object]:
    return {"customer_id": customer, "shop_id": shop().pk, "points": 60, "reference": "R1", **changes}


def test_a_till_quotes_reserves_and_commits(call: Call, customer: int) -> None:
    quote = call("post", "/loyalty/points/quote", {"customer_id": customer, "shop_id": shop().pk, "total": 9_900})
    assert (quote.json()["points"], quote.json()["discount"], quote.json()["currency"]) == (100, 100, "CNY")
    made = call("post", "/loyalty/points/reservations", asked(customer))
    again = call("post", "/loyalty/points/reservations", asked(customer))
    assert (made.status_code, made.json()) == (201, again.json())
    page = f"/loyalty/points/reservations/{made.json()['id']}"
    states = [call("post", f"{page}/commit").json()["state"] for _time in range(2)]
    assert states == ["committed", "committed"]
    assert call("get", page).json()["state"] == "committed"
    refused = call("post", f"{page}/release")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:guanxi:problem:wrong-state")
    (balance,) = call("get", f"/loyalty/points/customers/{customer}").json()
    assert (balance["spendable"], balance["held"]) == (40, 0)


def test_an_idempotency_key_answers_the_same(call: Call, customer: int) -> None:
    first = call("post", "/loyalty/points/reservations", asked(customer), key="k1")
    again = call("post", "/loyalty/points/reservations", asked(customer), key="k1")
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert PointsReservation.objects.count() == 1


def test_problems_are_told_apart(call: Call, customer: int) -> None:
    wrong = [
        (asked(customer, points=101), 409, "not-enough-points"),
        (asked(999_999), 404, "not-found"),
        (asked(customer, points=0), 422, "not-valid"),
    ]
    for body, status, code in wrong:
        response = call("post", "/loyalty/points/reservations", body)
        assert (response.status_code, response.json()["type"]) == (status, f"urn:guanxi:problem:{code}")
    call("post", "/loyalty/points/reservations", asked(customer))
    response = call("post", "/loyalty/points/reservations", asked(customer, points=50))
    assert response.json()["type"] == "urn:guanxi:problem:reference-taken"
    assert call("post", "/loyalty/points/reservations/999/commit").status_code == 404


def test_a_statement_is_paged_and_says_why(call: Call, customer: int) -> None:
    made = call("post", "/loyalty/points/reservations", asked(customer)).json()
    call("post", f"/loyalty/points/reservations/{made['id']}/commit")
    page = f"/loyalty/points/customers/{customer}/entries"
    first = call("get", page, {"limit": 1}).json()
    second = call("get", page, {"limit": 1, "cursor": first["next"]}).json()
    told = [(line["points"], line["why"]) for line in (*first["items"], *second["items"])]
    assert told == [(-60, "At Linen house, R1"), (100, "Order N1, for ¥100.00")]
    assert second["next"] == ""


def test_another_system_adjusts_once_and_waits_above_the_limit(call: Call, customer: int) -> None:
    (balance,) = call("get", f"/loyalty/points/customers/{customer}").json()
    body = {"customer_id": customer, "programme_id": balance["programme_id"], "points": 400, "reason": "Prize"}
    for _time in range(2):
        made = call("post", "/loyalty/points/adjustments", {**body, "reference": "A1"})
        assert (made.status_code, made.json()["state"]) == (201, "done")
    assert call("post", "/loyalty/points/adjustments", {**body, "reference": "A2"}).json()["state"] == "waiting"
    assert call("get", f"/loyalty/points/customers/{customer}").json()[0]["spendable"] == 500
    wrong = call("post", "/loyalty/points/adjustments", {**body, "points": 0, "reference": "A3"})
    assert wrong.status_code == 422


def test_a_token_that_may_look_may_not_spend(call: Call, customer: int) -> None:
    response = call("post", "/loyalty/points/reservations", asked(customer), scopes=["loyalty.points"])
    assert response.status_code == 403
    assert not PointsReservation.objects.exists()
