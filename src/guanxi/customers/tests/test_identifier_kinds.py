"""What each kind of identifier is worth, where and for how long."""

from datetime import datetime, timedelta

import pytest
from django.utils.translation import override

from guanxi.customers import candidates, passing, queries, services
from guanxi.customers.identifier_kinds import HINTS, TRAITS
from guanxi.customers.merging import looking, suggestions
from guanxi.customers.models import Customer, Hint, Identifier
from guanxi.customers.testing import NOW, profile
from guanxi.customers.types import IdentifierKind, IncomingIdentifier, IncomingProfile, MergeKind, Resolution

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def seen(*identifiers: IncomingIdentifier, shop_id: int = 1, at: datetime = NOW, **said: str) -> Resolution:
    person = IncomingProfile(identifiers=identifiers, seen_at=at, **said)
    return services.resolve([person], shop_id=shop_id, source="test", country="CN", now=NOW).resolutions[0]


def openid(value: str, app: str = "") -> IncomingIdentifier:
    return IncomingIdentifier(IdentifierKind.WECHAT_OPENID, value, app)


def oaid(value: str) -> IncomingIdentifier:
    return IncomingIdentifier(IdentifierKind.TAOBAO_OAID, value)


def test_every_kind_has_its_traits_and_its_words_in_chinese() -> None:
    assert TRAITS.keys() == set(IdentifierKind)
    with override("zh-hans"):
        assert str(TRAITS[IdentifierKind.CARD].label) == "会员卡"


def test_an_openid_means_something_within_its_app_whatever_the_shop() -> None:
    first = seen(openid("oA1b2", "wx-shop"), shop_id=1)
    assert seen(openid("oA1b2", "wx-shop"), shop_id=2).customer_id == first.customer_id
    assert seen(openid("oA1b2", "wx-news"), shop_id=1).created


def test_an_openid_of_no_named_app_means_something_within_its_shop() -> None:
    first = seen(openid("oA1b2"), shop_id=1)
    assert seen(openid("oA1b2"), shop_id=1).customer_id == first.customer_id
    assert seen(openid("oA1b2"), shop_id=2).created


@pytest.mark.parametrize(
    ("kind", "value", "again"),
    [
        (IdentifierKind.WECHAT_UNIONID, "u-1a2b3c", "u-1a2b3c"),
        (IdentifierKind.QQ, "271828182", " 271828182 "),
        (IdentifierKind.WEIBO, "5012345678", "5012345678"),
        (IdentifierKind.TAOBAO_OMID, "AAH-omid", "AAH-omid"),
        (IdentifierKind.CARD, "6200 1234-77", "6200123477"),
    ],
)
def test_some_kinds_mean_the_same_in_every_shop(kind: IdentifierKind, value: str, again: str) -> None:
    first = seen(IncomingIdentifier(kind, value), shop_id=1)
    second = seen(IncomingIdentifier(kind, again), shop_id=2)
    assert (second.customer_id, second.reason) == (first.customer_id, kind.value)
    assert queries.explain(second.reason) == str(TRAITS[kind].same)


def test_an_ouid_means_something_within_its_shop_only() -> None:
    ouid = IncomingIdentifier(IdentifierKind.TAOBAO_OUID, "AAF-ouid")
    assert seen(ouid, shop_id=1).customer_id == seen(ouid, shop_id=1).customer_id
    assert seen(ouid, shop_id=2).created


def test_an_oaid_links_within_a_week_of_its_first_sight() -> None:
    first = seen(oaid("1xyz"), name="王小明")
    assert seen(oaid("1xyz"), at=NOW + 6 * DAY).customer_id == first.customer_id
    card = queries.identifiers(first.customer_id or 0)[0]
    assert (card.first_seen_at, card.last_seen_at, card.valid_until) == (NOW, NOW + 6 * DAY, NOW + 7 * DAY)


def test_a_later_oaid_is_somebody_else_and_has_a_life_of_its_own() -> None:
    first = seen(oaid("1xyz"))
    second = seen(oaid("1xyz"), at=NOW + 8 * DAY)
    assert second.created
    assert second.customer_id != first.customer_id
    assert queries.identifiers(first.customer_id or 0) == []
    assert queries.identifiers(second.customer_id or 0)[0].valid_until == NOW + 15 * DAY


def test_an_oaid_of_an_old_file_says_nothing() -> None:
    seen(oaid("1xyz"))
    assert seen(oaid("1xyz"), at=NOW - 8 * DAY).reason == "guest"


def test_an_oaid_links_no_two_orders_of_one_file_that_are_weeks_apart() -> None:
    people = [IncomingProfile(identifiers=(oaid("1xyz"),), seen_at=NOW + days * DAY) for days in (0, 3, 20)]
    found = services.resolve(people, shop_id=1, source="test", country="CN", now=NOW).resolutions
    assert found[0].customer_id == found[1].customer_id
    assert found[2].reason == "guest"


def test_an_oaid_goes_behind_every_other_identifier() -> None:
    by_oaid = seen(oaid("1xyz")).customer_id
    by_email = seen(IncomingIdentifier(IdentifierKind.EMAIL, "a@mail.example")).customer_id
    both = seen(oaid("1xyz"), IncomingIdentifier(IdentifierKind.EMAIL, "a@mail.example"))
    assert (both.customer_id, both.others) == (by_email, (by_oaid,))


def test_what_has_passed_is_forgotten() -> None:
    customer = seen(oaid("1xyz"), IncomingIdentifier(IdentifierKind.EMAIL, "a@mail.example")).customer_id
    assert passing.forget(now=NOW + 7 * DAY) == 0
    assert passing.forget(now=NOW + 8 * DAY) == 1
    assert [one.kind for one in queries.identifiers(customer or 0)] == ["email"]


@pytest.mark.parametrize("kind", sorted(HINTS))
def test_a_browser_or_device_never_says_who_somebody_is(kind: IdentifierKind) -> None:
    hint = IncomingIdentifier(kind, "5f0c-77")
    assert seen(hint).reason == "guest"
    one = seen(hint, IncomingIdentifier(IdentifierKind.EMAIL, "a@mail.example"))
    two = seen(hint, IncomingIdentifier(IdentifierKind.EMAIL, "b@mail.example"), at=NOW + DAY)
    assert two.customer_id != one.customer_id
    assert two.others == ()
    assert Hint.objects.values("digest").distinct().count() == 1
    again = seen(hint, IncomingIdentifier(IdentifierKind.EMAIL, "b@mail.example"), at=NOW + 3 * DAY)
    row = Hint.objects.get(customer=again.customer_id)
    assert (row.first_seen_at, row.last_seen_at) == (NOW + DAY, NOW + 3 * DAY)


def test_a_common_browser_and_name_suggest_that_two_are_one() -> None:
    browser = IncomingIdentifier(IdentifierKind.COOKIE, "5f0c-77")
    for account in ("cotton", "linen"):
        mine = IncomingIdentifier(IdentifierKind.PLATFORM_ACCOUNT, account)
        seen(browser, mine, name="欧阳晓雯", city="杭州", region="浙江", address="文三路 108 号")
    looking.look(now=NOW, report=lambda done, total: None)
    assert [(one.low_id, one.high_id) for one in suggestions.waiting()] == [
        tuple(Customer.objects.order_by("pk").values_list("pk", flat=True))
    ]


def test_a_hint_follows_merges_and_goes_with_the_erased() -> None:
    hint = IncomingIdentifier(IdentifierKind.DEVICE, "5f0c-77")
    one = seen(hint, IncomingIdentifier(IdentifierKind.EMAIL, "a@mail.example")).customer_id or 0
    two = seen(hint, IncomingIdentifier(IdentifierKind.EMAIL, "b@mail.example")).customer_id or 0
    (merged,) = services.merge([services.Pair(one, two)], kind=MergeKind.HAND, user=None, now=NOW)
    assert set(Hint.objects.values_list("customer_id", "origin_customer_id")) == {(one, None), (one, two)}
    seen(hint, IncomingIdentifier(IdentifierKind.EMAIL, "b@mail.example"), at=NOW + DAY)
    assert Hint.objects.get(origin_customer_id=two).last_seen_at == NOW + DAY
    services.undo_merge(merged.merge_id, user=None, now=NOW)
    assert set(Hint.objects.values_list("customer_id", "origin_customer_id")) == {(one, None), (two, None)}
    services.erase(two, user=None, now=NOW)
    assert list(Hint.objects.values_list("customer_id", flat=True)) == [one]


def test_sights_are_kept_to_the_day_and_verification_from_the_first_time() -> None:
    plain = IncomingIdentifier(IdentifierKind.PHONE, "15400012341")
    checked = IncomingIdentifier(IdentifierKind.PHONE, "15400012341", verified=True)
    customer = seen(plain, at=NOW).customer_id or 0
    seen(plain, at=NOW + timedelta(hours=23))
    assert queries.identifiers(customer)[0].last_seen_at == NOW
    seen(checked, at=NOW + 2 * DAY)
    seen(checked, at=NOW + 9 * DAY)
    seen(plain, at=NOW - 9 * DAY)
    (card,) = queries.identifiers(customer)
    assert (card.first_seen_at, card.last_seen_at, card.verified_at) == (NOW, NOW + 9 * DAY, NOW + 2 * DAY)


def test_candidates_survive_the_way_between_processes() -> None:
    person = IncomingProfile(
        identifiers=(
            openid("oA1b2", "wx-shop"),
            IncomingIdentifier(IdentifierKind.PHONE, "15400012341", verified=True),
            IncomingIdentifier(IdentifierKind.COOKIE, "5f0c-77", "shop.example"),
        ),
        seen_at=NOW,
    )
    made = candidates.candidate(person, shop_id=1, country="CN", seen_at=NOW)
    assert candidates.from_columns(candidates.to_columns([made])) == [made._replace(fingerprint="")]


def test_an_identifier_added_by_hand_says_where_it_means_something() -> None:
    customer = services.create_customer(profile(name="Ann"), source="form", country="CN", now=NOW)
    add = {"source": "form", "country": "CN", "now": NOW}
    for kind, field in ((IdentifierKind.TAOBAO_OUID, "shop_id"), (IdentifierKind.WECHAT_OPENID, "within")):
        with pytest.raises(services.BadField) as refused:
            services.add_identifier(customer, IncomingIdentifier(kind, "oA1b2"), **add)
        assert refused.value.field == field
    with pytest.raises(services.BadField):
        services.add_identifier(customer, IncomingIdentifier(IdentifierKind.COOKIE, "5f0c"), **add)
    services.add_identifier(customer, openid("oA1b2", "wx-shop"), **add)
    services.add_identifier(customer, openid("oA1b2", "wx-shop")._replace(verified=True), **add)
    assert Identifier.objects.get().verified_at == NOW
    assert seen(openid("oA1b2", "wx-shop")).customer_id == customer


def test_an_oaid_that_was_set_aside_becomes_no_lasting_key_when_it_is_restored() -> None:
    customer = seen(oaid("1xyz"), IncomingIdentifier(IdentifierKind.EMAIL, "a@mail.example")).customer_id or 0
    token = next(one for one in queries.identifiers(customer) if one.kind == "taobao_oaid")
    shared = services.set_aside_identifier(token.id, user=None, now=NOW)
    assert seen(oaid("1xyz")).reason == "guest"
    services.restore_identifier(shared, user=None, now=NOW)
    assert [one.kind for one in queries.identifiers(customer)] == ["email"]
    assert seen(oaid("1xyz")).created
