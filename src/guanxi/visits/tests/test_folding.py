"""Sessions, sources, interests and heat, folded from events in any order and any batches."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from guanxi.visits import folding, scoring
from guanxi.visits.models import Interest, Session, Site, VisitEvent, Visitor
from guanxi.visits.testing import NOW, event, happened, send, site, work

pytestmark = pytest.mark.django_db(transaction=True)


def minutes(number: float) -> Any:
    return NOW + timedelta(minutes=number)


def test_half_an_hour_without_an_event_ends_a_visit() -> None:
    shop = site()
    happened(shop, "page", minutes(0), path="/", referrer="https://weibo.com/x", user_agent="x (iPhone) Safari")
    happened(shop, "product", minutes(29), product="A")
    happened(shop, "page", minutes(60), path="/again", utm_source="mail", utm_medium="email", utm_campaign="may")
    work()
    first, second = Session.objects.order_by("started_at")
    assert (first.started_at, first.ended_at, first.source, first.medium) == (
        minutes(0),
        minutes(29),
        "weibo.com",
        "social",
    )
    assert (first.pages, first.products, first.landing, first.device) == (1, 1, "/", "phone")
    assert (second.source, second.medium, second.campaign, second.landing) == ("mail", "email", "may", "/again")
    visitor = Visitor.objects.get()
    assert (visitor.visits, visitor.pages, visitor.products, visitor.source) == (2, 2, 1, "weibo.com")
    assert (visitor.first_seen_at, visitor.last_seen_at) == (minutes(0), minutes(60))
    shop.refresh_from_db()
    assert (shop.events, shop.last_event_at is not None) == (3, True)


def test_a_visit_goes_on_in_the_next_batch() -> None:
    shop = site()
    happened(shop, "page", minutes(0))
    work()
    happened(shop, "cart", minutes(20), product="A")
    happened(shop, "page", minutes(-10), path="/early")
    work()
    session = Session.objects.get()
    assert (session.started_at, session.ended_at, session.pages, session.carts) == (minutes(-10), minutes(20), 2, 1)
    assert Visitor.objects.get().visits == 1


def test_the_same_events_in_one_batch_or_many_give_the_same() -> None:
    draw = random.Random(4)
    said: list[tuple[str, float, str, str]] = [
        (draw.choice(["page", "product", "cart", "search"]), at, draw.choice("AB"), draw.choice(["v1", "v2", "v3"]))
        for at in sorted(draw.uniform(0, 600) for _ in range(60))
    ]
    found = []
    for limit in (1000, 1, 7):
        Site.objects.all().delete()
        for model in (VisitEvent, Session, Interest, Visitor):
            model.objects.all().delete()
        shop = site()
        for kind, at, product, visitor in said:
            happened(shop, kind, minutes(at), product=product, term=product, visitor=f"visitor-{visitor}")
        while folding.fold(now=NOW, limit=limit):
            pass
        sessions = Session.objects.order_by("started_at", "ended_at").values_list(
            "started_at", "ended_at", "pages", "carts"
        )
        interests = Interest.objects.order_by("visitor__first_seen_at", "kind", "key")
        heats = [(one.kind, one.key, round(one.heat, 6), one.views, one.carts) for one in interests]
        visitors = Visitor.objects.order_by("first_seen_at").values_list("visits", "pages", "products", "searches")
        found.append((list(sessions), heats, list(visitors)))
    assert found[0] == found[1] == found[2]


def test_points_halve_with_time_and_orders_by_heat_hold_on_every_day() -> None:
    shop = site()
    happened(shop, "cart", NOW - timedelta(days=7), product="A", visitor="visitor-old")
    happened(shop, "product", NOW, product="B", visitor="visitor-new")
    work()
    new, old = Visitor.objects.order_by("-first_seen_at")
    assert scoring.worth(old.heat, now=NOW) == pytest.approx(5)
    assert scoring.worth(new.heat, now=NOW) == pytest.approx(3)
    later = NOW + timedelta(days=14)
    assert scoring.worth(old.heat, now=later) == pytest.approx(5 / 4)
    assert scoring.worth(scoring.threshold(6, now=later), now=later) == pytest.approx(6)


def test_interests_by_product_category_and_search() -> None:
    shop = site()
    happened(shop, "product", NOW, product="A", title="Towel", category="Towels")
    happened(shop, "product", NOW, product="A", title="Big towel", category="Towels")
    happened(shop, "cart", NOW, product="B", title="Sheet", category="Bedding")
    happened(shop, "search", NOW, term="Silk")
    work()
    points = {
        (one.kind, one.key): (one.label, round(scoring.worth(one.heat, now=NOW, half_life=30), 3), one.views, one.carts)
        for one in Interest.objects.all()
    }
    assert points == {
        ("product", "A"): ("Big towel", 6, 2, 0),
        ("product", "B"): ("Sheet", 10, 0, 1),
        ("category", "Towels"): ("Towels", 6, 2, 0),
        ("category", "Bedding"): ("Bedding", 10, 0, 1),
        ("search", "silk"): ("silk", 3, 0, 0),
    }


def test_a_browser_that_is_faster_than_people_is_a_bot_from_then_on(client: Client) -> None:
    shop = site()
    for number in range(30):
        happened(shop, "page", minutes(0.2), path=f"/{number}")
    work()
    assert Session.objects.count() == 1
    for number in range(30):
        happened(shop, "product", minutes(0.3), product=str(number))
    send(client, shop, [event()], visitor="visitor-person")
    work()
    assert [(one.bot, one.visits, one.pages) for one in Visitor.objects.order_by("bot")] == [
        (False, 1, 1),
        (True, 0, 0),
    ]
    assert Session.objects.count() == 1
    assert not Interest.objects.exists()
    send(client, shop, [event()])
    work()
    assert VisitEvent.objects.count() == 1
