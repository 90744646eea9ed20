"""Two customers that are one become one, with everything that is theirs, and two again when that was wrong."""

from datetime import timedelta

import pytest

from guanxi.core import events
from guanxi.core.models import AuditEntry
from guanxi.customers import queries, services
from guanxi.customers.merging import log
from guanxi.customers.models import Customer, CustomerTag, Identifier, Merge, OwnProfile, Tag
from guanxi.customers.services import CannotMerge, Pair
from guanxi.customers.testing import NOW, profile
from guanxi.customers.types import Channel, MergeKind, Purpose

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def resolve(*people, shop_id=1, now=NOW):
    found = services.resolve(people, shop_id=shop_id, source="test", country="CN", now=now)
    return [one.customer_id for one in found.resolutions]


def merge(kept, gone, **choices):
    (done,) = services.merge([Pair(kept, gone, choices)], kind=MergeKind.HAND, user=None, now=NOW)
    return done


def undo(done):
    return services.undo_merge(done.merge_id, user=None, now=LATER)


def row(customer_id):
    """Everything of one customer's row that people may see."""
    return {
        name: value
        for name, value in Customer.objects.filter(pk=customer_id).values()[0].items()
        if name != "changed_xact"
    }


def tags_of(customer_ids):
    return {card.id: card.tags for card in queries.profiles(customer_ids) if card.tags and not card.merged_into}


@pytest.fixture
def two():
    """Ann by phone in one shop, Anna by e-mail in another."""
    (ann,) = resolve(profile(phone="13900000001", name="Ann", city="Hangzhou"))
    (anna,) = resolve(profile(email="anna@example.com", name="Anna", gender="female"))
    return ann, anna


def test_who_stays_keeps_what_it_has_and_gets_what_it_has_not(two):
    merge(*two)

    kept = row(two[0])
    assert (kept["name"], kept["city"], kept["gender"]) == ("Ann", "Hangzhou", "female")
    assert (kept["email"], kept["has_email"], kept["phone"]) == ("anna@example.com", True, "+8613900000001")
    assert row(two[1])["merged_into"] == two[0]


def test_a_field_can_be_that_of_who_goes(two):
    merge(*two, name="gone", gender="kept")

    kept = row(two[0])
    assert (kept["name"], kept["gender"]) == ("Anna", "")
    assert kept["name_tokens"] == row(two[1])["name_tokens"]


def test_undoing_gives_both_back_as_they_were(two):
    before = [row(one) for one in two]

    undo(merge(*two, name="gone"))

    assert [row(one) for one in two] == before
    assert not OwnProfile.objects.exists()


def test_identifiers_find_who_stays_and_after_undoing_whose_they_were(two):
    ann, anna = two
    done = merge(ann, anna)
    assert resolve(profile(email="anna@example.com")) == [ann]

    undo(done)
    assert resolve(profile(email="anna@example.com")) == [anna]


def test_what_came_in_since_goes_to_whom_it_came_for(two):
    ann, anna = two
    done = merge(ann, anna)
    resolve(profile(email="anna@example.com", phone="13900000002", name="Anna Li", city="Ningbo"), now=LATER)
    assert row(ann)["name"] == "Ann"
    assert {one.origin_customer_id for one in Identifier.objects.filter(customer_id=ann)} == {None, anna}

    undo(done)

    assert (row(anna)["name"], row(anna)["city"]) == ("Anna Li", "Ningbo")
    assert (row(ann)["name"], row(ann)["city"]) == ("Ann", "Hangzhou")
    assert resolve(profile(phone="13900000002")) == [anna]


def test_consents_of_both_count_and_go_back(two):
    ann, anna = two
    about = {"channel": Channel.EMAIL, "purpose": Purpose.MARKETING, "source": "form"}
    services.record_consent([anna], granted=False, at=NOW, now=NOW, **about)
    done = merge(ann, anna)
    answers = services.may_contact([ann], channel=Channel.EMAIL, purpose=Purpose.MARKETING)
    assert answers[ann].reason == "withdrawn"

    undo(done)

    answers = services.may_contact([ann, anna], channel=Channel.EMAIL, purpose=Purpose.MARKETING)
    assert [answers[one].reason for one in two] == ["never_given", "withdrawn"]


def test_the_same_tag_on_both_is_shown_once_and_both_keep_it(two):
    services.tag(two, ["VIP"], now=NOW)
    done = merge(*two)
    assert tags_of(two) == {two[0]: ("VIP",)}

    undo(done)
    assert tags_of(two) == {two[0]: ("VIP",), two[1]: ("VIP",)}


def test_a_tag_given_to_a_merged_number_goes_to_the_customer_it_is_now(two):
    done = merge(*two)
    services.tag([two[1]], ["late"], now=NOW)
    assert tags_of([two[0]]) == {two[0]: ("late",)}

    undo(done)
    assert tags_of(two) == {two[1]: ("late",)}
    assert CustomerTag.objects.count() == 1


def test_merges_are_undone_in_any_order(two):
    (third,) = resolve(profile(phone="13900000003", name="A. Li", birth_date=None, language="en"))
    before = [row(one) for one in (*two, third)]
    first = merge(two[1], third)
    second = merge(two[0], two[1])
    assert row(third)["merged_into"] == two[0]
    assert row(two[0])["language"] == "en"

    undo(first)
    assert row(third)["merged_into"] is None
    assert (row(two[1])["merged_into"], row(two[0])["language"]) == (two[0], "")

    undo(second)
    assert [row(one) for one in (*two, third)] == before


def test_a_customer_merged_before_stands_for_its_survivor(two):
    (third,) = resolve(profile(phone="13900000003", name="A. Li"))
    merge(*two)
    done = merge(third, two[1])
    assert (done.kept_id, done.gone_id) == (third, two[0])
    assert log.everyone(third) == sorted([*two, third])


def test_a_batch_leaves_out_what_it_has_already_made_one(two):
    (third,) = resolve(profile(phone="13900000003"))
    a, b = two
    done = services.merge([Pair(a, b), Pair(b, third), Pair(third, a)], kind=MergeKind.HAND, user=None, now=NOW)
    assert [(one.kept_id, one.gone_id) for one in done] == [(a, b), (a, third)]


def test_what_a_person_writes_stands_against_the_others_and_stays_after_undoing(two):
    ann, anna = two
    done = merge(ann, anna)
    services.update_customer(ann, changes={"name": "Ann Wang", "email": ""}, source="form", country="CN", now=LATER)
    resolve(profile(email="anna@example.com", name="Anna Neu"), now=LATER + timedelta(days=1))
    assert (row(ann)["name"], row(ann)["email"], row(ann)["has_email"]) == ("Ann Wang", "", False)

    undo(done)
    assert (row(ann)["name"], row(anna)["name"], row(anna)["email"]) == ("Ann Wang", "Anna Neu", "anna@example.com")


def test_a_name_of_who_went_still_finds_the_customer(two):
    merge(*two)
    assert queries.search("Anna") == [two[0]]


def test_the_timeline_tells_both_lives(two):
    merge(*two)
    kinds = [event.kind for event in events.timeline(customer_id=two[0])]
    assert sorted(kinds) == ["customer.created", "customer.created", "customer.merged"]


def test_who_somebody_is_now(two):
    asked = [*two, 10**6, 10**30]
    assert (queries.present(asked), queries.current(asked)) == ({one: one for one in two}, {})
    merge(*two)
    assert queries.present(asked) == {two[0]: two[0], two[1]: two[0]}
    assert queries.current(asked) == {two[1]: two[0]}


@pytest.mark.django_db(transaction=True)
def test_readers_get_the_customer_of_today(two):
    got = []
    events.reader("test.merging", kinds=["customer.created"])(lambda given, now: got.extend(given))
    try:
        merge(*two)
        while events.read_next("test.merging", now=NOW):
            pass
    finally:
        del events.READERS["test.merging"]
    assert [event.customer_id for event in got] == [two[0], two[0]]


@pytest.mark.django_db(transaction=True)
def test_what_was_written_for_who_went_at_the_moment_of_the_merge_follows_too(two):
    done = merge(*two)
    spring = Tag.objects.create(name="Spring")
    CustomerTag.objects.create(customer_id=two[1], tag=spring, added_at=NOW)  # by who had looked her up before
    while events.read_next("customers.following", now=NOW):
        pass
    assert tags_of(two) == {two[0]: ("Spring",)}
    undo(done)
    assert tags_of(two) == {two[1]: ("Spring",)}
    while events.read_next("customers.following", now=NOW):
        pass
    assert tags_of(two) == {two[1]: ("Spring",)}


def test_erasing_erases_all_that_were_merged(two):
    done = merge(*two)
    services.erase(two[0], user=None, now=NOW)
    assert [row(one)["name"] for one in two] == ["", ""]
    assert not Identifier.objects.exists()
    with pytest.raises(CannotMerge, match="erased"):
        undo(done)


@pytest.mark.parametrize("given", ["self", "unknown", "twice", "choice"])
def test_what_cannot_be_merged_changes_nothing(two, given):
    pairs = {
        "self": [Pair(two[0], two[0])],
        "unknown": [Pair(*two), Pair(two[0], 10**12)],
        "choice": [Pair(*two, {"shoe_size": "gone"})],
        "twice": [Pair(*two)],
    }[given]
    done = merge(*two) if given == "twice" else None
    count = Merge.objects.count()
    with pytest.raises(CannotMerge):
        services.merge(pairs, kind=MergeKind.HAND, user=None, now=NOW)
    assert Merge.objects.count() == count
    assert row(two[1])["merged_into"] == (two[0] if done else None)


def test_an_undone_merge_is_not_undone_again(two):
    done = merge(*two)
    undo(done)
    with pytest.raises(CannotMerge, match="already"):
        undo(done)


def test_each_merge_and_undoing_leaves_an_entry(two):
    undo(merge(*two))
    entries = AuditEntry.objects.filter(subject_kind="customer", subject_id=two[0]).order_by("pk")
    assert [one.action for one in entries] == ["customer.merged", "customer.merge_undone"]
