import io
import json
import pickle
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from guanxi.commerce.models import Order
from guanxi.core.models import User
from guanxi.customers.models import Customer
from guanxi.loyalty.models import Coupon, PointsEntry
from guanxi.loyalty.tiers import queries as tiers
from guanxi.marketing import queries as campaigns
from guanxi.messaging import queries as messaging
from guanxi.segments import queries as segments
from guanxi.visits.models import Visitor
from guanxi.warehouse.testing import given
from guanxi.workspace.demo.people import invent
from guanxi.workspace.demo.plans import plan
from guanxi.workspace.demo.process import busyness, purchases
from guanxi.workspace.demo.trade import Trade, portions


def test_the_same_seed_makes_the_same_purchases() -> None:
    one, again = (
        purchases(np.random.default_rng(3), customers=500, first=date(2025, 1, 1), days=365) for _ in range(2)
    )
    assert np.array_equal(one.day, again.day)
    assert np.array_equal(one.customer, again.customer)


def test_every_customer_buys_first_and_then_perhaps_again() -> None:
    made = purchases(np.random.default_rng(1), customers=2000, first=date(2024, 1, 1), days=730)
    assert sorted(made.customer[made.repeat == 0]) == list(range(2000))
    orders = np.bincount(made.customer)
    assert 2.5 < orders.mean() < 4
    assert 0.3 < (orders == 1).mean() < 0.55
    assert made.day.min() >= 0
    assert made.day.max() < 731


def test_double_eleven_is_busier_and_spring_festival_quieter() -> None:
    weights = busyness(date(2025, 1, 1), 365)
    assert weights[date(2025, 11, 5).timetuple().tm_yday - 1] > 2
    assert weights[date(2025, 2, 5).timetuple().tm_yday - 1] < 1


def test_invented_people_have_numbers_that_belong_to_nobody() -> None:
    people = invent(np.random.default_rng(1), 400, international=np.arange(400) % 2 == 1, today=date(2026, 1, 1))
    assert {person.phone[:3] for person in people if person.country == "CN"} == {"154"}
    assert {person.phone[5:10] for person in people if person.country != "CN" and person.phone} == {"55501"}
    assert {person.email.split("@")[1] for person in people if person.email} == {"example.com", "example.cn"}


def test_orders_are_the_same_after_they_came_from_another_core(home: object) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    trade = Trade(120, date(2025, 3, 1), now.date(), now, seed=4, shop_ids=(1, 2, 3))
    (made,) = portions(trade)
    arrived = pickle.loads(pickle.dumps(made))
    consents = [order.buyer.consents for order in arrived.ready[1] if order.buyer]
    assert {type(consent.granted) for one in consents for consent in one} == {bool}
    assert pickle.dumps(arrived) == pickle.dumps(made)
    (again,) = portions(trade)
    assert [(order.external_id, order.digest) for order in again.ready[0]] == [
        (order.external_id, order.digest) for order in made.ready[0]
    ]
    assert made.done == made.total >= sum(map(len, made.ready.values()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", {"Best customers", "Seasonal offer", "Autumn refresh"}),
        ("zh-hans", {"优质客户", "季节优惠", "秋季焕新"}),
        ("zh-hant", {"優質客戶", "季節優惠", "秋季煥新"}),
    ],
)
def test_what_the_merchant_has_planned_has_names_in_the_language_asked_for(
    language: str, names: set[str], home: object, settings: Any
) -> None:
    settings.SMTP_URL = "smtp://localhost"  # the campaign stays a draft
    now = timezone.now()
    with given({}, now=now):
        plan(now=now, seed=1, language=language)
    found = {segment.name for segment in segments.summaries()} | {one.name for one in messaging.templates()}
    assert names <= found | {campaign.name for campaign in campaigns.campaigns()}


@pytest.mark.django_db(transaction=True)
def test_the_command_makes_a_merchant_with_a_result_to_read_and_never_twice(home: object) -> None:
    out = io.StringIO()
    call_command("demo", customers=400, months=18, seed=2, json=True, stdout=out)
    answer = json.loads(out.getvalue())
    assert Order.objects.count() == answer["orders"] + Order.objects.filter(external_id__startswith="9").count()
    assert 100 < Customer.objects.count() <= 500
    assert [len(rank) > 0 for rank in (tiers.programmes(), tiers.counts(tiers.programmes()[0].pk))] == [True, True]
    assert PointsEntry.objects.filter(kind="spend").exists()
    assert Coupon.objects.filter(uses__gt=0).count() == 3
    assert Visitor.objects.filter(customer_id__isnull=False).count() == 100
    assert Order.objects.values("shop").distinct().count() == 3
    (campaign,) = campaigns.campaigns()
    assert campaign.status == "done"
    assert campaign.launched_at is not None
    assert len(segments.summaries()) >= 6
    assert User.objects.get().may("core.users")
    with pytest.raises(CommandError, match="has shops already"):
        call_command("demo", customers=10, json=True, stdout=io.StringIO())
