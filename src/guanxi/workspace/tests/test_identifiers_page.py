"""What ties records to a customer, on the Customer page."""

import pytest
from django.test import Client

from guanxi.commerce.models import Order
from guanxi.commerce.testing import order, record, shop
from guanxi.core.models import AuditEntry
from guanxi.core.testing import signed_in
from guanxi.customers import queries
from guanxi.customers.models import Customer
from guanxi.customers.testing import customers, profile

pytestmark = pytest.mark.django_db


def add(client: Client, customer: int, **said: str) -> str:
    return client.post(f"/customers/{customer}/identifiers/add/", said, follow=True).content.decode()


def test_a_card_number_is_added_checked_and_shown_with_its_programme(client: Client) -> None:
    signed_in(client)
    (customer,) = customers(1)
    page = add(client, customer, kind="card", value="6200 1234 77", within="Linen club", verified="yes")
    assert "6***7" in page
    assert "Linen club" in page
    card = next(one for one in queries.identifiers(customer) if one.kind == "card")
    assert card.verified_at is not None
    assert AuditEntry.objects.get(action="customer.identifier_added").detail == {"kind": "card"}


def test_what_is_anothers_leads_to_comparing_the_two(client: Client) -> None:
    signed_in(client)
    one, other = customers(2)
    page = add(client, one, kind="email", value="person10001@example.com")
    assert f"/customers/{one}/merge/{other}/" in page
    assert len(queries.identifiers(one)) == 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "moon", "value": "1"}, "Choose a kind."),
        ({"kind": "taobao_ouid", "value": "AAF1"}, "Say of which shop it is"),
        ({"kind": "wechat_openid", "value": "oA1"}, "Say of which app it is"),
        ({"kind": "phone", "value": "138****1234"}, "This value cannot identify a person."),
    ],
)
def test_what_can_be_no_key_is_refused_in_words(client: Client, said: dict[str, str], words: str) -> None:
    signed_in(client)
    (customer,) = customers(1)
    assert words in add(client, customer, **said)
    assert len(queries.identifiers(customer)) == 2


def test_an_identifier_is_noted_as_checked(client: Client) -> None:
    signed_in(client)
    (customer,) = customers(1)
    first = queries.identifiers(customer)[0]
    client.post(f"/customers/{customer}/identifiers/{first.id}/verify/")
    assert queries.identifiers(customer)[0].verified_at is not None
    assert AuditEntry.objects.get(action="customer.identifier_verified").detail == {"identifier": first.id}


def test_a_customer_is_split_on_the_page_and_the_way_back_is_shown(client: Client) -> None:
    signed_in(client)
    buyers = [profile(account="cotton", phone=f"1540001234{number}") for number in (1, 2)]
    record([order(number, buyer=buyer) for number, buyer in enumerate(buyers, 1)], shop=shop())
    ann = Customer.objects.get().pk
    assert "154****2342" in client.get(f"/customers/{ann}/split/").content.decode()
    his = next(one.id for one in queries.identifiers(ann) if one.masked.endswith("2342"))
    second = Order.objects.get(external_id="N2")
    page = client.post(f"/customers/{ann}/split/", {"identifier": his, "order": second.pk, "name": "Tom"}, follow=True)
    second.refresh_from_db()
    assert second.customer_id not in (ann, None)
    assert f"/customers/{ann}/merge/{second.customer_id}/" in page.content.decode()


def test_a_split_without_anything_chosen_says_what_to_do(client: Client) -> None:
    signed_in(client)
    (customer,) = customers(1)
    page = client.post(f"/customers/{customer}/split/", {}, follow=True).content.decode()
    assert "Choose what the other person is known by" in page
    assert Customer.objects.count() == 1
