from typing import Any

import pytest
from django.test import Client

from guanxi.commerce.testing import order, record, shop
from guanxi.core.models import AuditEntry, User
from guanxi.core.testing import signed_in
from guanxi.customers import queries as customers
from guanxi.customers import services
from guanxi.customers.testing import NOW, profile
from guanxi.loyalty.coupons import services as coupons
from guanxi.loyalty.testing import a_coupon

pytestmark = pytest.mark.django_db
PHONE = "15400012345"


@pytest.fixture
def customer() -> int:
    """Someone who bought in two shops."""
    for number, name in enumerate(("Linen house", "Corner shop"), 1):
        record([order(number, buyer=profile(phone=PHONE, name="王小明"))], shop=shop(name))
    (found,) = customers.search(PHONE)
    return found


def test_orders_of_both_shops_are_on_one_page(client: Client, customer: int) -> None:
    signed_in(client)
    page = client.get(f"/customers/{customer}/").content.decode()
    assert "Linen house" in page
    assert "Corner shop" in page
    assert "¥200.00" in page
    assert page.count("Order placed") == 2


def test_the_page_asks_the_same_however_much_happened(
    client: Client, customer: int, django_assert_num_queries: Any
) -> None:
    signed_in(client)
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(f"/customers/{customer}/")
    more = [order(number, buyer=profile(phone=PHONE, name="王小明")) for number in range(3, 9)]
    record(more, shop=shop("Third shop"))
    services.tag([customer], ["cotton", "vip"], now=NOW)
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(f"/customers/{customer}/")


PAGE_QUERIES = 32
"""Four of any page; customer, clock, merged customers, events, totals, rates, orders, identifiers, consents, shops,
merges, segments, messages, all tags; tiers and their programmes, points and whether they are given, coupons, value;
custom fields, colleagues, notes, files; relations, batches; next order, next products,
categories."""


def test_nothing_personal_is_on_the_page_until_it_is_revealed(client: Client, customer: int) -> None:
    signed_in(client)
    page = client.get(f"/customers/{customer}/").content.decode()
    assert "154****2345" in page
    assert PHONE not in page
    assert "王小明" not in page
    shown = client.post(f"/customers/{customer}/reveal/", {"field": "phone"}, headers={"HX-Request": "true"})
    assert PHONE in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert AuditEntry.objects.get(action="customer.revealed").detail == {"field": "phone"}


def test_the_customers_clock_is_shown_where_it_differs_from_the_readers(client: Client, customer: int) -> None:
    reader = signed_in(client)
    for zone, shown in (("Asia/Shanghai", False), ("Asia/Singapore", False), ("Europe/London", True)):
        User.objects.filter(pk=reader.pk).update(time_zone=zone)
        page = client.get(f"/customers/{customer}/").content.decode()
        assert ("Local time" in page, "Asia/Shanghai" in page) == (shown, shown), zone


def test_a_country_is_named_in_the_readers_language(client: Client, customer: int) -> None:
    signed_in(client)
    for language, name in (("en", "China"), ("zh-hant", "中國")):
        client.cookies["django_language"] = language
        page = client.get(f"/customers/{customer}/").content.decode()
        assert f" {name}</dd>" in page, language


def test_someone_without_the_right_cannot_reveal(client: Client, customer: int) -> None:
    signed_in(client, role="analyst")
    assert "/reveal/" not in client.get(f"/customers/{customer}/").content.decode()
    assert client.post(f"/customers/{customer}/reveal/", {"field": "phone"}).status_code == 403
    assert not AuditEntry.objects.filter(action="customer.revealed").exists()


def test_an_answer_on_consent_is_recorded(client: Client, customer: int) -> None:
    signed_in(client)
    client.post(f"/customers/{customer}/consent/", {"channel": "email", "granted": "yes", "detail": "at the till"})
    client.post(f"/customers/{customer}/consent/", {"channel": "email", "granted": "no"})
    newest, older = customers.consents(customer)
    assert (newest.granted, newest.holds, older.detail, older.holds) == (False, True, "at the till", False)


def test_tags_go_on_and_off(client: Client, customer: int) -> None:
    signed_in(client)
    client.post(f"/customers/{customer}/tag/", {"tag": "vip"})
    assert customers.profiles([customer])[0].tags == ("vip",)
    client.post(f"/customers/{customer}/tag/", {"tag": "vip", "remove": "yes"})
    assert customers.profiles([customer])[0].tags == ()


def test_a_customer_is_added_and_a_second_with_the_same_phone_is_not(client: Client) -> None:
    signed_in(client)
    body = {"name": "Ada", "phone": "15400099999", "country": "CN"}
    assert client.post("/customers/new/", body).status_code == 302
    again = client.post("/customers/new/", body).content.decode()
    assert "is there already" in again
    assert len(customers.search("15400099999")) == 1


def test_changing_one_field_keeps_the_personal_ones(client: Client, customer: int) -> None:
    signed_in(client)
    client.post(f"/customers/{customer}/edit/", {"country": "CN", "city": "杭州市"})
    card = customers.profiles([customer])[0]
    assert (card.city, card.phone, card.name) == ("杭州市", "154****2345", "王**")


def test_a_country_is_chosen_by_name_and_what_a_source_wrote_instead_is_kept(client: Client, customer: int) -> None:
    signed_in(client)
    page = f"/customers/{customer}/edit/"
    client.post(page, {"country": "FR"})
    assert '<option value="FR" selected>France</option>' in client.get(page).content.decode()
    assert client.post(page, {"country": "France"}).context["form"].errors["country"]
    services.update_customer(customer, changes={"country": "Utopia"}, source="form", country="CN", now=NOW)
    client.post(page, {"country": "Utopia", "city": "Amaurot"})
    card = customers.profiles([customer])[0]
    assert (card.country, card.city) == ("Utopia", "Amaurot")


def test_an_identifier_set_aside_is_listed_and_can_be_restored(client: Client, customer: int) -> None:
    signed_in(client)
    identifier = next(one.id for one in customers.identifiers(customer) if one.kind == "phone")
    client.post(f"/customers/{customer}/identifiers/{identifier}/forget/", {"set_aside": "yes"})
    (shared,) = customers.shared_identifiers()
    assert "154****2345" in client.get("/customers/shared/").content.decode()
    client.post(f"/customers/shared/{shared.id}/restore/")
    assert customers.shared_identifiers()[0].restored_at is not None


def test_erasing_leaves_orders_without_the_person(client: Client, customer: int) -> None:
    signed_in(client)
    client.post(f"/customers/{customer}/erase/")
    page = client.get(f"/customers/{customer}/").content.decode()
    assert "Erased customer" in page
    assert "Linen house" in page
    assert customers.search(PHONE) == []


def test_a_customer_that_does_not_exist_is_not_found(client: Client) -> None:
    signed_in(client)
    assert client.get("/customers/999/").status_code == 404


def test_the_coupons_a_customer_holds_are_on_the_page(client: Client, customer: int) -> None:
    coupon = a_coupon(name="Mother's Day", shared_code="MUM26", holders_only=True)
    coupons.issue(coupon, [customer], now=NOW)
    signed_in(client)
    page = client.get(f"/customers/{customer}/").content.decode()
    assert f'<a href="/coupons/{coupon}/">Mother&#x27;s Day</a>' in page
    assert "MUM26" in page
    assert "Coupon given" in page  # on the timeline
    signed_in(client, permissions=["customers.view", "coupons.view"])
    page = client.get(f"/customers/{customer}/").content.decode()
    assert "MU****" in page
    assert "MUM26" not in page
    signed_in(client, permissions=["customers.view"])
    assert "Mother&#x27;s Day" not in client.get(f"/customers/{customer}/").content.decode()
