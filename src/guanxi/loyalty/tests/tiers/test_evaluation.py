"""Who gets and who loses a tier, and when."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from guanxi.commerce.testing import shop
from guanxi.commerce.types import OrderKind, OrderStatus
from guanxi.core import preferences
from guanxi.core.models import ExchangeRate
from guanxi.core.models.events import Event
from guanxi.customers import services as customers
from guanxi.loyalty.models.tiers import TierChange, TierMember
from guanxi.loyalty.tests.tiers.shopping import buy
from guanxi.loyalty.tiers import services
from guanxi.loyalty.tiers.testing import moves, programme, tier, tier_names
from guanxi.loyalty.tiers.types import Downgrade, Evaluated, Match, WindowKind

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 10, 4, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


@pytest.mark.parametrize(
    ("spend", "orders", "expected"),
    [
        (9_999, 1, ""),
        (10_000, 1, "Silver"),
        (49_999, 1, "Silver"),
        (50_000, 1, "Gold"),
        (30_000, 3, "Gold"),
        (30_000, 2, "Silver"),
        (99_999, 5, "Gold"),
        (100_000, 4, "Gold"),
        (100_000, 5, "Diamond"),
    ],
)
def test_the_highest_tier_whose_conditions_hold(spend: int, orders: int, expected: str) -> None:
    for number in range(orders):
        one = buy(1, spend - (orders - 1) * 100 if number == 0 else 100, day(-1))
    club = programme(
        tier("Silver", 10_000),
        tier("Gold", 50_000, 3, match=Match.ANY),
        tier("Diamond", 100_000, 5, match=Match.ALL),
        now=NOW,
    )
    assert tier_names(club) == ({one: expected} if expected else {})


def test_refunds_credit_notes_and_unpaid_orders_lower_the_spend() -> None:
    partly = buy(1, 60_000, day(-3), refunded=10_001)
    exactly = buy(2, 60_000, day(-3), refunded=10_000)
    noted = buy(3, 60_000, day(-3))
    buy(3, 55_000, day(-2), kind=OrderKind.CREDIT_NOTE, status=OrderStatus.REFUNDED)
    buy(4, 60_000, day(-3), status=OrderStatus.UNPAID, paid_at=None, paid_total=0)
    assert tier_names(programme(now=NOW)) == {partly: "Silver", exactly: "Gold"}
    assert noted not in tier_names(1)


def test_other_currencies_at_the_merchants_rate() -> None:
    dollars = shop("Dollars", currency="USD")
    one = buy(1, 10_000, day(-1), where=dollars, currency="USD")
    other = buy(2, 100_000, day(-1), where=dollars, currency="EUR")
    ExchangeRate.objects.create(currency="USD", rate=Decimal(7))
    club = programme(tier("Counted", None, 1), tier("Gold", 70_000), now=NOW)
    assert tier_names(club) == {one: "Gold", other: "Counted"}


def test_a_programme_of_one_shop_counts_its_orders_only() -> None:
    old_town = shop("Old Town")
    both = buy(1, 30_000, day(-1))
    buy(1, 30_000, day(-1), where=old_town)
    buy(2, 60_000, day(-1))
    everywhere = programme(now=NOW)
    here = programme(now=NOW, shop_id=old_town.pk)
    assert tier_names(everywhere)[both] == "Gold"
    assert tier_names(here) == {both: "Silver"}


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "UTC"])
def test_a_rolling_window_is_whole_days_of_the_merchant(zone: str) -> None:
    preferences.put("time_zone", zone)
    local = ZoneInfo(zone)
    first = (NOW.astimezone(local) - timedelta(days=29)).replace(hour=0, minute=0, second=0)
    inside = buy(1, 10_000, first.astimezone(UTC))
    buy(2, 10_000, first.astimezone(UTC) - timedelta(seconds=1))
    club = programme(now=NOW, window_days=30)
    assert tier_names(club) == {inside: "Silver"}
    last_moment = NOW.astimezone(local).replace(hour=23, minute=59, second=59)
    assert services.evaluate(club, now=last_moment) == Evaluated()
    services.evaluate(club, now=last_moment + timedelta(seconds=1))
    assert TierMember.objects.get(customer_id=inside).falls_on == (last_moment + timedelta(days=31)).date()


@pytest.mark.parametrize(
    ("kind", "first", "before"),
    [
        (WindowKind.YEAR, datetime(2026, 1, 1, tzinfo=SHANGHAI), datetime(2025, 12, 31, 23, 59, 59, tzinfo=SHANGHAI)),
        (WindowKind.QUARTER, datetime(2026, 4, 1, tzinfo=SHANGHAI), datetime(2026, 3, 31, 23, 59, 59, tzinfo=SHANGHAI)),
    ],
)
def test_a_calendar_window_begins_at_the_merchants_midnight(
    kind: WindowKind, first: datetime, before: datetime
) -> None:
    preferences.put("time_zone", "Asia/Shanghai")
    inside = buy(1, 10_000, first.astimezone(UTC))
    buy(2, 10_000, before.astimezone(UTC))
    assert tier_names(programme(now=NOW, window=kind)) == {inside: "Silver"}


def test_up_at_once_and_down_after_the_days_of_grace_with_a_warning() -> None:
    one = buy(1, 60_000, day(-20))
    club = programme(now=NOW, window_days=30, grace_days=20, warn_days=5)
    services.evaluate(club, now=day(9))
    assert (tier_names(club), TierMember.objects.get().falls_on) == ({one: "Gold"}, None)
    services.evaluate(club, now=day(10))
    assert (tier_names(club), TierMember.objects.get().loses_on) == ({one: "Gold"}, day(30).date())
    assert services.evaluate(club, now=day(24)) == Evaluated()
    assert services.evaluate(club, now=day(25)) == Evaluated(warned=1)
    assert services.evaluate(club, now=day(26)) == Evaluated()
    assert services.evaluate(club, now=day(29)) == Evaluated()
    assert services.evaluate(club, now=day(30)) == Evaluated(lowered=1)
    assert moves(club) == [(one, "", "Gold", "earned"), (one, "Gold", "", "fell")]
    kinds = list(Event.objects.filter(kind__startswith="tier.").order_by("pk").values_list("kind", "data"))
    assert [kind for kind, _data in kinds] == ["tier.raised", "tier.warned", "tier.lowered"]
    assert kinds[1][1] == {"programme_id": club, "tier": "Gold", "next_tier": "", "loses_on": "2026-06-09"}


def test_meeting_the_conditions_again_in_time_keeps_the_tier() -> None:
    one = buy(1, 60_000, day(-20))
    club = programme(now=NOW, window_days=30, grace_days=20, warn_days=20)
    services.evaluate(club, now=day(12))
    buy(1, 50_000, day(13))
    services.assess([one], now=day(13))
    found = TierMember.objects.get()
    assert (tier_names(club), found.falls_on, found.loses_on) == ({one: "Gold"}, None, None)
    assert services.evaluate(club, now=day(40)) == Evaluated()


def test_without_grace_it_falls_at_once_and_never_means_never() -> None:
    one = buy(1, 60_000, day(-20))
    strict = programme(now=NOW, window_days=30, grace_days=0)
    old_town = shop("Old Town")
    other = buy(2, 60_000, day(-20), where=old_town)
    kind = programme(now=NOW, window_days=30, downgrade=Downgrade.NEVER, shop_id=old_town.pk)
    assert tier_names(strict) == {one: "Gold"}
    services.evaluate(strict, now=day(10))
    assert services.evaluate(kind, now=day(400)) == Evaluated()
    assert (tier_names(strict), tier_names(kind)) == ({}, {other: "Gold"})


def test_downgrade_on_a_fixed_day_of_the_year() -> None:
    buy(1, 60_000, day(-20))
    club = programme(now=NOW, window_days=30, grace_days=5, downgrade=Downgrade.YEARLY, fall_month=3, fall_day=1)
    services.evaluate(club, now=day(10))
    assert TierMember.objects.get().loses_on == date(2027, 3, 1)
    assert services.evaluate(club, now=datetime(2027, 2, 28, 12, tzinfo=SHANGHAI)).lowered == 0
    assert services.evaluate(club, now=datetime(2027, 3, 1, tzinfo=SHANGHAI)).lowered == 1


def test_a_late_refund_lowers_to_the_tier_that_is_still_met() -> None:
    one = buy(1, 60_000, day(-3), number=7)
    club = programme(now=NOW, grace_days=10, warn_days=0)
    buy(1, 60_000, day(-3), number=7, refunded=45_000)
    services.assess([one], now=day(1))
    assert tier_names(club) == {one: "Gold"}
    services.evaluate(club, now=day(11))
    assert moves(club)[-1] == (one, "Gold", "Silver", "fell")
    change = TierChange.objects.latest("pk")
    assert (change.orders, change.spend) == (1, 15_000)


def test_twice_is_once() -> None:
    for customer in range(1, 6):
        buy(customer, customer * 12_000, day(-customer))
    club = programme(now=NOW)
    before = (list(TierMember.objects.values()), TierChange.objects.count(), Event.objects.count())
    assert services.evaluate(club, now=NOW) == Evaluated()
    assert (list(TierMember.objects.values()), TierChange.objects.count(), Event.objects.count()) == before


def test_the_erased_have_no_tier_and_get_none_again() -> None:
    one = buy(1, 60_000, day(-1))
    customers.erase(one, user=None, now=NOW)
    club = programme(now=NOW)
    assert tier_names(club) == {}
    other = buy(2, 60_000, day(-1))
    services.assess([other], now=NOW)
    customers.erase(other, user=None, now=NOW)
    services.forget([other])
    services.evaluate(club, now=day(1))
    assert tier_names(club) == {}
