"""The page of a batch of people: who came, what came of it, and on to a segment and a campaign."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from guanxi.commerce.testing import order, record, shop
from guanxi.core.testing import signed_in
from guanxi.customers.models import Customer, PeopleBatch
from guanxi.customers.people import services as people
from guanxi.customers.people.services import BatchPlan
from guanxi.customers.people.types import IncomingPerson
from guanxi.customers.testing import profile
from guanxi.segments import queries as segments

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 20, 9, tzinfo=UTC)


@pytest.fixture
def batch() -> PeopleBatch:
    plan = BatchPlan(name="Spring fair", occurred_on=date(2026, 4, 15))
    rows = [
        IncomingPerson(row=n, profile=profile(phone=f"139123400{n:02d}", name=f"Guest {n}"), company="Towel Ltd")
        for n in range(1, 5)
    ]
    made = people.open_batch(plan, user=None, now=NOW)
    people.record_people(made.pk, rows, now=NOW)
    return made


def test_orders_of_people_and_their_companies_are_counted_since_the_day(client: Client, batch: PeopleBatch) -> None:
    sold = [
        order(1, phone="13912340001", placed_at=datetime(2026, 4, 14, tzinfo=UTC)),
        order(2, phone="13912340001", placed_at=datetime(2026, 4, 16, tzinfo=UTC)),
        order(3, phone="13912340002", placed_at=datetime(2026, 4, 17, tzinfo=UTC)),
    ]
    record(sold, shop=shop())
    signed_in(client)
    outcome = client.get(f"/customers/people/{batch.pk}/").context["outcome"]
    assert (outcome.buyers, outcome.orders, outcome.revenue, outcome.talked) == (2, 2, 20_000, 2)
    page = client.get(f"/customers/people/{batch.pk}/?state=ordered").content.decode()
    assert page.count("139****00") == 2
    exported = client.get(f"/customers/people/{batch.pk}/?format=csv&state=untouched")
    lines = b"".join(exported.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "G*** 3***" in lines[1] or "G*** 4***" in lines[1]


def test_a_batch_becomes_a_segment_once(client: Client, home: object, batch: PeopleBatch) -> None:
    signed_in(client)
    first = client.post(f"/customers/people/{batch.pk}/segment/")
    again = client.post(f"/customers/people/{batch.pk}/segment/", {"then": "campaign"})
    (made,) = segments.summaries()
    assert first["Location"] == f"/segments/{made.id}/"
    assert again["Location"] == f"/campaigns/new/?segment={made.id}"


def test_the_page_asks_as_often_for_many_as_for_few(
    client: Client, batch: PeopleBatch, django_assert_max_num_queries: object
) -> None:
    signed_in(client)
    more = [IncomingPerson(row=n, profile=profile(name=f"Guest {n}")) for n in range(10, 40)]
    people.record_people(batch.pk, more, now=NOW)
    with django_assert_max_num_queries(32):  # type: ignore[operator]
        client.get(f"/customers/people/{batch.pk}/")
    assert Customer.objects.count() == 35


def test_there_is_no_page_of_a_batch_that_is_not(client: Client) -> None:
    signed_in(client)
    assert client.get("/customers/people/999/").status_code == 404
