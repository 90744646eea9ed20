"""Visits recorded by a shop's server."""

from typing import Any

import pytest

from guanxi.customers import queries as customers
from guanxi.visits.models import VisitEvent, Visitor
from guanxi.visits.testing import site, work
from tests.api.conftest import Call

EVENT = {"id": "order-00001", "kind": "order", "occurred_at": "2026-05-10T12:00:00+08:00", "visitor": "a" * 32}


def said(**more: Any) -> dict[str, Any]:
    return {**EVENT, **more}


def test_events_are_recorded_once(call: Call) -> None:
    row = site()
    body = {"site": row.key, "events": [said(), said(id="order-00002", kind="cart", product="T1")]}
    answer = call("post", "/visits", body)
    assert (answer.status_code, answer.json()) == (201, {"recorded": 2})
    assert call("post", "/visits", body).status_code == 201
    assert sorted(VisitEvent.objects.values_list("kind", "product")) == [("cart", "T1"), ("order", "")]


@pytest.mark.django_db(transaction=True)
def test_an_orders_buyer_joins_the_visits_before(call: Call) -> None:
    row = site()
    call("post", "/visits", {"site": row.key, "events": [said(id="product-001", kind="product", product="T1")]})
    call("post", "/visits", {"site": row.key, "events": [said(email="mei@shopper.cn", phone="13912345670")]})
    work()
    (customer_id,) = customers.newest_ids(limit=9)
    assert Visitor.objects.get().customer_id == customer_id


def test_the_websites_key_must_be_known(call: Call) -> None:
    answer = call("post", "/visits", {"site": "0" * 16, "events": [said()]})
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:guanxi:problem:not-found"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "purchase"},
        {"occurred_at": "2026-05-10T12:00:00"},
        {"id": "short"},
        {"email_sha256": "mei@example.com"},
        {"path": "\x00"},
    ],
)
def test_what_is_not_valid_is_refused_whole(call: Call, wrong: dict[str, Any]) -> None:
    body = {"site": site().key, "events": [said(id="order-00009"), said(**wrong)]}
    assert call("post", "/visits", body).status_code == 422
    assert not VisitEvent.objects.exists()


def test_it_needs_its_own_scope(call: Call) -> None:
    body = {"site": site().key, "events": [said()]}
    answer = call("post", "/visits", body, scopes=["customers.edit", "visits.view"])
    assert answer.status_code == 403
    assert "visits.record" in answer.json()["detail"]
    assert not VisitEvent.objects.exists()
