"""Parties, relations and batches of people through the API."""

from tests.api.conftest import Call


def test_a_company_its_parent_and_its_contact(call: Call) -> None:
    firm = call("post", "/customers", {"name": "Towel Ltd", "party": "company", "roles": ["retailer"]}).json()["id"]
    parent = call("post", "/customers", {"name": "Linen Group", "party": "company"}).json()["id"]
    ann = call("post", "/customers", {"name": "Ann Invented"}).json()["id"]
    shown = call("get", f"/customers/{firm}").json()
    assert (shown["name"], shown["party"], shown["roles"]) == ("Towel Ltd", "company", ["retailer"])
    assert call("post", f"/customers/{firm}/relations", {"to_id": parent, "kind": "child_of"}).status_code == 201
    tie = call("post", f"/customers/{ann}/relations", {"to_id": firm, "kind": "contact_of", "title": "Buyer"}).json()
    told = [
        (one["kind"], one["outward"], one["other_id"]) for one in call("get", f"/customers/{firm}/relations").json()
    ]
    assert told == [("child_of", True, parent), ("contact_of", False, ann)]
    assert call("post", f"/customers/{ann}/relations", {"to_id": firm, "kind": "child_of"}).status_code == 422
    assert call("delete", f"/customers/{firm}/relations/{tie['id']}").status_code == 204
    assert call("delete", f"/customers/{firm}/relations/{tie['id']}").status_code == 404


def test_party_and_roles_are_changed(call: Call) -> None:
    ann = call("post", "/customers", {"name": "Ann Invented"}).json()["id"]
    changed = call("patch", f"/customers/{ann}", {"roles": ["supplier", "partner"], "party": "household"}).json()
    assert (changed["party"], changed["roles"]) == ("household", ["partner", "supplier"])


def test_people_are_put_in_a_batch_once(call: Call) -> None:
    people = [
        {"name": "Ann Invented", "company": "Towel Ltd", "phones": ["13912340001"], "title": "Buyer"},
        {"emails": ["nobody"]},
        {"name": "Bo Invented", "company": "Towel Ltd"},
    ]
    body = {"name": "Spring fair", "occasion": "fair", "occurred_on": "2026-04-15", "people": people}
    done = call("post", "/people/batches", body).json()
    assert (done["rows"], done["customers_created"], done["companies_created"], done["rejected"]) == (3, 2, 1, 1)
    assert [one["place"] for one in done["refused"]] == [1]
    again = call("post", "/people/batches", body).json()
    assert (again["customers_created"], again["unchanged"]) == (0, 2)
    assert again["customer_ids"] == done["customer_ids"]
    batch = call("get", f"/people/batches/{done['id']}").json()
    assert (batch["people"], batch["known_before"], batch["companies"], batch["with_phone"]) == (2, 0, 1, 1)
    assert [one["name"] for one in call("get", "/people/batches").json()["items"]] == ["Spring fair"]


def test_consent_without_how_is_refused(call: Call) -> None:
    response = call("post", "/people/batches", {"name": "Fair", "consent_channels": ["email"]})
    assert response.status_code == 422
    assert response.json()["errors"][0]["where"] == "body.consent_how"
    assert call("get", "/people/batches").json()["items"] == []


def test_there_is_no_batch_that_is_not(call: Call) -> None:
    assert call("get", "/people/batches/999").status_code == 404


def test_an_identifier_without_its_shop_or_app_is_refused_not_dropped(call: Call) -> None:
    for one in ({"kind": "taobao_ouid", "value": "AAF1"}, {"kind": "wechat_openid", "value": "oA1"}):
        refused = call("post", "/people/batches", {"name": "Fair", "people": [{"name": "Ann", "identifiers": [one]}]})
        assert refused.status_code == 422
    named = {"kind": "wechat_openid", "value": "oA1b2", "within": "wx-shop"}
    taken = call("post", "/people/batches", {"name": "Fair", "people": [{"name": "Ann", "identifiers": [named]}]})
    assert (taken.status_code, taken.json()["customers_created"]) == (201, 1)
