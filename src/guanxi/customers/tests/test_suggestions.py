"""Pairs that may be one customer: how they come up, and that each is asked about once."""

from datetime import date

import pytest

from guanxi.customers import services
from guanxi.customers.merging import looking, suggestions
from guanxi.customers.models import Suggestion
from guanxi.customers.services import Pair
from guanxi.customers.testing import NOW, profile
from guanxi.customers.types import MergeKind

pytestmark = pytest.mark.django_db


def resolve(*people, shop_id=1):
    found = services.resolve(people, shop_id=shop_id, source="test", country="CN", now=NOW)
    return [one.customer_id for one in found.resolutions]


@pytest.fixture
def pair():
    """Two customers, and an order that came with the account of the one and the phone of the other."""
    one, two = resolve(profile(account="ann"), profile(phone="15400012345"))
    resolve(profile(account="ann", phone="15400012345"))
    return one, two


def waiting():
    return [(row.low_id, row.high_id) for row in suggestions.waiting()]


def test_a_profile_of_two_customers_suggests_them_with_the_reason(pair):
    assert waiting() == [pair]
    assert suggestions.words(suggestions.waiting()[0].reasons) == [
        "One record came with the phone number of the one and something of the other."
    ]


def test_the_same_again_suggests_nothing_new(pair):
    resolve(profile(account="ann", phone="15400012345"))
    assert Suggestion.objects.count() == 1


def test_merging_the_pair_by_whatever_way_settles_it(pair):
    (third,) = resolve(profile(phone="15400012349"))
    services.merge([Pair(third, pair[0])], kind=MergeKind.HAND, user=None, now=NOW)
    assert waiting() == [pair]
    services.merge([Pair(third, pair[1])], kind=MergeKind.HAND, user=None, now=NOW)
    assert waiting() == []
    assert Suggestion.objects.get().outcome == "merged"


def test_what_was_answered_with_no_is_not_asked_again(pair):
    assert suggestions.dismiss([suggestions.waiting()[0].pk], user=None, now=NOW) == 1
    resolve(profile(account="ann", phone="15400012345"))
    assert waiting() == []


def test_undoing_a_merge_says_no(pair):
    (done,) = services.merge([Pair(*pair)], kind=MergeKind.HAND, user=None, now=NOW)
    services.undo_merge(done.merge_id, user=None, now=NOW)
    resolve(profile(account="ann", phone="15400012345"))
    assert waiting() == []
    assert Suggestion.objects.get().outcome == "dismissed"


def test_the_more_certain_come_first():
    people = resolve(*(profile(phone=f"1540001234{n}") for n in range(4)))
    a, b, c, d = people
    new = suggestions.add({(a, b): [], (c, d): [], (a, c): []}, certainty={(a, b): 0.4, (c, d): 0.9}, now=NOW)
    assert (new, waiting()) == (3, [(c, d), (a, b), (a, c)])


def test_looking_through_all_customers_suggests_who_looks_like_one_person():
    said = {
        "name": "Margarethe Brackwell",
        "birth_date": date(1984, 7, 3),
        "address": "14 Orchard Lane",
        "city": "Wells",
    }
    people = resolve(
        profile(email="m.brackwell@example.com", **said),
        profile(account="brackwell84", **(said | {"name": "Margarete Brackwell"})),
        profile(email="someone@example.org", name="Tobias Ahnert", birth_date=date(1991, 2, 14), city="Bath"),
    )
    compared, new = looking.look(now=NOW, report=lambda done, total: None)
    assert (compared, new, waiting()) == (3, 1, [(people[0], people[1])])
    (suggested,) = suggestions.waiting()
    assert suggested.certainty > 0.9
    assert any("Same birth date" in sentence for sentence in suggestions.words(suggested.reasons))
