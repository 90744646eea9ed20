"""Merging on the pages: choosing, comparing, merging, undoing, and answering suggestions."""

import pytest
from django.test import Client

from guanxi.core.testing import signed_in
from guanxi.customers import services
from guanxi.customers.merging import suggestions
from guanxi.customers.models import Customer, Merge
from guanxi.customers.services import Pair
from guanxi.customers.testing import NOW, profile
from guanxi.customers.types import MergeKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[int, int]:
    people = [
        profile(account="ann", phone="15400012341", name="Ann Wang", city="Hangzhou"),
        profile(phone="15400012345", name="Anna Wang", gender="female"),
    ]
    found = services.resolve(people, shop_id=1, source="test", country="CN", now=NOW).resolutions
    first, second = (one.customer_id or 0 for one in found)
    return first, second


def suggest(two: tuple[int, int], *, sure: bool = True) -> int:
    suggestions.add({two: ["identifier:phone"]}, certainty={two: 0.97}, sure=[two] if sure else [], now=NOW)
    return suggestions.waiting()[0].pk


def test_the_other_is_found_compared_and_merged_with_the_chosen_values(client: Client, two: tuple[int, int]) -> None:
    signed_in(client)
    found = client.post(f"/customers/{two[0]}/merge/", {"text": "Anna"}).content.decode()
    assert f'href="/customers/{two[0]}/merge/{two[1]}/"' in found
    assert "Anna Wang" not in found

    page = client.get(f"/customers/{two[0]}/merge/{two[1]}/").content.decode()
    assert "A*** W***" in page
    assert '<input class="form-check-input" type="radio" name="gender" value="gone" checked>' in page

    answer = client.post(f"/customers/{two[0]}/merge/{two[1]}/", {"name": "gone", "city": "kept", "gender": "gone"})
    assert answer["Location"] == f"/customers/{two[0]}/"
    kept = Customer.objects.get(pk=two[0])
    assert (kept.name, kept.city, kept.gender) == ("Anna Wang", "Hangzhou", "female")
    assert Merge.objects.get().choices == {"name": "gone"}


def test_who_was_merged_leads_to_who_stays_and_undoing_brings_back(client: Client, two: tuple[int, int]) -> None:
    signed_in(client)
    (done,) = services.merge([Pair(*two)], kind=MergeKind.HAND, user=None, now=NOW)
    assert client.get(f"/customers/{two[1]}/")["Location"] == f"/customers/{two[0]}/"
    assert f"/customers/merges/{done.merge_id}/undo/" in client.get(f"/customers/{two[0]}/").content.decode()
    assert f"/customers/merges/{done.merge_id}/undo/" in client.get("/customers/merges/").content.decode()

    client.post(f"/customers/merges/{done.merge_id}/undo/")
    assert client.get(f"/customers/{two[1]}/").status_code == 200
    assert "already" in client.post(f"/customers/merges/{done.merge_id}/undo/", follow=True).content.decode()


def test_suggestions_are_decided_one_after_the_other(client: Client, two: tuple[int, int]) -> None:
    signed_in(client)
    number = suggest(two)
    waiting = client.get("/customers/duplicates/").content.decode()
    assert "97.0%" in waiting and "Decide one by one" in waiting
    assert client.get("/customers/duplicates/next/")["Location"] == f"/customers/{two[0]}/merge/{two[1]}/"

    answer = client.post("/customers/duplicates/next/", {"dismiss": number})
    assert answer["Location"] == "/customers/duplicates/"
    none_left = client.get("/customers/duplicates/").content.decode()
    assert "Look for duplicates" in none_left and "Decide one by one" not in none_left
    assert not suggestions.waiting().exists()


def test_many_are_accepted_at_once_above_a_certainty(client: Client, two: tuple[int, int]) -> None:
    signed_in(client)
    suggest(two)
    chosen = {"_action": "accept", "_all": "yes", "_confirmed": "yes"}
    client.post("/customers/duplicates/?certainty_from=98", chosen)
    assert not Merge.objects.exists()
    client.post("/customers/duplicates/?certainty_from=95", chosen)
    merged = Merge.objects.get()
    assert (merged.kept_id, merged.gone_id, merged.kind, merged.certainty) == (*two, "suggested", 0.97)


def test_many_at_once_are_merged_only_where_they_are_sure(client: Client, two: tuple[int, int]) -> None:
    signed_in(client)
    number = suggest(two, sure=False)
    client.post("/customers/duplicates/", {"_action": "accept", "_all": "yes", "_confirmed": "yes"})
    assert not Merge.objects.exists()
    client.post("/customers/duplicates/", {"_action": "accept", "ids": [number], "_confirmed": "yes"})
    assert Merge.objects.get().gone_id == two[1]


def test_without_the_right_nobody_merges(client: Client, two: tuple[int, int]) -> None:
    (done,) = services.merge([Pair(*two)], kind=MergeKind.HAND, user=None, now=NOW)
    signed_in(client, role="analyst")
    for address in ("duplicates/", "duplicates/next/", "merges/", f"{two[0]}/merge/", f"{two[0]}/merge/{two[1]}/"):
        assert client.get(f"/customers/{address}").status_code == 403, address
    assert client.post(f"/customers/merges/{done.merge_id}/undo/").status_code == 403
    assert Merge.objects.get().undone_at is None
