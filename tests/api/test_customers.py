from guanxi.core.models import AuditEntry
from guanxi.customers.testing import customers
from tests.api.conftest import Call


def test_a_customer_is_made_shown_masked_and_found_by_phone(call: Call) -> None:
    made = call("post", "/customers", {"name": "王小明", "phone": "15400012345", "tags": ["vip"]})
    assert made.status_code == 201
    number = made.json()["id"]
    shown = call("get", f"/customers/{number}").json()
    assert (shown["name"], shown["phone"], shown["tags"]) == ("王**", "154****2345", ["vip"])
    found = call("post", "/customers/search", {"text": "154 0001 2345"}).json()
    assert [one["id"] for one in found] == [number]


def test_a_phone_that_is_someones_is_refused_with_their_number(call: Call) -> None:
    number = call("post", "/customers", {"phone": "15400012345"}).json()["id"]
    again = call("post", "/customers", {"phone": "15400012345"})
    assert again.status_code == 409
    assert f"Customer {number} " in again.json()["detail"]


def test_a_masked_phone_is_refused(call: Call) -> None:
    response = call("post", "/customers", {"name": "x", "phone": "138****1234"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["where"] == "body.phone"


def test_personal_fields_in_full_leave_an_audit_entry_each(call: Call) -> None:
    number = call("post", "/customers", {"name": "Ada Brackwell", "email": "ada@example.com"}).json()["id"]
    shown = call("get", f"/customers/{number}/personal").json()
    assert (shown["name"], shown["email"]) == ("Ada Brackwell", "ada@example.com")
    entries = AuditEntry.objects.filter(action="customer.revealed", subject_id=number)
    assert {entry.detail["field"] for entry in entries} == {"name", "phone", "email", "address", "birth_date"}


def test_consent_is_a_ledger_whose_newest_entry_holds(call: Call) -> None:
    (number,) = customers(1, consented=None)
    for granted in (True, False):
        assert (
            call("post", f"/customers/{number}/consents", {"channel": "email", "granted": granted}).status_code == 201
        )
    ledger = call("get", f"/customers/{number}/consents").json()
    assert [(entry["granted"], entry["holds"]) for entry in ledger] == [(False, True), (True, False)]


def test_paging_gives_each_customer_once(call: Call) -> None:
    made = customers(5)
    seen, cursor = [], ""
    for _page in range(3):
        page = call("get", "/customers", {"limit": 2, "cursor": cursor}).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert seen == sorted(made, reverse=True)
    assert cursor == ""


def test_a_cursor_that_is_none_is_told(call: Call) -> None:
    assert call("get", "/customers", {"cursor": "abc"}).json()["type"] == "urn:guanxi:problem:bad-cursor"


def test_erased_is_erased(call: Call) -> None:
    number = call("post", "/customers", {"name": "Ada", "phone": "15400012345"}).json()["id"]
    assert call("delete", f"/customers/{number}").status_code == 204
    assert call("get", f"/customers/{number}").json()["name"] == ""
    assert call("post", "/customers/search", {"text": "15400012345"}).json() == []
    assert call("patch", f"/customers/{number}", {"name": "Eve"}).status_code == 409
