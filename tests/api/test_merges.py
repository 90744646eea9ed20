from guanxi.customers.models import Customer, Merge
from guanxi.customers.testing import customers
from tests.api.conftest import Call


def test_a_dry_run_says_what_would_move_and_moves_nothing(call: Call) -> None:
    kept, gone = customers(2)
    tried = call("post", "/merges", {"pairs": [{"kept_id": kept, "gone_id": gone}], "dry_run": True})
    assert tried.status_code == 200
    assert tried.json()["merged"] == [{"merge_id": None, "kept_id": kept, "gone_id": gone}]
    assert tried.json()["moved"]["customers_identifier"] == 2
    assert not Merge.objects.exists()
    assert call("get", f"/customers/{gone}").json()["id"] == gone


def test_merged_customers_answer_as_one_until_it_is_undone(call: Call) -> None:
    kept, gone = customers(2)
    done = call("post", "/merges", {"pairs": [{"kept_id": kept, "gone_id": gone, "choices": {"name": "gone"}}]}).json()
    (entry,) = done["merged"]
    assert call("get", f"/customers/{gone}").json()["id"] == kept
    assert Customer.objects.get(pk=kept).name == "Person 10001"
    assert [one["id"] for one in call("get", "/customers", {}).json()["items"]] == [kept]

    undone = call("post", f"/merges/{entry['merge_id']}/undo", {})
    assert undone.json() == {"merge_id": entry["merge_id"], "kept_id": kept, "gone_id": gone}
    assert call("get", f"/customers/{gone}").json()["id"] == gone
    (logged,) = call("get", "/merges", {}).json()["items"]
    assert (logged["id"], logged["kind"], logged["undone_at"] is None) == (entry["merge_id"], "api", False)


def test_what_cannot_be_merged_or_undone_is_told(call: Call) -> None:
    (one,) = customers(1)
    again = call("post", "/merges", {"pairs": [{"kept_id": one, "gone_id": one}]})
    assert (again.status_code, again.json()["type"]) == (409, "urn:guanxi:problem:cannot-merge")
    assert call("post", "/merges", {"pairs": [{"kept_id": one, "gone_id": 10**12}]}).status_code == 409
    bad = {"pairs": [{"kept_id": one, "gone_id": 2, "choices": {"shoe_size": "gone"}}]}
    assert call("post", "/merges", bad).status_code == 422
    assert call("post", "/merges/999999/undo", {}).status_code == 409
