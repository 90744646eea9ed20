"""Expiry with notice, gifts for becoming a customer and for the month of birth."""

from datetime import UTC, date, datetime, timedelta

import pytest

from guanxi.core import events
from guanxi.customers.testing import customers
from guanxi.loyalty.models import PointsEntry, PointsLot
from guanxi.loyalty.points import services
from guanxi.loyalty.points.services import RuleTerms
from guanxi.loyalty.points.types import RuleKind
from guanxi.loyalty.tests.points.world import BEFORE, PAID, VALID, balance, buy, has, programme

pytestmark = pytest.mark.django_db
END = datetime(2027, 2, 8, 16, tzinfo=UTC)
"""Midnight in Shanghai after the day that is twelve months after VALID."""


def told(kind: str, customer: int | None) -> list[dict[str, object]]:
    return [one.data for one in events.timeline(customer_id=customer or 0) if one.kind == kind]


@pytest.mark.parametrize(
    ("terms", "end"),
    [
        ({"expiry": "rolling", "expiry_months": 12}, END),
        ({"expiry": "rolling", "expiry_months": 1}, datetime(2026, 3, 8, 16, tzinfo=UTC)),
        ({"expiry": "year_end", "expiry_months": 12}, datetime(2027, 12, 31, 16, tzinfo=UTC)),
        ({"expiry": "never"}, None),
    ],
)
def test_points_end_at_a_midnight_of_the_merchant(terms: dict[str, object], end: datetime | None) -> None:
    programme(**terms)
    buy()
    assert PointsLot.objects.get().expires_at == end


def test_points_that_are_over_cannot_be_spent_even_before_they_are_written_off() -> None:
    programme()
    customer = buy().customer_id
    assert has(customer, now=END - timedelta(seconds=1)) == (100, 0, 0, 0)
    assert has(customer, now=END) == (0, 0, 0, 0)


def test_there_is_a_notice_once_and_then_an_entry_once() -> None:
    programme(notice_days=30)
    customer = buy().customer_id
    assert services.give_notice(now=END - timedelta(days=31)) == 0
    assert services.give_notice(now=END - timedelta(days=30)) == 1
    assert services.give_notice(now=END - timedelta(days=29)) == 0
    (notice,) = told("points.expiring", customer)
    assert (notice["points"], notice["expires_at"]) == (100, "2027-02-08T16:00:00+00:00")
    assert services.expire(now=END) == 1
    assert services.expire(now=END) == 0
    (gone,) = told("points.expired", customer)
    assert gone["points"] == -100
    assert [entry.points for entry in PointsEntry.objects.order_by("pk")] == [100, -100]


def test_the_next_to_expire_is_told() -> None:
    programme(return_days=0)
    customer = buy(1, total=3_000).customer_id
    buy(2, total=4_000, paid_at=PAID + timedelta(days=40))
    found = balance(customer, now=PAID + timedelta(days=50))
    assert (found.next_expiry_at, found.next_expiry_points) == (datetime(2027, 2, 1, 16, tzinfo=UTC), 30)


def test_becoming_a_customer_brings_points_once() -> None:
    programme(rules=(RuleTerms(kind=RuleKind.SIGNUP, points=50),))
    ids = customers(3, now=VALID)
    assert services.welcome(ids, now=VALID) == 3
    assert services.welcome(ids, now=VALID) == 0
    assert has(ids[0], now=VALID) == (50, 0, 0, 0)
    old = customers(5, now=BEFORE - timedelta(days=1))[3:]
    assert services.welcome(old, now=VALID) == 0


def test_the_month_of_birth_brings_points_once_a_year() -> None:
    programme(rules=(RuleTerms(kind=RuleKind.BIRTHDAY, points=20),))
    (born,) = customers(1, birth_date=date(1990, 3, 15))
    march = datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert services.birthdays(now=march - timedelta(seconds=1)) == 0
    assert services.birthdays(now=march) == 1
    assert services.birthdays(now=march + timedelta(days=3)) == 0
    assert services.birthdays(now=march + timedelta(days=365)) == 1
    assert has(born, now=march + timedelta(days=365)) == (40, 0, 0, 0)
