import pytest

from guanxi.customers.testing import customers
from tests.api.conftest import Call


@pytest.mark.django_db(transaction=True)  # a reader never sees events of a transaction that is still open
def test_events_of_ones_own_are_read_back_in_order(call: Call) -> None:
    (number,) = customers(1)
    events = [
        {
            "kind": f"custom.visit_{n}",
            "customer_id": number,
            "occurred_at": "2026-05-01T10:00:00Z",
            "data": {"floor": n},
        }
        for n in range(3)
    ]
    assert call("post", "/events", {"events": events}).json() == {"recorded": 3}
    page = call("get", "/events", {"customer_id": number, "kind": "custom.visit_1"}).json()
    assert [(one["kind"], one["data"]) for one in page["items"]] == [("custom.visit_1", {"floor": 1})]
    first = call("get", "/events", {"customer_id": number, "limit": 2}).json()
    rest = call("get", "/events", {"customer_id": number, "cursor": first["next"]}).json()
    kinds = [one["kind"] for one in [*first["items"], *rest["items"]]]
    assert kinds[-3:] == ["custom.visit_0", "custom.visit_1", "custom.visit_2"]
    assert len(kinds) == len(call("get", "/events", {"customer_id": number}).json()["items"])


def test_only_names_of_ones_own_can_be_recorded(call: Call) -> None:
    event = {"kind": "order.paid", "customer_id": 1, "occurred_at": "2026-05-01T10:00:00Z"}
    assert call("post", "/events", {"events": [event]}).status_code == 422
