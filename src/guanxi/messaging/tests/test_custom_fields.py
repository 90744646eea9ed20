"""The merchant's own fields in templates."""

import pytest
from django.test import Client

from guanxi.core.testing import signed_in
from guanxi.customers.fields import services as fields
from guanxi.customers.testing import NOW, customers
from guanxi.messaging import authoring, contacts
from guanxi.messaging.templating.compiling import Draft, compile_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def merchants_fields() -> None:
    fields.define(key="ring", label="Ring size", kind="number", now=NOW)
    fields.define(key="metal", label="Metal", kind="choice", choices=["Gold", "<b>Tin</b>"], now=NOW)
    fields.define(key="passport", label="Passport", kind="text", personal=True, now=NOW)


def text(source: str, customer_id: int) -> str:
    compiled = compile_draft(Draft("html", "x", f"<p>{source}</p>"))
    card = contacts.cards([customer_id], "email")[customer_id]
    html = authoring.preview(compiled, "x", card).filled.html
    return html.partition("<p>")[2].partition("</p>")[0]


def test_a_field_is_filled_in_with_a_fall_back_where_it_is_empty() -> None:
    ann, bob = customers(2)
    fields.write({ann: {"ring": "16.50", "metal": "<b>tin</b>"}}, source="form", now=NOW)
    source = '{{ customer.fields.ring | default: "your ring" }} {{ customer.fields.metal | default: "-" }}'
    assert text(source, ann) == "16.5 &lt;b&gt;Tin&lt;/b&gt;"
    assert text(source, bob) == "your ring -"
    chosen = "{% if customer.fields.ring == '16.5' %}yes{% else %}no{% endif %}"
    assert [text(chosen, one) for one in (ann, bob)] == ["yes", "no"]


def test_personal_fields_are_not_for_templates() -> None:
    (ann,) = customers(1)
    fields.write({ann: {"passport": "E12345678"}}, source="form", now=NOW)
    assert contacts.cards([ann], "email")[ann].fields == {}
    assert text('{{ customer.fields.passport | default: "none" }}', ann) == "none"


def test_unknown_fields_and_missing_fall_backs_are_warnings() -> None:
    found = compile_draft(
        Draft("html", "x", "<p>{{ customer.fields.shoe | default: 'x' }}\n{{ customer.fields.ring }}</p>")
    )
    assert [(problem.line, problem.error) for problem in found.problems] == [(1, False), (2, False)]
    fine = compile_draft(Draft("html", "x", '<p>{{ customer.fields.ring | default: "x" }}</p>'))
    assert not [problem for problem in fine.problems if problem.line]


def test_the_editor_lists_them(client: Client) -> None:
    signed_in(client)
    page = client.get("/messages/templates/new/offer/en/").content.decode()
    assert "{{ customer.fields.ring }}" in page
    assert "Ring size" in page
    assert "customer.fields.passport" not in page
