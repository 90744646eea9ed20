"""Points of orders: earned pending, valid after the return window, reversed with refunds."""

from datetime import timedelta
from decimal import Decimal

import pytest

from guanxi.commerce.models import Order
from guanxi.commerce.testing import lines, order, record
from guanxi.commerce.types import IncomingLine, IncomingRefund, OrderStatus
from guanxi.core.models import ExchangeRate
from guanxi.loyalty.models import PointsEntry, PointsLot
from guanxi.loyalty.points import multipliers, queries, services
from guanxi.loyalty.points.services import RuleTerms
from guanxi.loyalty.points.types import RuleKind
from guanxi.loyalty.tests.points.world import (
    BEFORE,
    PAID,
    VALID,
    balance,
    buy,
    drain,
    has,
    programme,
    refund,
    shop,
    staff,
)

pytestmark = pytest.mark.django_db


def test_points_are_pending_until_the_return_window_is_over() -> None:
    programme()
    bought = buy(total=12_399)
    assert has(bought.customer_id, now=VALID - timedelta(seconds=1)) == (0, 123, 0, 0)
    assert has(bought.customer_id, now=VALID) == (123, 0, 0, 0)


def test_the_same_news_again_gives_nothing() -> None:
    programme()
    bought = buy()
    assert services.follow([bought.pk, bought.pk], now=VALID) == (0, 0)
    assert PointsEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_event_log_is_followed_and_later_refunds_too() -> None:
    programme()
    record([order(1, phone="+8613912340001", paid_at=PAID)], shop=shop(), now=PAID)
    given = IncomingRefund(amount=2_000, refunded_at=VALID)
    drain(PAID)
    customer = Order.objects.get().customer_id
    assert has(customer, now=VALID) == (100, 0, 0, 0)
    for refunds in ((given,), (given, IncomingRefund(amount=3_050, refunded_at=VALID))):
        record([order(1, phone="+8613912340001", paid_at=PAID, refunds=refunds)], shop=shop(), now=VALID)
        drain(VALID)
    assert has(customer, now=VALID) == (49, 0, 0, 0)
    assert [e.points for e in PointsEntry.objects.order_by("pk")] == [100, -20, -31]


def test_a_cancelled_order_keeps_nothing() -> None:
    programme()
    bought = buy()
    record([order(1, phone="+8613912340001", status=OrderStatus.CANCELLED, paid_at=PAID)], shop=shop(), now=VALID)
    assert services.follow([bought.pk], now=VALID) == (0, 1)
    assert has(bought.customer_id, now=VALID) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "said", [{"status": OrderStatus.UNPAID, "paid_at": None}, {"paid_at": BEFORE - timedelta(days=1)}, {"phone": ""}]
)
def test_no_points_for_unpaid_orders_old_ones_and_guests(said: dict[str, object]) -> None:
    programme()
    buy(1, **said)
    assert not PointsLot.objects.exists()


def test_a_programme_that_is_off_gives_nothing() -> None:
    programme(active=False)
    buy()
    assert not PointsLot.objects.exists()


def test_shipping_earns_nothing_and_other_money_counts_at_its_rate() -> None:
    ExchangeRate.objects.create(currency="EUR", rate=Decimal("7.5"))
    programme()
    bought = buy(total=11_000, shipping_total=1_000, currency="EUR")
    assert has(bought.customer_id, now=VALID) == (750, 0, 0, 0)


def test_the_most_particular_rule_holds_for_each_line() -> None:
    home = shop()
    other = shop("Old town")
    made = programme()
    line = {"unit_price": 0, "quantity": 1}
    said = (
        IncomingLine(title="Towel", sku="T", category="towels", total=6_000, **line),
        IncomingLine(title="Gift", sku="G", category="towels", total=3_000, **line),
        IncomingLine(title="Mug", sku="M", total=3_000, **line),
    )
    record([order(99, lines=said)], shop=home)
    product = home.products.get(sku="G").pk
    for terms in (
        {"category": "towels", "points": 2},
        {"product_id": product, "points": 0},
        {"shop_id": other.pk, "points": 5},
    ):
        services.add_rule(made.pk, RuleTerms(kind=RuleKind.AMOUNT, per_amount=100, **terms), user=staff(), now=BEFORE)
    # 120.00 of lines for 60.00: each line counts for half of it, so 30 * 2 + 15 * 0 + 15 * 1
    bought = buy(1, total=6_000, lines=said)
    assert has(bought.customer_id, now=VALID) == (75, 0, 0, 0)
    elsewhere = buy(2, total=6_000, lines=lines(1), shop=other, phone="+8613912340002")
    assert has(elsewhere.customer_id, now=VALID) == (300, 0, 0, 0)


def test_thirds_do_not_lose_a_point() -> None:
    programme(rules=(RuleTerms(kind=RuleKind.AMOUNT, points=1, per_amount=300),))
    assert has(buy(total=300_00 * 3).customer_id, now=VALID) == (300, 0, 0, 0)


def test_the_tier_multiplies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipliers, "_sources", [lambda ids, now: {one: Decimal("1.25") for one in ids}])
    programme()
    bought = buy(total=10_100)
    assert has(bought.customer_id, now=VALID) == (126, 0, 0, 0)
    (line,) = queries.statement(bought.customer_id or 0, limit=5)
    assert line.why == "Order N1, for ¥101.00, times 1.25"


def test_of_several_multipliers_the_largest_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    low, one, high = ((lambda ids, now, n=n: {ids[0]: Decimal(n)}) for n in ("0.5", "1", "2.5"))
    for sources, found in (([low, one], {}), ([low], {7: Decimal("0.5")}), ([high, low], {7: Decimal("2.5")})):
        monkeypatch.setattr(multipliers, "_sources", sources)
        assert multipliers.multiplier([7, 8], VALID) == found


def test_spent_points_of_a_refunded_order_come_from_others_and_then_are_owed() -> None:
    programme()
    customer = buy(1).customer_id
    buy(2, total=4_000)
    services.adjust(
        programme_id=balance(customer, now=VALID).programme_id,
        customer_id=customer or 0,
        points=-100,
        reason="till was offline",
        user=staff(),
        now=VALID,
    )
    refund(1, 10_000, now=VALID)
    assert has(customer, now=VALID) == (0, 0, 0, 60)
    buy(3, total=5_000, now=VALID)
    assert has(customer, now=VALID) == (0, 0, 0, 10)
    buy(4, total=5_000, now=VALID)
    assert has(customer, now=VALID) == (40, 0, 0, 0)
    assert sum(PointsEntry.objects.values_list("points", flat=True)) == 40


@pytest.mark.parametrize(("shortfall", "left"), [("negative", (-100, 0, 0, 100)), ("forgive", (0, 0, 0, 0))])
def test_what_is_missing_is_as_the_programme_says(shortfall: str, left: tuple[int, int, int, int]) -> None:
    made = programme(shortfall=shortfall)
    customer = buy(1).customer_id
    services.adjust(programme_id=made.pk, customer_id=customer or 0, points=-100, reason="x", user=staff(), now=VALID)
    refund(1, 10_000, now=VALID)
    assert has(customer, now=VALID) == left
    assert services.follow([Order.objects.get().pk], now=VALID) == (0, 0)


def test_each_line_of_the_statement_says_why() -> None:
    programme()
    customer = buy(1).customer_id
    refund(1, 2_500, now=VALID)
    told = [(line.label, line.points, line.why) for line in queries.statement(customer or 0, limit=9)]
    assert told == [
        ("Taken back", -25, "Order N1: ¥25.00 of ¥100.00 does not count any more"),
        ("Earned", 100, "Order N1, for ¥100.00"),
    ]
