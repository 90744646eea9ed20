"""One customer by exact identifiers."""

from datetime import timedelta

import pytest
from django.db import connection

from guanxi.core.models import Event
from guanxi.customers import candidates, queries, services
from guanxi.customers.models import Customer, Identifier, SharedIdentifier
from guanxi.customers.sharing import HANDFUL
from guanxi.customers.testing import NOW, profile
from guanxi.customers.types import Channel, IncomingProfile, ResolveResult

pytestmark = pytest.mark.django_db


def resolve(*people: IncomingProfile, shop_id: int = 1) -> ResolveResult:
    return services.resolve(people, shop_id=shop_id, source="test", country="CN", now=NOW)


def test_same_phone_written_differently_is_one_customer() -> None:
    found = resolve(profile(phone="13812345679"), profile(phone="+86 138-1234-5679"), profile(phone="13812345670"))
    first, second, third = found.resolutions
    assert first.customer_id == second.customer_id != third.customer_id
    assert [one.reason for one in found.resolutions] == ["created", "phone", "created"]
    assert (found.created, found.matched) == (2, 0)


def test_chain_of_identifiers_within_a_batch_is_one_customer() -> None:
    found = resolve(
        profile(phone="13812345679"),
        profile(email="a@example.com"),
        profile(phone="13812345679", email="a@example.com"),
    )
    assert len({one.customer_id for one in found.resolutions}) == 1
    assert Customer.objects.count() == 1


def test_account_means_something_within_its_shop_only() -> None:
    one = resolve(profile(account="cotton"), shop_id=1).resolutions[0]
    other = resolve(profile(account="cotton"), shop_id=2).resolutions[0]
    again = resolve(profile(account="cotton"), shop_id=1).resolutions[0]
    assert one.customer_id != other.customer_id
    assert (again.customer_id, again.reason) == (one.customer_id, "platform_account")


def test_nothing_that_can_tell_a_person_is_a_guest() -> None:
    found = resolve(profile(phone="138****1234", email="noreply@example.com", name="王**"), profile(name="Ann"))
    assert [(one.customer_id, one.reason) for one in found.resolutions] == [(None, "guest")] * 2
    assert Customer.objects.count() == 0


def test_account_goes_before_phone_before_email_and_nobody_is_merged() -> None:
    account = resolve(profile(account="cotton")).resolutions[0].customer_id
    phone = resolve(profile(phone="13812345679")).resolutions[0].customer_id
    email = resolve(profile(email="a@example.com")).resolutions[0].customer_id
    all_three = resolve(profile(account="cotton", phone="13812345679", email="a@example.com")).resolutions[0]
    two = resolve(profile(phone="13812345679", email="a@example.com")).resolutions[0]
    assert (all_three.customer_id, all_three.reason, all_three.others) == (
        account, "platform_account>phone>email", (phone, email),
    )  # fmt: skip
    assert (two.customer_id, two.reason, two.others) == (phone, "phone>email", (email,))
    assert Customer.objects.count() == 3
    assert queries.explain(two.reason) == "Same phone number. The e-mail address points at another customer."


def test_newer_source_wins_field_by_field_and_empty_never_overwrites() -> None:
    early, late = NOW - timedelta(days=9), NOW - timedelta(days=1)
    resolve(profile(phone="13812345679", name="Ann Late", city="Leeds", seen_at=late))
    resolve(profile(phone="13812345679", name="Ann Early", city="York", region="Yorkshire", seen_at=early))
    customer = Customer.objects.get()
    assert (customer.name, customer.city, customer.region) == ("Ann Late", "Leeds", "Yorkshire")
    resolve(profile(phone="13812345679", name="Ann Newest", city="", seen_at=NOW))
    customer = Customer.objects.get()
    assert (customer.name, customer.city, customer.profile_seen_at) == ("Ann Newest", "Leeds", NOW)


def test_seeing_a_customer_again_marks_no_change() -> None:
    resolve(profile(phone="13812345679", name="Ann", seen_at=NOW - timedelta(days=1)))
    mark = Customer.objects.get().changed_xact
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET changed_xact = 1 WHERE false")
    resolve(profile(phone="13812345679", name="Ann", seen_at=NOW))
    customer = Customer.objects.get()
    assert (customer.changed_xact, customer.profile_seen_at) == (mark, NOW)


def test_personal_data_is_sealed_in_the_database() -> None:
    resolve(profile(phone="13812345679", name="王小明", address="文三路 1 号", email="ming@example.com"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text || i::text FROM customers_customer c, customers_identifier i")
        stored = "".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT string_agg(data::text, '') FROM core_event")
        logged = cursor.fetchone()[0]
    for secret in ("13812345679", "王小明", "文三路", "ming@example.com", "文三路".encode().hex(), b"ming@".hex()):
        assert secret not in stored
        assert secret not in logged
    assert Customer.objects.get().name == "王小明"


def test_new_customers_are_announced_once() -> None:
    for _again in range(2):
        resolve(profile(phone="13812345679"), profile(phone="13812345670"))
    events = Event.objects.filter(kind="customer.created").order_by("customer_id")
    assert [one.customer_id for one in events] == list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    assert events[0].data == {"source": "test", "shop_id": 1}


def test_phone_of_unlike_people_is_set_aside_and_listed() -> None:
    people = [profile(phone="13812345679", account=f"buyer{n}", name=f"Person {n}x") for n in range(HANDFUL + 1)]
    found = resolve(*people)
    assert len({one.customer_id for one in found.resolutions}) == HANDFUL + 1
    assert not Identifier.objects.filter(kind="phone").exists()
    (shared,) = queries.shared_identifiers()
    assert (shared.masked, shared.people_seen) == ("138****5679", HANDFUL + 1)
    assert set(shared.customer_ids) == {one.customer_id for one in found.resolutions}
    assert resolve(profile(phone="13812345679")).resolutions[0].reason == "guest"


def test_phone_is_set_aside_when_the_people_come_over_time() -> None:
    reasons = [
        resolve(profile(phone="13812345679", name=f"Person {'abcdefgh'[n]}")).resolutions[0].reason
        for n in range(HANDFUL + 1)
    ]
    assert reasons == ["created"] + ["phone"] * (HANDFUL - 1) + ["guest"]


def test_one_account_with_many_receivers_is_one_buyer() -> None:
    people = [profile(phone="13812345679", account="gifts", name=f"Friend {'abcdefgh'[n]}") for n in range(8)]
    assert len({one.customer_id for one in resolve(*people).resolutions}) == 1
    assert not SharedIdentifier.objects.exists()


def test_restored_identifier_is_a_key_again_and_stays_one() -> None:
    people = [profile(phone="13812345679", name=f"Person {'abcdefgh'[n]}") for n in range(8)]
    first = resolve(people[0]).resolutions[0].customer_id
    resolve(*people)
    (shared,) = queries.shared_identifiers()
    services.restore_identifier(shared.id, user=None, now=NOW)
    found = resolve(*people)
    assert {one.customer_id for one in found.resolutions} == {first}
    assert queries.shared_identifiers()[0].restored_at == NOW


def test_erased_customer_is_gone_and_does_not_come_back_by_an_old_link() -> None:
    resolve(profile(phone="13812345679", name="Ann Smith", email="a@example.com", tags=("vip",)))
    customer_id = Customer.objects.get().pk
    services.erase(customer_id, user=None, now=NOW)
    (card,) = queries.profiles([customer_id])
    assert (card.name, card.phone, card.email, card.tags, card.erased) == ("", "", "", (), True)
    assert queries.search("13812345679") == queries.search("smith") == queries.search("5679") == []
    assert queries.contact_points([customer_id], channel=Channel.EMAIL) == {}
    candidate = candidates.candidate(profile(phone="13812345679", name="Ann"), shop_id=1, country="CN", seen_at=NOW)
    found = services.resolve_prepared([candidate], shop_id=1, source="test", now=NOW, known=[customer_id])
    assert (found.resolutions[0].customer_id, found.resolutions[0].reason) == (customer_id, "known")
    assert queries.search("13812345679") == []
    assert Event.objects.filter(kind="customer.erased", customer_id=customer_id).count() == 1


def test_search_by_every_way() -> None:
    (one,) = resolve(
        profile(phone="13812345679", email="ming@example.com", account="Cotton77", name="王小明")
    ).resolutions
    resolve(profile(phone="13812345670", email="other@example.com", account="linen", name="李安"))
    for text in ("13812345679", "+86 138 1234 5679", "5679", "MING@example.com", "cotton77", "王小明", "wxm"):
        assert queries.search(text) == [one.customer_id], text
    for text in ("", "5671", "nobody", "王小红"):
        assert queries.search(text) == [], text
