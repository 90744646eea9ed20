"""Tags by rule: on when customers enter a segment, off when they leave, never against hands."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from guanxi.core.testing import signed_in
from guanxi.customers import queries as customers
from guanxi.customers import services as people
from guanxi.customers.models import CustomerTag
from guanxi.customers.services import Pair
from guanxi.customers.testing import customers as some_customers
from guanxi.customers.types import MergeKind
from guanxi.segments import services
from guanxi.segments.models import Segment, TagRule

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def a_list(ids: list[int], name: str = "Fair") -> int:
    return services.create_list(name=name, customer_ids=ids, now=NOW).segment_id


def members(segment_id: int, ids: list[int]) -> None:
    services.change_list(segment_id, customer_ids=ids, replace=True, now=LATER)


def tagged(ids: list[int], name: str = "fair") -> list[bool]:
    return [name in card.tags for card in customers.profiles(ids)]


def test_members_have_the_tag_while_they_are_in() -> None:
    ids = some_customers(4)
    segment = a_list(ids[:2])
    services.set_rule(segment, " fair ", user=None, now=NOW)
    assert tagged(ids) == [True, True, False, False]
    members(segment, ids[1:3])
    assert tagged(ids) == [False, True, True, False]
    members(segment, ids[:1])
    assert tagged(ids) == [True, False, False, False]
    assert customers.tag_counts() == {TagRule.objects.get().tag_id: 1}


def test_a_tag_put_on_by_hand_stays() -> None:
    ids = some_customers(2)
    people.tag(ids[:1], ["fair"], now=NOW)
    segment = a_list(ids)
    services.set_rule(segment, "fair", user=None, now=NOW)
    people.tag(ids[1:], ["fair"], now=NOW)  # a rule gave it already; now hands do
    members(segment, [])
    assert tagged(ids) == [True, True]


def test_a_tag_taken_off_by_hand_does_not_come_back_by_rule_but_by_hand() -> None:
    ids = some_customers(1)
    segment = a_list(ids)
    services.set_rule(segment, "fair", user=None, now=NOW)
    people.untag(ids, ["fair"], now=NOW)
    members(segment, [])
    members(segment, ids)
    assert tagged(ids) == [False]
    people.tag(ids, ["fair"], now=LATER)
    assert tagged(ids) == [True]


def test_ending_a_rule_takes_the_tag_off_those_whom_only_the_rule_gave_it() -> None:
    ids = some_customers(2)
    people.tag(ids[:1], ["fair"], now=NOW)
    rule = services.set_rule(a_list(ids), "fair", user=None, now=NOW)
    services.end_rule(rule, user=None, now=LATER)
    assert tagged(ids) == [True, False]
    services.set_rule(a_list(ids, "Second fair"), "fair", user=None, now=LATER)
    assert tagged(ids) == [True, True]


def test_a_tag_follows_one_segment_at_most_and_needs_a_name() -> None:
    ids = some_customers(1)
    services.set_rule(a_list(ids), "fair", user=None, now=NOW)
    other = a_list(ids, "Second fair")
    for name in ("fair", " "):
        with pytest.raises(services.BadRule):
            services.set_rule(other, name, user=None, now=NOW)
    assert TagRule.objects.count() == 1


def test_tags_by_rule_follow_merges_and_go_back() -> None:
    ids = some_customers(2)
    segment = a_list(ids[1:])
    services.set_rule(segment, "fair", user=None, now=NOW)
    (done,) = people.merge([Pair(*ids)], kind=MergeKind.HAND, user=None, now=NOW)
    members(segment, ids[:1])
    assert tagged(ids[:1]) == [True]
    people.undo_merge(done.merge_id, user=None, now=LATER)
    members(segment, ids[1:])
    assert tagged(ids) == [False, True]


def test_a_large_segment_takes_no_more_statements_than_a_small_one(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    ids = some_customers(500)
    segment = a_list(ids)
    with django_assert_max_num_queries(20):
        services.set_rule(segment, "fair", user=None, now=NOW)
    assert CustomerTag.objects.filter(by_rule__isnull=False).count() == 500


def test_renaming_a_tag_renames_it_in_definitions() -> None:
    (one,) = some_customers(1)
    people.tag([one], ["fair", "other"], now=NOW)
    tag = next(card.id for card in customers.tags() if card.name == "fair")
    inner = {"match": "none", "of": [{"condition": "tag", "values": ["fair", "vip"]}]}
    segment = services.create_segment(name="A", definition={"match": "all", "of": [inner]}, now=NOW)
    people.rename_tag(tag, "Spring fair")
    assert tagged([one], "Spring fair") == [True]
    asked = Segment.objects.get(pk=segment).definition["of"][0]["of"][0]["values"]
    assert asked == ["Spring fair", "vip"]
    with pytest.raises(people.TagTaken):
        people.rename_tag(tag, "other")


def test_rules_are_set_and_ended_on_the_segments_page(client: Client) -> None:
    signed_in(client, role="marketer")
    ids = some_customers(1)
    segment = a_list(ids)
    client.post("/segments/tags/", {"segment": str(segment), "tag": "fair"})
    assert tagged(ids) == [True]
    page = client.get(f"/segments/{segment}/").content.decode()
    rule = TagRule.objects.get()
    assert f"/segments/{segment}/tags/{rule.pk}/end/" in page
    client.post(f"/segments/{segment}/tags/{rule.pk}/end/")
    assert tagged(ids) == [False]
    assert client.post("/segments/tags/", {"segment": "9" * 30, "tag": "x"}).status_code == 404
