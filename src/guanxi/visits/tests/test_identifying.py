"""Anonymous visitors stay apart until they say who they are; then their past is the customer's."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.test import Client

from guanxi.core import events
from guanxi.customers import following, services, testing
from guanxi.customers import queries as customers
from guanxi.visits import identifying, keeping
from guanxi.visits.models import Identification, Interest, Session, VisitEvent, Visitor
from guanxi.visits.subscribers import forget_erased
from guanxi.visits.testing import NOW, event, happened, send, site, work

pytestmark = pytest.mark.django_db(transaction=True)


def told(customer_id: int) -> list[tuple[str, object]]:
    rows = events.timeline(customer_id=customer_id)
    return [(one.kind, one.data.get("product") or one.data.get("term")) for one in rows if one.kind.startswith("site.")]


def test_the_past_joins_the_customer_with_its_own_times() -> None:
    shop = site()
    happened(shop, "page", NOW - timedelta(days=3), referrer="https://www.baidu.com/")
    happened(shop, "product", NOW - timedelta(days=3, minutes=-1), product="A", title="Towel")
    work()
    assert customers.newest_ids(limit=9) == []
    happened(shop, "form", NOW, email="mei@example.com", name="Mei")
    work()
    (customer_id,) = customers.newest_ids(limit=9)
    assert Visitor.objects.get().customer_id == customer_id
    rows = [one for one in events.timeline(customer_id=customer_id) if one.kind.startswith("site.")]
    assert [(one.kind, one.occurred_at) for one in rows] == [
        ("site.form", NOW),
        ("site.visit", NOW),
        ("site.product", NOW - timedelta(days=3, minutes=-1)),
        ("site.visit", NOW - timedelta(days=3)),
    ]
    assert rows[2].data == {"site_id": shop.pk, "product": "A", "title": "Towel"}
    assert rows[3].data["source"] == "baidu.com"
    assert not Identification.objects.exists()


def test_a_known_visitors_events_go_on_to_the_customer_and_none_twice() -> None:
    shop = site()
    happened(shop, "form", NOW, phone="139 1234 5670")
    work()
    happened(shop, "form", NOW + timedelta(minutes=1), phone="13912345670")
    happened(shop, "search", NOW + timedelta(minutes=2), term="silk")
    work()
    work()
    (customer_id,) = customers.newest_ids(limit=9)
    assert told(customer_id) == [
        ("site.search", "silk"),
        ("site.form", None),
        ("site.form", None),
        ("site.visit", None),
    ]


def test_a_customer_who_is_there_is_found_and_gives_no_consent() -> None:
    (customer_id,) = testing.customers(1, consented=None)
    shop = site()
    happened(shop, "form", NOW, email="PERSON10000@example.com ")
    work()
    assert Visitor.objects.get().customer_id == customer_id
    assert customers.newest_ids(limit=9) == [customer_id]
    assert customers.consents(customer_id) == []


def test_one_person_with_two_browsers_is_one_customer() -> None:
    shop = site()
    for visitor in ("visitor-phone", "visitor-desk"):
        happened(shop, "form", NOW, email="mei@example.com", visitor=visitor)
    work()
    (customer_id,) = customers.newest_ids(limit=9)
    assert list(Visitor.objects.values_list("customer_id", flat=True)) == [customer_id] * 2


def test_a_second_person_at_the_same_browser_does_not_get_the_firsts_past() -> None:
    shop = site()
    happened(shop, "product", NOW, product="A")
    happened(shop, "form", NOW + timedelta(minutes=1), email="mei@example.com")
    work()
    happened(shop, "form", NOW + timedelta(minutes=5), email="bo@example.com")
    happened(shop, "search", NOW + timedelta(minutes=6), term="silk")
    work()
    happened(shop, "cart", NOW + timedelta(minutes=7), product="B")
    work()
    bo, mei = customers.newest_ids(limit=9)
    assert ("site.product", "A") in told(mei)
    assert told(bo)[0] == ("site.cart", "B")
    assert ("site.product", "A") not in told(bo)


def test_hashes_find_customers_who_are_there_and_make_none() -> None:
    (customer_id,) = testing.customers(1)
    shop = site()
    digest = sha256(b"person10000@example.com").hexdigest()
    happened(shop, "order", NOW, email_sha256=digest)
    happened(shop, "order", NOW, email_sha256=sha256(b"nobody@example.com").hexdigest(), visitor="visitor-other")
    work()
    assert Visitor.objects.filter(customer_id=None).count() == 2
    assert identifying.identify_hashed(now=NOW) == 1
    assert Visitor.objects.get(customer_id=customer_id)
    assert told(customer_id) == [("site.order", None), ("site.visit", None)]
    assert Identification.objects.count() == 1
    assert identifying.forget_waiting(now=NOW + timedelta(days=31)) == 1


def test_a_masked_contact_tells_nobody(client: Client) -> None:
    send(client, site(), [event("form", phone="138****0000")])
    work()
    assert customers.newest_ids(limit=9) == []
    assert not Identification.objects.exists()


def test_who_is_erased_is_forgotten_here_too() -> None:
    shop = site()
    happened(shop, "product", NOW, product="A")
    happened(shop, "form", NOW, email="mei@example.com")
    work()
    (customer_id,) = customers.newest_ids(limit=9)
    services.erase(customer_id, user=None, now=NOW)
    forget_erased([one for one in events.timeline(customer_id=customer_id) if one.kind == "customer.erased"], NOW)
    visitor = Visitor.objects.get()
    assert (visitor.customer_id, visitor.visits, visitor.heat, visitor.known_since is not None) == (None, 0, 0, True)
    assert not (Session.objects.exists() or Interest.objects.exists() or VisitEvent.objects.exists())


def test_old_visits_are_really_deleted_and_customers_keep_theirs() -> None:
    shop = site()
    happened(shop, "product", NOW, product="A", visitor="visitor-anon")
    happened(shop, "product", NOW, product="A", visitor="visitor-known")
    happened(shop, "form", NOW, email="mei@example.com", visitor="visitor-known")
    work()
    keeping.set_keep_days(30)
    VisitEvent.objects.update(received_at=NOW)
    assert keeping.delete_old(now=NOW + timedelta(days=29)) == {
        "events": 0,
        "sessions": 0,
        "visitors": 0,
        "interests": 0,
    }
    assert keeping.delete_old(now=NOW + timedelta(days=31)) == {
        "events": 3,
        "sessions": 1,
        "visitors": 1,
        "interests": 1,
    }
    assert not VisitEvent.objects.exists()
    assert Visitor.objects.get().customer_id is not None
    assert Session.objects.count() == 1
    (customer_id,) = customers.newest_ids(limit=9)
    assert ("site.product", "A") in told(customer_id)


def test_visits_follow_their_customer_through_a_merge_and_back() -> None:
    shop = site()
    for name in ("mei", "bo"):
        happened(shop, "product", NOW, product=name, visitor=f"visitor-{name}")
        happened(shop, "form", NOW, email=f"{name}@example.com", visitor=f"visitor-{name}")
    work()
    mei, bo = (Visitor.objects.get(interests__key=name).customer_id for name in ("mei", "bo"))
    assert mei and bo and mei != bo
    merged = following.join({bo: mei}, now=NOW)
    assert merged["visits_visitor"] == 1
    assert set(Visitor.objects.values_list("customer_id", "origin_customer_id")) == {(mei, None), (mei, bo)}
    following.part(mei, to=bo, origins=[bo], now=NOW)
    assert set(Visitor.objects.values_list("customer_id", "origin_customer_id")) == {(mei, None), (bo, None)}
