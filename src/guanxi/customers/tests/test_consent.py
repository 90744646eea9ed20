"""Consent: an append-only ledger whose newest entry holds."""

from datetime import datetime, timedelta

import pytest

from guanxi.core.models import Event
from guanxi.customers import queries, services
from guanxi.customers.models import ConsentEntry
from guanxi.customers.testing import NOW, customers, profile
from guanxi.customers.types import Channel, IncomingConsent, Purpose

pytestmark = pytest.mark.django_db
EMAIL = Channel.EMAIL


def say(customer_id: int, granted: bool, *, source: str, at: datetime) -> int:
    return services.record_consent(
        [customer_id], channel=EMAIL, purpose=Purpose.MARKETING, granted=granted, source=source, at=at, now=NOW
    )


def answer(customer_id: int, purpose: Purpose = Purpose.MARKETING) -> services.Answer:
    return services.may_contact([customer_id], channel=EMAIL, purpose=purpose)[customer_id]


def test_without_a_word_no_marketing_but_service() -> None:
    (one,) = customers(1, consented=None)
    assert answer(one) == services.Answer(False, "never_given")
    assert answer(one, Purpose.SERVICE) == services.Answer(True, "not_needed")
    assert services.may_contact([99], channel=EMAIL, purpose=Purpose.MARKETING)[99].allowed is False


def test_newest_entry_holds_and_changes_are_announced() -> None:
    (one,) = customers(1, consented=None)
    say(one, True, source="form", at=NOW - timedelta(days=3))
    say(one, False, source="unsubscribe", at=NOW - timedelta(days=1))
    say(one, True, source="form", at=NOW - timedelta(days=2))
    assert answer(one) == services.Answer(False, "withdrawn")
    kinds = list(Event.objects.filter(kind__startswith="consent.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["consent.granted", "consent.withdrawn"]
    assert [(card.granted, card.holds) for card in queries.consents(one)] == [
        (False, True),
        (True, False),
        (True, False),
    ]


def test_import_does_not_undo_an_unsubscription() -> None:
    (one,) = customers(1, consented=None)
    say(one, True, source="shopify", at=NOW - timedelta(days=30))
    say(one, False, source="unsubscribe", at=NOW - timedelta(days=20))
    assert say(one, True, source="shopify", at=NOW - timedelta(days=1)) == 0
    assert answer(one).allowed is False
    say(one, True, source="preferences", at=NOW)
    assert answer(one).allowed is True


def test_repeated_import_adds_nothing() -> None:
    consent = IncomingConsent(EMAIL, Purpose.MARKETING, True, NOW - timedelta(days=5))
    person = profile(email="a@example.com", consents=(consent,))
    for _again in range(3):
        services.resolve([person], shop_id=1, source="shopify", country="CN", now=NOW)
    assert ConsentEntry.objects.count() == 1


def test_tags_come_and_go_and_an_import_does_not_bring_them_back() -> None:
    person = profile(phone="13812345679", tags=("cotton", "vip"))
    (found,) = services.resolve([person], shop_id=1, source="test", country="CN", now=NOW).resolutions
    one = found.customer_id
    assert services.untag([one], ["vip"], now=NOW) == 1
    services.resolve([person], shop_id=1, source="test", country="CN", now=NOW)
    assert queries.profiles([one])[0].tags == ("cotton",)
    assert services.tag([one], ["vip"], now=NOW) == 1
    assert queries.profiles([one])[0].tags == ("cotton", "vip")
    assert [tag.name for tag in queries.tags()] == ["cotton", "vip"]
