"""Owners on the customer's page, in the list, and handed over."""

import pytest
from django.test import Client

from guanxi.core.models import User
from guanxi.core.testing import make_user, signed_in
from guanxi.customers import queries, services
from guanxi.customers.testing import NOW, customers
from guanxi.workspace.tests.conftest import Refresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_user(role="sales", name="Ann Seller")


def owner_of(*ids: int) -> list[int | None]:
    return [card.owner_id for card in queries.profiles(ids)]


def test_a_customer_is_given_to_someone_on_the_page_and_the_timeline_tells(client: Client, ann: User) -> None:
    signed_in(client, role="sales")
    (one,) = customers(1)
    client.post(f"/customers/{one}/owner/", {"owner": ann.pk})
    assert owner_of(one) == [ann.pk]
    page = client.get(f"/customers/{one}/").content.decode()
    assert "Owner changed" in page
    assert "– → Ann Seller" in page

    client.post(f"/customers/{one}/owner/", {"owner": "nobody"})
    assert owner_of(one) == [None]
    client.post(f"/customers/{one}/owner/", {"owner": "12345"})
    assert owner_of(one) == [None]


def test_the_right_is_needed(client: Client, ann: User) -> None:
    signed_in(client, permissions=["customers.view", "customers.edit"])
    (one,) = customers(1)
    assert client.post(f"/customers/{one}/owner/", {"owner": ann.pk}).status_code == 403
    assert owner_of(one) == [None]


def test_the_list_assigns_in_bulk_and_shows_mine_and_nobodys(client: Client, ann: User, refresh: Refresh) -> None:
    me = signed_in(client)
    people = customers(4)
    services.assign(people[:1], owner_id=me.pk, user=None, now=NOW)
    refresh()
    said = {"_action": "assign", "ids": [str(one) for one in people[1:3]]}
    assert "Ann Seller" in client.post("/customers/", said).content.decode()
    client.post("/customers/", {**said, "_confirmed": "yes", "owner": ann.pk})
    assert owner_of(*people) == [me.pk, ann.pk, ann.pk, None]

    refresh()
    shown = {}
    for key in ("me", "nobody", str(ann.pk)):
        page = client.get(f"/customers/?owner={key}").content.decode()
        shown[key] = [f"/customers/{one}/" in page for one in people]
    assert shown == {
        "me": [True, False, False, False],
        "nobody": [False, False, False, True],
        str(ann.pk): [False, True, True, False],
    }


def test_a_leavers_customers_are_handed_over_from_settings(client: Client, ann: User) -> None:
    signed_in(client)
    people = customers(3)
    services.assign(people, owner_id=ann.pk, user=None, now=NOW)
    assert f"/settings/users/{ann.pk}/customers/" in client.get(f"/settings/users/{ann.pk}/").content.decode()
    assert "looks after 3 customers" in client.get(f"/settings/users/{ann.pk}/customers/").content.decode()
    bob = make_user(role="sales")
    client.post(f"/settings/users/{ann.pk}/customers/", {"owner": bob.pk})
    assert owner_of(*people) == [bob.pk] * 3
    assert client.get("/settings/users/999999/customers/").status_code == 404
