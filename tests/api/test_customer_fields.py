from guanxi.core.testing import make_user
from guanxi.customers.testing import customers
from tests.api.conftest import Call


def define(call: Call, key: str, kind: str, **more: object) -> dict[str, object]:
    made = call("post", "/customer-fields", {"key": key, "label": key.title(), "kind": kind, **more})
    assert made.status_code == 201, made.content
    return made.json()


def test_fields_are_defined_listed_changed_and_put_away(call: Call) -> None:
    metal = define(call, "metal", "choice", choices=["Gold", "Silver"])
    define(call, "ring", "number")
    gold, silver = (one["id"] for one in metal["choices"])  # type: ignore[attr-defined]
    change = {"label": "Ring metal", "rename_choices": {str(gold): "Rose gold"}, "drop_choices": [silver]}
    changed = call("patch", f"/customer-fields/{metal['id']}", {**change, "add_choices": ["Tin"]}).json()
    assert changed["label"] == "Ring metal"
    assert [one["label"] for one in changed["choices"]] == ["Rose gold", "Tin"]

    call("patch", f"/customer-fields/{metal['id']}", {"archived": True})
    assert [one["key"] for one in call("get", "/customer-fields").json()] == ["ring"]
    every = call("get", "/customer-fields", {"archived": "true"}).json()
    assert [(one["key"], one["archived"]) for one in every] == [("metal", True), ("ring", False)]
    assert call("patch", "/customer-fields/999999", {"label": "x"}).status_code == 404


def test_a_choice_in_use_is_a_conflict_unless_that_is_meant(call: Call) -> None:
    metal = define(call, "metal", "choice", choices=["Gold", "Silver"])
    (ann,) = customers(1)
    call("patch", f"/customers/{ann}", {"fields": {"metal": "Gold"}})
    drop = {"drop_choices": [metal["choices"][0]["id"]]}  # type: ignore[index]
    refused = call("patch", f"/customer-fields/{metal['id']}", drop)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:guanxi:problem:in-use")
    done = call("patch", f"/customer-fields/{metal['id']}", {**drop, "drop_in_use": True}).json()
    assert [(one["label"], one["dropped"]) for one in done["choices"]] == [("Gold", True), ("Silver", False)]
    assert call("get", f"/customers/{ann}").json()["fields"] == {"metal": "Gold"}


def test_a_field_that_cannot_be_is_told_where(call: Call) -> None:
    refused = call("post", "/customer-fields", {"key": "a", "label": "A", "kind": "number", "personal": True})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.personal")


def test_values_are_written_with_a_customer_and_shown_masked(call: Call) -> None:
    define(call, "ring", "number")
    define(call, "passport", "text", personal=True)
    said = {"ring": "16.50", "passport": "E12345678"}
    number = call("post", "/customers", {"name": "Robin Invented", "fields": said}).json()["id"]
    assert call("get", f"/customers/{number}").json()["fields"] == {"ring": "16.5", "passport": "E***8"}
    changed = call("patch", f"/customers/{number}", {"fields": {"ring": ""}}).json()
    assert changed["fields"] == {"passport": "E***8"}
    assert [one["fields"] for one in call("get", "/customers").json()["items"]] == [{"passport": "E***8"}]


def test_a_value_that_is_none_is_told_where_and_nothing_is_written(call: Call) -> None:
    define(call, "ring", "number")
    refused = call("post", "/customers", {"name": "Robin Invented", "fields": {"ring": "wide", "shoe": "9"}})
    assert refused.status_code == 422
    assert [one["where"] for one in refused.json()["errors"]] == ["body.fields.ring", "body.fields.shoe"]
    assert call("get", "/customers").json()["items"] == []


def test_an_owner_is_set_and_taken_away(call: Call) -> None:
    (ann,) = customers(1)
    seller = make_user(role="sales")
    assert call("post", f"/customers/{ann}/owner", {"owner_id": seller.pk}).json()["owner_id"] == seller.pk
    assert call("post", f"/customers/{ann}/owner", {"owner_id": 2**40}).status_code == 422
    assert call("post", f"/customers/{ann}/owner", {"owner_id": None}).json()["owner_id"] is None
    refused = call("post", f"/customers/{ann}/owner", {"owner_id": None}, scopes=["customers.view"])
    assert refused.status_code == 403
