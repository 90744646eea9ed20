"""A campaign's result: against a plain computation, on both engines, and each number against its rows."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from guanxi.analytics.models.experiment import Verdict
from guanxi.analytics.reports.campaign_result import ALL_ARMS, Arm, CampaignResult, arm_of_key, campaign_results
from guanxi.analytics.reports.campaign_result_rows import MEASURES, left_out, rows_behind
from guanxi.marketing.testing import a_view as campaign
from guanxi.marketing.types import CONTROL_ARM, CampaignView, VariantView
from guanxi.warehouse.testing import given

ENGINES = ["duckdb", pytest.param("spark", marks=pytest.mark.spark)]
LAUNCH = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
LATER = LAUNCH + timedelta(days=40)
CAMPAIGN, OTHER = 7, 8
A, B = 71, 72
COUNTS = ("sent", "delivered", "opened", "clicked", "unsubscribed", "unpriced")
Rows = list[dict[str, Any]]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "spark":
        pytest.importorskip("pyspark", reason="the extra spark is not installed")
    return str(request.param)


def member(number: int, arm: int | None, *, of: int = CAMPAIGN, excluded: str = "", days: int = 14) -> dict[str, Any]:
    return {
        "member_id": of * 10_000 + number,
        "campaign_id": of,
        "customer_id": number,
        "arm": arm,
        "excluded": excluded,
        "assigned_at": LAUNCH,
        "window_ends_at": LAUNCH + timedelta(days=days),
    }


def order(number: int, customer: int | None, value: int | None, at: datetime, **changes: Any) -> dict[str, Any]:
    base = {"order_id": number, "customer_id": customer, "kind": "sale", "counted": True, "net_value": value}
    return {**base, "external_id": f"T{number}", "shop_id": 1, "placed_at": at, **changes}


def results(snapshot: Any, *views: CampaignView) -> list[CampaignResult]:
    return campaign_results(snapshot, views, currency="CNY", rates={"CNY": Fraction(1)})


def shop_of_random_customers(seed: int) -> dict[str, Rows]:
    random = Random(seed)
    members, orders, messages = [], [], []
    for number in range(1, 601):
        arm = random.choice([CONTROL_ARM, A, A, B, B, None])
        members.append(member(number, arm, excluded="" if arm is not None else random.choice(["no_consent", "bad"])))
        if number % 3 == 0:
            members.append(member(number, random.choice([CONTROL_ARM, 81]), of=OTHER, days=3))
        if arm and random.random() < 0.9:
            messages.append(a_message(random, number, arm))
    for number in range(1, 1501):
        at = LAUNCH + timedelta(seconds=random.randrange(-20 * 86400, 30 * 86400))
        if number % 50 == 0:
            at = LAUNCH + random.choice([timedelta(0), timedelta(days=14), -timedelta(microseconds=1)])
        note = random.random() < 0.05
        value = random.choice([None, *[random.randrange(100, 10**6)] * 20])
        customer = random.choice([None, *range(1, 900)])
        counted = not note and random.random() < 0.8
        kind = {"kind": "credit_note", "counted": False} if note else {"counted": counted}
        orders.append(order(number, customer, -(value or 1) if note else value, at, **kind))
    messages.append(
        {"message_id": 99_999, "customer_id": 1, "source_kind": "order", "source_id": CAMPAIGN, "sent_at": LAUNCH}
    )
    return {"campaign_members": members, "orders": orders, "messages": messages}


def a_message(random: Random, customer: int, arm: int) -> dict[str, Any]:
    def sometimes(chance: float) -> datetime | None:
        return LAUNCH + timedelta(hours=1) if random.random() < chance else None

    return {
        "message_id": customer,
        "customer_id": customer,
        "source_kind": "campaign",
        "source_id": CAMPAIGN,
        "variant_id": arm,
        "sent_at": sometimes(0.95),
        "opened_at": sometimes(0.4),
        "clicked_at": sometimes(0.1),
        "bounced_at": sometimes(0.05),
        "unsubscribed_at": sometimes(0.02),
    }


def plainly(tables: dict[str, Rows], of: int) -> dict[int, dict[str, int]]:
    """The same numbers, one customer after another."""
    arms: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for person in tables["campaign_members"]:
        if person["campaign_id"] != of or person["arm"] is None:
            continue
        orders = revenue = unpriced = 0
        for bought in tables["orders"]:
            inside = person["assigned_at"] <= bought["placed_at"] < person["window_ends_at"]
            if bought["customer_id"] != person["customer_id"] or not inside:
                continue
            orders += bought["counted"]
            if bought["counted"] or bought["kind"] == "credit_note":
                revenue += bought["net_value"] or 0
            unpriced += bought["counted"] and bought["net_value"] is None
        told = [
            message
            for message in tables["messages"]
            if (message["source_kind"], message["source_id"]) == ("campaign", of)
            and message["customer_id"] == person["customer_id"]
        ]
        sums = arms[person["arm"]]
        for name, value in {
            "customers": 1,
            "buyers": orders > 0,
            "orders": orders,
            "orders_squares": orders**2,
            "revenue": revenue,
            "revenue_squares": revenue**2,
            "unpriced": unpriced,
            "sent": any(m["sent_at"] for m in told),
            "delivered": any(m["sent_at"] and not m["bounced_at"] for m in told),
            "opened": any(m["opened_at"] for m in told),
            "clicked": any(m["clicked_at"] for m in told),
            "unsubscribed": any(m["unsubscribed_at"] for m in told),
        }.items():
            sums[name] += int(value)
    return {arm: dict(sums) for arm, sums in arms.items()}


def numbers(arm: Arm) -> dict[str, int]:
    sums = {name: getattr(arm.totals, name) for name in ("customers", "buyers", "orders", "orders_squares")}
    money = {name: getattr(arm.totals, name) for name in ("revenue", "revenue_squares")}
    return {**sums, **money, **{name: getattr(arm, name) for name in COUNTS}}


def test_numbers_equal_a_plain_computation(engine: str) -> None:
    tables = shop_of_random_customers(seed=5)
    other = campaign(id=OTHER, variants=(VariantView(id=81, number=1, name="C", share=10_000, template_version_id=1),))
    with given(tables, engine=engine, now=LATER) as snapshot:
        result, second = results(snapshot, campaign(), other)
    expected = plainly(tables, CAMPAIGN)
    assert {arm.arm: numbers(arm) for arm in result.arms} == expected
    assert {arm.arm: numbers(arm) for arm in second.arms} == plainly(tables, OTHER)
    assert numbers(result.together) == {name: expected[A][name] + expected[B][name] for name in expected[A]}


def test_every_number_opens_as_many_rows_as_it_says(engine: str) -> None:
    tables = shop_of_random_customers(seed=6)
    view = campaign()
    with given(tables, engine=engine, now=LATER) as snapshot:
        (result,) = results(snapshot, view)
        quick = engine == "duckdb"  # Spark takes seconds for each, and one of each kind of row is enough there
        for arm in (*result.arms, result.together) if quick else (result.together,):
            for measure in MEASURES if quick else ("clicked", "orders"):
                page = rows_behind(snapshot, view, arm=arm.arm, measure=measure)
                assert page.total == len(page.rows)
                if measure == "revenue":
                    assert sum(row["net_value"] or 0 for row in page.rows) == arm.totals.revenue
                else:
                    assert page.total == getattr(arm, measure, None) or getattr(arm.totals, measure, 0)
        pages = [rows_behind(snapshot, view, arm=A, measure="customers", limit=50, offset=o).rows for o in (0, 50)]
        whole = rows_behind(snapshot, view, arm=A, measure="customers", limit=100).rows
        assert [*pages[0], *pages[1]] == whole
        excluded = [row for row in tables["campaign_members"] if row["arm"] is None]
        assert left_out(snapshot, view).total == len(excluded)
        assert left_out(snapshot, view, reason="bad").total == sum(row["excluded"] == "bad" for row in excluded)


def test_an_order_counts_from_the_moment_of_assignment_to_the_end_of_the_window() -> None:
    moments = {
        1: LAUNCH - timedelta(microseconds=1),
        2: LAUNCH,
        3: LAUNCH + timedelta(days=14) - timedelta(microseconds=1),
        4: LAUNCH + timedelta(days=14),
    }
    tables = {
        "campaign_members": [member(number, A) for number in moments],
        "orders": [order(number, number, 100, at) for number, at in moments.items()],
    }
    with given(tables, now=LATER) as snapshot:
        rows = rows_behind(snapshot, campaign(), arm=A, measure="buyers").rows
    assert sorted(row["customer_id"] for row in rows) == [2, 3]


def test_sums_of_squares_do_not_overflow(engine: str) -> None:
    fortune = 9 * 10**15
    tables = {
        "campaign_members": [member(1, A), member(2, A)],
        "orders": [order(1, 1, fortune, LAUNCH), order(2, 2, fortune + 1, LAUNCH)],
    }
    with given(tables, engine=engine, now=LATER) as snapshot:
        (result,) = results(snapshot, campaign())
    assert result.variants[0].totals.revenue_squares == fortune**2 + (fortune + 1) ** 2


def test_a_campaign_that_worked_says_so() -> None:
    members, orders = [], []
    for number in range(1, 3001):
        arm = (CONTROL_ARM, A, A, B, B)[number % 5]
        members.append(member(number, arm))
        if number // 5 % (5 if arm == A else 20) == 0:
            orders.append(order(number, number, 10_000 + number, LAUNCH + timedelta(days=2)))
    messages = [
        {
            "message_id": p["customer_id"],
            "customer_id": p["customer_id"],
            "source_kind": "campaign",
            "source_id": CAMPAIGN,
            "sent_at": LAUNCH,
        }
        for p in members
        if p["arm"]
    ]
    with given({"campaign_members": members, "orders": orders, "messages": messages}, now=LATER) as snapshot:
        (result,) = results(snapshot, campaign())
    assert result.experiment is not None and result.overall is not None
    assert result.comparisons[A].verdict == Verdict.MORE
    assert result.comparisons[B].verdict != Verdict.MORE
    assert result.experiment.sizes is not None and not result.experiment.sizes.mismatch
    assert result.complete
    # 100.00 once, divided by customers, and 45.00 for each thousand messages.
    assert [arm.totals.cost for arm in result.variants] == [5_000 + 5_400, 5_000 + 5_400]
    assert result.cost == result.together.totals.cost == 20_800
    assert result.overall.return_on_cost is not None
    earned = result.overall.incremental_revenue.value
    assert result.overall.return_on_cost.value == pytest.approx((earned - 20_800) / 20_800)


def test_groups_of_other_sizes_than_planned_void_the_result() -> None:
    members = [member(number, A if number % 2 else CONTROL_ARM) for number in range(1, 2001)]
    one = (VariantView(id=A, number=1, name="A", share=10_000, template_version_id=1),)
    with given({"campaign_members": members}, now=LATER) as snapshot:
        (result,) = results(snapshot, campaign(variants=one))
    assert result.overall is not None and result.overall.verdict == Verdict.UNEQUAL_GROUPS


def test_few_customers_are_not_enough_data() -> None:
    members = [member(number, (CONTROL_ARM, A, A, B, B)[number % 5]) for number in range(1, 51)]
    with given({"campaign_members": members}, now=LATER) as snapshot:
        (result,) = results(snapshot, campaign())
    assert {comparison.verdict for comparison in result.comparisons.values()} == {Verdict.NOT_ENOUGH_DATA}


def test_without_a_control_group_there_is_no_comparison() -> None:
    with given({"campaign_members": [member(1, A)]}, now=LATER) as snapshot:
        (result,) = results(snapshot, campaign(control_share=0))
    assert (result.control, result.experiment, result.overall, dict(result.comparisons)) == (None, None, None, {})


def test_a_window_that_is_still_open_is_said_to_be() -> None:
    with given({"campaign_members": [member(1, A)]}, now=LAUNCH + timedelta(days=13)) as snapshot:
        assert not results(snapshot, campaign())[0].complete


def test_costs_in_another_currency_are_converted_or_unknown() -> None:
    messages = [
        {"message_id": 1, "customer_id": 1, "source_kind": "campaign", "source_id": CAMPAIGN, "sent_at": LAUNCH}
    ]
    tables = {"campaign_members": [member(1, A), member(2, CONTROL_ARM)], "messages": messages}
    with given(tables, now=LATER) as snapshot:
        view = campaign(currency="JPY", spent=1000, cost_per_thousand=10_000)
        rates = {"CNY": Fraction(1), "JPY": Fraction(5)}
        assert campaign_results(snapshot, [view], currency="CNY", rates=rates)[0].cost == (1000 + 10) * 5
        assert campaign_results(snapshot, [view], currency="CNY", rates={"CNY": Fraction(1)})[0].cost is None


def test_arms_are_named_in_addresses_and_found_again() -> None:
    view = campaign()
    assert [arm_of_key(key, view) for key in ("control", "all", str(A))] == [CONTROL_ARM, ALL_ARMS, A]
    with pytest.raises(KeyError):
        arm_of_key("99", view)
