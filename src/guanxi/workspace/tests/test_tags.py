"""Settings → Tags."""

import pytest
from django.test import Client
from django.utils import timezone

from guanxi.core.models import AuditEntry
from guanxi.core.testing import signed_in
from guanxi.customers import queries, services
from guanxi.customers.testing import NOW, customers
from guanxi.segments import services as segments

pytestmark = pytest.mark.django_db


def number(name: str) -> int:
    return next(card.id for card in queries.tags() if card.name == name)


def tags_of(*ids: int) -> list[tuple[str, ...]]:
    return [card.tags for card in queries.profiles(ids)]


def test_the_list_counts_searches_and_says_what_follows(client: Client) -> None:
    signed_in(client, role="marketer")
    assert "No tags yet" in client.get("/settings/tags/").content.decode()
    people = customers(3)
    services.tag(people, ["cotton"], now=NOW)
    services.tag(people[:1], ["vip"], now=NOW)
    fair = segments.create_list(name="Spring fair", customer_ids=people[:2], now=NOW).segment_id
    segments.set_rule(fair, "fair", user=None, now=NOW)
    csv = b"".join(client.get("/settings/tags/?format=csv&sort=-customers").streaming_content).decode()  # type: ignore[attr-defined]
    assert csv.removeprefix("\ufeff").splitlines() == [
        "Tag,Customers,Follows the segment",
        "cotton,3,",
        "fair,2,Spring fair",
        "vip,1,",
    ]
    page = client.get("/settings/tags/?follows=yes").content.decode()
    assert ("fair</a>" in page, "cotton</a>" in page) == (True, False)


def test_a_tag_is_renamed_merged_and_deleted(client: Client) -> None:
    signed_in(client, role="marketer")
    one, two, three = customers(3)
    services.tag([one, two], ["coton"], now=NOW)
    services.tag([two, three], ["cotton"], now=NOW)
    client.post(f"/settings/tags/{number('coton')}/", {"name": "cotton"})
    assert tags_of(one) == [("coton",)]

    client.post(f"/settings/tags/{number('coton')}/merge/", {"into": str(number("cotton"))})
    assert tags_of(one, two, three) == [("cotton",)] * 3
    assert [card.name for card in queries.tags()] == ["cotton"]

    client.post(f"/settings/tags/{number('cotton')}/", {"name": "Likes cotton"})
    assert tags_of(one) == [("Likes cotton",)]
    client.post(f"/settings/tags/{number('Likes cotton')}/delete/")
    assert tags_of(one, two, three) == [()] * 3
    assert queries.tags() == []
    actions = AuditEntry.objects.filter(action__startswith="tag.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["tag.merged", "tag.renamed", "tag.deleted"]

    services.tag([one], ["Likes cotton"], now=timezone.now())
    assert [card.name for card in queries.tags()] == ["Likes cotton"]


def test_a_tag_that_follows_a_segment_is_neither_merged_nor_deleted(client: Client) -> None:
    signed_in(client, role="marketer")
    (one,) = customers(1)
    services.tag([one], ["vip"], now=NOW)
    fair = segments.create_list(name="Spring fair", customer_ids=[one], now=NOW).segment_id
    segments.set_rule(fair, "fair", user=None, now=NOW)
    page = client.post(f"/settings/tags/{number('fair')}/delete/", follow=True).content.decode()
    assert "It follows the segment Spring fair; end that first." in page
    client.post(f"/settings/tags/{number('fair')}/merge/", {"into": str(number("vip"))})
    assert tags_of(one) == [("fair", "vip")]
    assert client.get("/settings/tags/999999/").status_code == 404
    for into in ("", "x", "9" * 30, str(number("vip"))):
        client.post(f"/settings/tags/{number('vip')}/merge/", {"into": into})
    assert tags_of(one) == [("fair", "vip")]
