"""Two customers whom one source shows to be one person."""

import pytest

from guanxi.customers import candidates, queries, services
from guanxi.customers.merging import suggestions
from guanxi.customers.models import Customer, Merge
from guanxi.customers.testing import NOW
from guanxi.customers.types import IdentifierKind, IncomingIdentifier, IncomingProfile, MergeKind, Resolution

pytestmark = pytest.mark.django_db

NICK = IncomingIdentifier(IdentifierKind.PLATFORM_ACCOUNT, "cotton")
UNION = IncomingIdentifier(IdentifierKind.WECHAT_UNIONID, "u-1a2b")
PHONE = IncomingIdentifier(IdentifierKind.PHONE, "15400012341")
CHECKED = PHONE._replace(verified=True)


def seen(*identifiers: IncomingIdentifier, name: str = "", **said: str) -> Resolution:
    person = IncomingProfile(identifiers=identifiers, name=name, **said)
    return services.resolve([person], shop_id=1, source="test", country="CN", now=NOW).resolutions[0]


def two(first: IncomingIdentifier = NICK, second: IncomingIdentifier = UNION, **said: str) -> tuple[int, int]:
    return seen(first, **said).customer_id or 0, seen(second, **said).customer_id or 0


def merged() -> list[tuple[int, int]]:
    return list(Merge.objects.filter(undone_at=None).values_list("kept_id", "gone_id"))


def test_accounts_of_one_profile_make_their_customers_one() -> None:
    one, other = two(name="王小明")
    both = seen(NICK, UNION)
    assert merged() == [(one, other)]
    assert (both.customer_id, both.origin_id, both.others) == (one, None, ())
    (entry,) = queries.merges_of(one)
    assert (entry.kind, entry.by) == (MergeKind.RULE.value, "")
    assert entry.reasons == ["One record came with the WeChat unionid of the one and something of the other."]
    assert Customer.objects.get(pk=other).merged_into == one


def test_the_older_customer_stays_and_the_record_keeps_whose_it_was() -> None:
    by_union = seen(UNION).customer_id
    by_nick = seen(NICK).customer_id
    people = [IncomingProfile(identifiers=(NICK,)), IncomingProfile(identifiers=(NICK, UNION))]
    found = services.resolve(people, shop_id=1, source="test", country="CN", now=NOW).resolutions
    assert merged() == [(by_union, by_nick)]
    assert [one.customer_id for one in found] == [by_union, by_union]
    assert found[0].origin_id == by_nick


def test_a_phone_counts_where_it_was_verified_both_times() -> None:
    two(NICK, PHONE)
    seen(NICK, CHECKED)
    assert merged() == []
    assert suggestions.waiting().count() == 1
    seen(NICK, CHECKED)
    assert len(merged()) == 1
    assert suggestions.waiting().count() == 0


def test_a_phone_that_was_only_written_down_is_no_proof() -> None:
    two(NICK, CHECKED)
    seen(NICK, PHONE)
    assert (merged(), suggestions.waiting().count()) == ([], 1)


@pytest.mark.parametrize(
    ("field", "here", "there"), [("name", "王小明", "李安"), ("gender", "female", "male")], ids=["name", "gender"]
)
def test_what_is_known_of_both_must_agree(field: str, here: str, there: str) -> None:
    seen(NICK, **{field: here})
    seen(UNION, **{field: there})
    seen(NICK, UNION)
    assert (merged(), suggestions.waiting().count()) == ([], 1)


def test_two_accounts_of_one_shop_are_two_people_until_someone_says_otherwise() -> None:
    seen(NICK)
    seen(UNION, IncomingIdentifier(IdentifierKind.PLATFORM_ACCOUNT, "linen"))
    seen(NICK, UNION)
    assert (merged(), suggestions.waiting().count()) == ([], 1)


def test_whom_a_person_took_apart_stay_apart() -> None:
    two()
    seen(NICK, UNION)
    entry = Merge.objects.get()
    services.undo_merge(entry.pk, user=None, now=NOW)
    again = seen(NICK, UNION)
    assert merged() == []
    assert (again.customer_id, again.others) == (entry.kept_id, (entry.gone_id,))
    assert suggestions.waiting().count() == 0


def test_an_order_that_was_known_before_proves_nothing() -> None:
    one, _other = two()
    person = candidates.candidate(IncomingProfile(identifiers=(UNION,)), shop_id=1, country="CN", seen_at=NOW)
    services.resolve_prepared([person], shop_id=1, source="test", now=NOW, known=[one])
    assert (merged(), suggestions.waiting().count()) == ([], 1)
