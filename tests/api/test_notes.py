from guanxi.customers.testing import customers
from tests.api.conftest import Call


def test_notes_are_written_paged_and_deleted(call: Call) -> None:
    (ann,) = customers(1)
    for text in ("one", "two", "three"):
        assert call("post", f"/customers/{ann}/notes", {"text": text}).status_code == 201
    first = call("get", f"/customers/{ann}/notes", {"limit": 2}).json()
    second = call("get", f"/customers/{ann}/notes", {"limit": 2, "cursor": first["next"]}).json()
    assert [note["text"] for note in [*first["items"], *second["items"]]] == ["three", "two", "one"]
    assert second["next"] == ""

    number = second["items"][0]["id"]
    assert call("delete", f"/customers/{ann}/notes/{number}").status_code == 204
    assert call("delete", f"/customers/{ann}/notes/{number}").status_code == 404
    assert len(call("get", f"/customers/{ann}/notes").json()["items"]) == 2


def test_what_is_wrong_is_told_and_the_scope_is_needed(call: Call) -> None:
    (ann,) = customers(1)
    assert call("get", f"/customers/{ann}/notes", scopes=["customers.view"]).status_code == 403
    assert call("post", f"/customers/{ann}/notes", {"text": " "}).status_code == 422
    assert call("post", "/customers/999999/notes", {"text": "x"}).status_code == 404
    assert call("get", f"/customers/{ann}/notes", {"cursor": "WyJ4IiwgMV0="}).status_code == 400
