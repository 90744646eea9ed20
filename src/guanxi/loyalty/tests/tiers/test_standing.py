"""Tiers set by hand, what tiers give, merged customers, and everything that runs by itself."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from guanxi.commerce.testing import shop
from guanxi.core import events, jobs, preferences
from guanxi.core.models import Job
from guanxi.core.models.events import Event
from guanxi.customers import services as customers
from guanxi.customers.services import Pair
from guanxi.customers.types import MergeKind
from guanxi.loyalty import queries
from guanxi.loyalty.models.tiers import Tier, TierChange, TierGrant, TierMember, TierProgramme
from guanxi.loyalty.tests.tiers.shopping import buy
from guanxi.loyalty.tiers import engine, services, tasks
from guanxi.loyalty.tiers.testing import moves, programme, tier, tier_names
from guanxi.loyalty.tiers.types import Evaluated
from guanxi.warehouse.specs import TABLES
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 10, 4, tzinfo=UTC)


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def number_of(name: str) -> int:
    return Tier.objects.get(name=name, removed_at=None).pk


def test_nobody_falls_below_a_tier_set_by_hand_until_its_end() -> None:
    one = buy(1, 10_000, day(-1))
    club = programme(now=NOW, window_days=30, grace_days=0, warn_days=3)
    services.set_by_hand(one, tier_id=number_of("Gold"), until=day(60).date(), note="press", now=NOW)
    services.evaluate(club, now=day(40))
    assert tier_names(club) == {one: "Gold"}
    assert services.evaluate(club, now=day(58)) == Evaluated(warned=1)
    assert services.evaluate(club, now=day(60)) == Evaluated()
    assert services.evaluate(club, now=day(61)) == Evaluated(lowered=1)
    assert moves(club) == [
        (one, "", "Silver", "earned"),
        (one, "Silver", "Gold", "by_hand"),
        (one, "Gold", "", "hand_ended"),
    ]


def test_orders_may_lift_above_the_hand_and_a_new_hand_replaces_the_old() -> None:
    one = buy(1, 60_000, day(-1))
    club = programme(tier("Silver", 10_000), tier("Gold", 50_000), tier("Diamond", 200_000), now=NOW)
    services.set_by_hand(one, tier_id=number_of("Silver"), until=day(9).date(), note="x", now=NOW)
    assert tier_names(club) == {one: "Gold"}
    services.set_by_hand(one, tier_id=number_of("Diamond"), until=day(9).date(), note="y", now=day(1))
    services.set_by_hand(one, tier_id=number_of("Silver"), until=day(9).date(), note="z", now=day(2))
    assert tier_names(club) == {one: "Gold"}
    assert TierGrant.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(("until", "note"), [(-1, "x"), (1, " "), (3661, "x")])
def test_a_bad_grant_changes_nothing(until: int, note: str) -> None:
    one = buy(1, 10_000, day(-1))
    programme(now=NOW)
    with pytest.raises(services.BadGrant):
        services.set_by_hand(one, tier_id=number_of("Gold"), until=day(until).date(), note=note, now=NOW)
    with pytest.raises(services.BadGrant):
        services.set_by_hand(10**9, tier_id=number_of("Gold"), until=day(1).date(), note="x", now=NOW)
    assert TierGrant.objects.count() == 0


def test_benefits_as_they_were_at_a_moment() -> None:
    one = buy(1, 12_000, day(-1))
    other = buy(2, 100, day(-1))
    old_town = shop("Old Town")
    programme(
        tier("Silver", 10_000, points_multiplier=Decimal("1.5")),
        tier("Gold", 50_000, points_multiplier=Decimal(2), discount_percent=Decimal(5), free_shipping=True),
        now=NOW,
    )
    buy(1, 50_000, day(2))
    services.assess([one], now=day(2))
    assert queries.multipliers([one, other], day(3)) == {one: Decimal(2), other: Decimal(1)}
    assert queries.multipliers([one], day(1)) == {one: Decimal("1.5")}
    assert queries.multipliers([one], day(-1)) == {one: Decimal(1)}
    found = queries.benefits_of([one, other], day(3), shop_id=old_town.pk)
    assert list(found) == [one]
    assert (found[one].tier, found[one].discount_percent, found[one].free_shipping) == ("Gold", Decimal(5), True)
    programme(tier("Friend", 10_000, points_multiplier=Decimal(9)), now=day(3), shop_id=old_town.pk)
    assert queries.multipliers([one], day(4), shop_id=old_town.pk) == {one: Decimal(1)}


def test_an_order_in_the_log_lifts_at_once() -> None:
    buy(1, 100, day(-1))
    club = programme(now=NOW)
    one = buy(1, 60_000, day(1))
    rows = list(Event.objects.filter(kind="order.paid").order_by("pk"))
    batch = [
        events.StoredEvent(row.xact, row.pk, row.kind, row.customer_id, row.subject_id, row.occurred_at, row.data)
        for row in rows
    ]
    handle = events.READERS["loyalty.tiers"].handle
    handle(batch, day(1))
    assert tier_names(club) == {one: "Gold"}
    handle(batch, day(1))
    assert moves(club) == [(one, "", "Gold", "earned")]
    customers.erase(one, user=None, now=day(2))
    erased = Event.objects.get(kind="customer.erased")
    gone = events.StoredEvent(erased.xact, erased.pk, erased.kind, one, one, erased.occurred_at, {})
    handle([*batch, gone], day(2))
    assert tier_names(club) == {}


def test_each_night_once_for_every_programme(monkeypatch: pytest.MonkeyPatch) -> None:
    preferences.put("time_zone", "Asia/Shanghai")
    programme(now=NOW)
    assert tasks.due(NOW.replace(hour=15, minute=59)) == []
    assert len(tasks.due(NOW.replace(hour=16))) == 1
    monkeypatch.setattr(tasks.timezone, "now", lambda: day(1))
    tasks.evaluate_each_night()
    tasks.evaluate_each_night()
    (job,) = Job.objects.filter(kind="loyalty.tiers")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"programmes": 1, "raised": 0, "lowered": 0, "warned": 0})
    assert (TierProgramme.objects.get().evaluated_on, tasks.due(day(1))) == (day(1).date(), [])


def test_cut_off_in_the_middle_is_as_if_it_had_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    club = programme(now=NOW)
    people = [buy(number, 60_000, day(-1)) for number in (1, 2, 3)]
    whole = engine.HISTORY

    def state() -> tuple[Any, ...]:
        return (list(TierMember.objects.values()), TierChange.objects.count(), Event.objects.count())

    before = state()
    monkeypatch.setattr(engine, "HISTORY", "SELECT 1 / 0")
    with pytest.raises(Exception, match="division by zero"), transaction.atomic():
        services.evaluate(club, now=day(1))
    assert state() == before
    monkeypatch.setattr(engine, "HISTORY", whole)
    assert services.evaluate(club, now=day(1)) == Evaluated(raised=3)
    assert tier_names(club) == dict.fromkeys(people, "Gold")


def test_a_merge_keeps_the_better_tier_and_undoing_it_gives_each_their_own() -> None:
    stays, goes = buy(1, 60_000, day(-1)), buy(2, 12_000, day(-1))
    club = programme(now=NOW)
    (done,) = customers.merge([Pair(stays, goes)], kind=MergeKind.HAND, user=None, now=day(1))
    services.assess([stays], now=day(1))
    assert tier_names(club) == {stays: "Gold"}
    assert services.evaluate(club, now=day(2)) == Evaluated()
    assert len(queries.history(stays)) == 2
    customers.undo_merge(done.merge_id, user=None, now=day(3))
    services.assess([stays, goes], now=day(3))
    assert tier_names(club) == {stays: "Gold", goes: "Silver"}
    assert services.evaluate(club, now=day(4)) == Evaluated()


def test_what_two_spent_together_may_lift_the_one_they_are() -> None:
    stays, goes = buy(1, 30_000, day(-1)), buy(2, 30_000, day(-1))
    club = programme(now=NOW, grace_days=5)
    services.set_by_hand(goes, tier_id=number_of("Silver"), until=day(9).date(), note="x", now=NOW)
    customers.merge([Pair(stays, goes)], kind=MergeKind.HAND, user=None, now=day(1))
    services.assess([stays], now=day(1))
    assert tier_names(club) == {stays: "Gold"}
    assert queries.standings(stays, now=day(1))[0].grant is not None


def test_facts_of_the_warehouse_name_the_tier_of_all_shops() -> None:
    old_town = shop("Old Town")
    one, other = buy(1, 60_000, day(-1), where=old_town), buy(2, 100, day(-1))
    programme(now=NOW)
    programme(tier("Friend", 100), now=NOW, shop_id=old_town.pk)
    tables = {}
    for name in ("customers", "tiers", "tier_programmes", "tier_members"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({TABLES[name].select}) s ORDER BY 1")
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        tables[name] = [{key: value for key, value in row.items() if key != "changed_xact"} for row in rows]
    with given(tables) as snapshot:
        facts = snapshot.execute(snapshot.tables["customer_facts"].order_by("customer_id")).to_pylist()
    found = {row["customer_id"]: (row["tier"], row["tier_rank"], row["tier_since"]) for row in facts}
    assert found == {one: ("Gold", 2, NOW), other: ("", 0, None)}
