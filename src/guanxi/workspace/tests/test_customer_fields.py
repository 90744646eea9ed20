"""The merchant's own fields on the customer's page, in its forms, and in the list."""

from typing import Any

import pytest
from django.test import Client

from guanxi.core.models import AuditEntry
from guanxi.core.testing import signed_in
from guanxi.customers.fields import queries
from guanxi.customers.fields import services as fields
from guanxi.customers.models import Customer
from guanxi.customers.testing import NOW, customers
from guanxi.workspace.tests.conftest import Refresh

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def merchants_fields() -> None:
    fields.define(key="ring", label="Ring size", kind="number", help_text="As <em>worn</em>", now=NOW)
    fields.define(key="metal", label="Metal", kind="choice", choices=["Gold", "Silver"], now=NOW)
    fields.define(key="vat", label="Has a VAT number", kind="flag", now=NOW)
    fields.define(key="passport", label="Passport", kind="text", personal=True, now=NOW)


def plain(customer_id: int) -> dict[str, str]:
    return {key: one.plain for key, one in queries.values([customer_id]).get(customer_id, {}).items()}


def posted(**said: str) -> dict[str, str]:
    every = {"field_ring": "", "field_metal": "", "field_vat": "", "field_passport": ""}
    return every | {f"field_{key}": value for key, value in said.items()}


def test_fields_are_changed_on_the_page(client: Client) -> None:
    signed_in(client)
    (ann,) = customers(1)
    page = client.get(f"/customers/{ann}/").content.decode()
    assert "More about them" in page
    assert "As &lt;em&gt;worn&lt;/em&gt;" in page

    client.post(f"/customers/{ann}/fields/", posted(ring="16.5", metal="Gold", passport="E12345678"))
    assert plain(ann) == {"ring": "16.5", "metal": "Gold", "passport": "E***8"}
    entry = AuditEntry.objects.get(action="customer.changed")
    assert entry.detail == {"fields": ["field:metal", "field:passport", "field:ring"]}

    page = client.get(f"/customers/{ann}/").content.decode()
    assert "E12345678" not in page
    assert "E***8" in page
    client.post(f"/customers/{ann}/fields/", posted(ring="16.5", metal="Silver"))
    assert plain(ann) == {"ring": "16.5", "metal": "Silver", "passport": "E***8"}
    client.post(f"/customers/{ann}/fields/", {**posted(ring="16.5", metal="Silver"), "empty_passport": "on"})
    assert plain(ann) == {"ring": "16.5", "metal": "Silver"}


def test_what_is_no_value_is_explained_and_nothing_is_written(client: Client) -> None:
    signed_in(client)
    (ann,) = customers(1)
    response = client.post(f"/customers/{ann}/fields/", posted(ring="large", vat="yes"))
    assert "This is not a number." in response.content.decode()
    assert plain(ann) == {}


def test_a_personal_field_is_revealed_in_place(client: Client) -> None:
    signed_in(client)
    (ann,) = customers(1)
    fields.write({ann: {"passport": "E12345678"}}, source="form", now=NOW)
    shown = queries.values([ann])[ann]["passport"]
    page = client.post(f"/customers/{ann}/reveal/", {"field": shown.revealed_as}, headers={"HX-Request": "true"})
    assert "E12345678" in page.content.decode()
    other = client.post(f"/customers/{ann}/reveal/", {"field": f"field:{'9' * 30}"}, headers={"HX-Request": "true"})
    assert other.status_code == 404


def test_someone_who_may_not_edit_changes_nothing(client: Client) -> None:
    signed_in(client, role="read_only")
    (ann,) = customers(1)
    assert client.post(f"/customers/{ann}/fields/", posted(ring="9")).status_code == 403
    assert plain(ann) == {}


def test_a_new_customer_has_them_and_nothing_is_written_when_one_is_wrong(client: Client) -> None:
    signed_in(client)
    person = {"name": "Robin Invented", "phone": "15400012345", "country": "CN"}
    page = client.post("/customers/new/", {**person, **posted(ring="wide")}).content.decode()
    assert "This is not a number." in page
    assert not Customer.objects.exists()
    client.post("/customers/new/", {**person, **posted(ring="9", vat="no")})
    assert plain(Customer.objects.get().pk) == {"ring": "9", "vat": "no"}

    number = Customer.objects.get().pk
    client.post(f"/customers/{number}/edit/", {"country": "CN", **posted(ring="10", vat="no")})
    assert plain(number) == {"ring": "10", "vat": "no"}


def test_the_list_shows_filters_and_exports_fields(client: Client, refresh: Refresh) -> None:
    signed_in(client)
    people = customers(3)
    fields.write({people[0]: {"metal": "Gold", "vat": "yes"}, people[1]: {"metal": "Silver"}}, source="i", now=NOW)
    fields.write({people[1]: {"passport": "E12345678"}}, source="i", now=NOW)
    refresh()
    assert "Ring size" in client.get("/customers/").content.decode()  # among the columns to choose
    client.post("/customers/", {"_columns": "1", "column": ["name", "field_metal", "field_vat", "field_passport"]})

    (gold,) = (one.id for one in queries.definitions()[1].options if one.label == "Gold")
    page = client.get(f"/customers/?field_metal={gold}").content.decode()
    assert [f"/customers/{one}/" in page for one in people] == [True, False, False]
    page = client.get("/customers/?field_vat=yes").content.decode()
    assert [f"/customers/{one}/" in page for one in people] == [True, False, False]
    assert f"/customers/{people[0]}/" not in client.get("/customers/?field_vat=no").content.decode()

    csv = b"".join(client.get("/customers/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    lines = [line.split(",")[1:] for line in csv.splitlines()]
    assert lines == [
        ["Metal", "Has a VAT number", "Passport"],
        ["", "", ""],
        ["Silver", "", "E***8"],
        ["Gold", "yes", ""],
    ]


def test_a_page_of_the_list_asks_the_same_however_many_fields(
    client: Client, refresh: Refresh, django_assert_max_num_queries: Any
) -> None:
    signed_in(client)
    people = customers(20)
    for number in range(20):
        fields.define(key=f"more_{number}", label=f"More {number}", kind="text", now=NOW)
    fields.write({one: {f"more_{n}": "x" for n in range(20)} for one in people}, source="i", now=NOW)
    refresh()
    client.get("/customers/")
    with django_assert_max_num_queries(12):
        client.get("/customers/")
