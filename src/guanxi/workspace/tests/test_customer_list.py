from typing import Any

import pytest
from django.test import Client

from guanxi.commerce.testing import order, record, shop
from guanxi.core.testing import signed_in
from guanxi.core.web.tables import Query
from guanxi.customers import queries as customers
from guanxi.customers import services
from guanxi.customers.testing import NOW, profile
from guanxi.workspace.customers import CustomerSource
from guanxi.workspace.tests.conftest import Refresh


def buyers(count: int) -> None:
    """``count`` customers, of whom number n has n orders of 100.00."""
    number = 0
    orders = []
    for buyer in range(1, count + 1):
        for _order in range(buyer):
            number += 1
            who = profile(phone=f"1540001{buyer:04}", name=f"Buyer {chr(64 + buyer)}")
            orders.append(order(number, buyer=who))
    record(orders, shop=shop())


def names(content: str) -> list[str]:
    return [letter for letter in "ABCD" if f"B*** {letter}***" in content]


def in_order(content: str) -> list[str]:
    return sorted(names(content), key=lambda letter: content.index(f"B*** {letter}***"))


@pytest.mark.django_db
def test_before_the_first_import_the_page_says_what_to_do(client: Client, home: object) -> None:
    signed_in(client)
    page = client.get("/customers/").content.decode()
    assert "No customers yet" in page
    assert "/orders/imports/new/" in page


def test_customers_are_sorted_by_what_they_spent(client: Client, refresh: Refresh) -> None:
    buyers(3)
    refresh()
    signed_in(client)
    assert in_order(client.get("/customers/?sort=-revenue").content.decode()) == ["C", "B", "A"]
    assert in_order(client.get("/customers/?sort=orders").content.decode()) == ["A", "B", "C"]


def test_numbers_follow_the_next_refresh(client: Client, refresh: Refresh) -> None:
    signed_in(client)
    for count in (1, 2, 3):
        buyers(count)
        refresh()
        page = client.get("/customers/").content.decode()
        assert in_order(page) == ["C", "B", "A"][3 - count :]
        assert f"All that match ({count})" in page


def test_the_list_asks_the_same_however_long_it_is(
    client: Client, refresh: Refresh, django_assert_num_queries: Any
) -> None:
    signed_in(client)
    for count in (1, 3):
        buyers(count)
        refresh()
        with django_assert_num_queries(LIST_QUERIES):
            client.get("/customers/")
        with django_assert_num_queries(LIST_QUERIES):
            client.get("/customers/?orders_from=1&sort=-revenue")


LIST_QUERIES = 10
"""Session, person, settings, roles; custom fields; shops, tags and owners of the filters; choice of columns;
customers with their tags."""


@pytest.mark.parametrize("stretch", [1, 2, 3])
def test_pages_are_the_same_whatever_is_asked_together(
    refresh: Refresh, monkeypatch: pytest.MonkeyPatch, stretch: int
) -> None:
    buyers(4)
    refresh()
    monkeypatch.setattr("guanxi.workspace.customers.STRETCH", stretch)
    source = CustomerSource.newest(viewer=0, definitions=())
    query = Query(sort="orders")
    pages = [[row.orders for row in source.page(query, offset=offset, limit=3)] for offset in range(5)]
    assert pages == [[1, 2, 3], [2, 3, 4], [3, 4], [4], []]


def test_filters_narrow_the_list(client: Client, refresh: Refresh) -> None:
    buyers(3)
    refresh()
    signed_in(client)
    assert names(client.get("/customers/?orders_from=2").content.decode()) == ["B", "C"]
    assert names(client.get("/customers/?revenue_to=100").content.decode()) == ["A"]


def test_a_customer_is_found_by_phone_that_stays_out_of_the_address(client: Client, refresh: Refresh) -> None:
    buyers(2)
    refresh()
    signed_in(client)
    response = client.post("/customers/", {"_search": "15400010002"})
    assert "15400010002" not in response["Location"]
    assert names(client.get(response["Location"]).content.decode()) == ["B"]


def test_all_that_match_are_tagged_at_once(client: Client, refresh: Refresh) -> None:
    buyers(3)
    refresh()
    signed_in(client)
    body = {"_action": "tag", "_all": "yes", "_confirmed": "yes", "tag": "regular"}
    client.post("/customers/?orders_from=2", body)
    shown = customers.profiles(customers.newest_ids(limit=10))
    assert sorted(card.tags for card in shown) == [(), ("regular",), ("regular",)]


def test_the_csv_is_masked_and_needs_a_right(client: Client, refresh: Refresh) -> None:
    buyers(1)
    refresh()
    signed_in(client, role="read_only")
    assert client.get("/customers/?format=csv").status_code == 403
    signed_in(client)
    lines = b"".join(client.get("/customers/?format=csv").streaming_content).decode()
    assert "154****0001" in lines
    assert "15400010001" not in lines


def test_an_erased_customer_leaves_the_list(client: Client, refresh: Refresh) -> None:
    buyers(2)
    (first,) = customers.search("15400010001")
    services.erase(first, user=None, now=NOW)
    refresh()
    signed_in(client)
    assert names(client.get("/customers/").content.decode()) == ["B"]
