"""Using coupons: what holds and why not, once for each key, and given back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from guanxi.commerce.testing import order, record, shop
from guanxi.core.models import Event
from guanxi.customers.queries import search
from guanxi.customers.testing import customers
from guanxi.loyalty.coupons import hooks, services
from guanxi.loyalty.coupons.types import Basket
from guanxi.loyalty.models import Coupon, CouponBatch, CouponRedemption, IssuedCoupon
from guanxi.loyalty.testing import NOW, a_basket, a_coupon

pytestmark = pytest.mark.django_db


def code_of(coupon_id: int) -> str:
    return Coupon.objects.values_list("shared_code", flat=True).get(pk=coupon_id) or ""


def reasons(basket: Basket, *codes: str, now: datetime = NOW, **said: Any) -> list[str]:
    return [one.reason.code for one in services.validate(basket, codes, now=now, **said).not_used]


def redeem(basket: Basket, *codes: str, number: str = "A1", **said: Any) -> services.Receipt:
    return services.redeem(basket, codes, order_number=number, **{"now": NOW, **said})


def uses(coupon_id: int) -> tuple[int, int]:
    """As counted, and as the ledger adds up."""
    ledger = CouponRedemption.objects.filter(coupon_id=coupon_id).aggregate(n=Sum("uses"))["n"] or 0
    return Coupon.objects.get(pk=coupon_id).uses, ledger


def test_a_basket_is_valued_line_by_line() -> None:
    coupon = a_coupon(params={"amount": 1_000}, shared_code="SPRING")
    verdict = services.validate(a_basket(10_000, 5_000, shipping=800), ["spring "], now=NOW)
    assert (verdict.line_discounts, verdict.discount, verdict.to_pay) == ((667, 333), 1_000, 14_800)
    assert [one.offer.coupon_id for one in verdict.used] == [coupon]
    assert CouponRedemption.objects.count() == 0


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"state": "draft"}, "not_active"),
        ({"state": "paused"}, "not_active"),
        ({"state": "archived"}, "not_active"),
        ({"valid_from": NOW + timedelta(seconds=1)}, "not_yet"),
        ({"valid_until": NOW}, "expired"),
        ({"currency": "EUR"}, "currency"),
        ({"holders_only": True}, "holder"),
        ({"limit_per_customer": 1}, "limit_per_customer"),
        ({"conditions": {"min_spend": 15_001}}, "min_spend"),
        ({"conditions": {"products": ["X"]}}, "products"),
        ({"conditions": {"categories": ["rugs"]}}, "products"),
        ({"conditions": {"shops": [1]}}, "shop"),
        ({"conditions": {"tiers": ["gold"]}}, "tier"),
        ({"conditions": {"first_order": True}}, "first_order"),
        ({"conditions": {"weekdays": [5, 6]}}, "weekday"),
    ],
)
def test_each_thing_in_the_way_is_told(said: dict[str, Any], reason: str) -> None:
    coupon = a_coupon(**said)
    assert reasons(a_basket(), code_of(coupon)) == [reason]


@pytest.mark.parametrize(
    "said",
    [
        {"valid_from": NOW},
        {"valid_until": NOW + timedelta(seconds=1)},
        {"conditions": {"min_spend": 15_000}},
        {"conditions": {"products": ["t1", "X"]}},
        {"conditions": {"categories": ["Towels"]}},
        {"conditions": {"weekdays": [2]}},
        {"limit_total": 1},
    ],
)
def test_on_the_border_it_holds(said: dict[str, Any]) -> None:
    assert reasons(a_basket(), code_of(a_coupon(**said))) == []


def test_the_day_is_the_merchants() -> None:
    coupon = code_of(a_coupon(conditions={"weekdays": [3]}))  # Thursday
    assert reasons(a_basket(), coupon, now=datetime(2026, 5, 6, 15, 59, tzinfo=UTC)) == ["weekday"]
    assert reasons(a_basket(), coupon, now=datetime(2026, 5, 6, 16, tzinfo=UTC)) == []
    assert date(2026, 5, 7).weekday() == 3


def test_only_the_goods_it_is_for_get_cheaper() -> None:
    coupon = a_coupon(params={"amount": 9_000}, conditions={"products": ["T1"]})
    verdict = services.validate(a_basket(), [code_of(coupon)], now=NOW)
    assert verdict.line_discounts == (0, 5_000)


def test_unknown_and_mistyped_codes() -> None:
    verdict = services.validate(a_basket(), ["NOPE", "ABCDEFGHJKMNPQ"], now=NOW)
    assert [one.reason.code for one in verdict.not_used] == ["unknown", "unknown"]
    assert verdict.not_used[0].reason.message == "Nobody knows this code; perhaps it was mistyped."


def test_tiers_are_asked_of_whoever_knows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_tier_reader", [lambda customer_id: "Gold" if customer_id == 7 else ""])
    coupon = code_of(a_coupon(conditions={"tiers": ["gold", "platinum"]}))
    assert reasons(a_basket(customer_id=7), coupon) == []
    assert reasons(a_basket(customer_id=8), coupon) == ["tier"]


def test_a_first_order_is_one_before_which_nothing_was_bought() -> None:
    record([order(phone="15400012345")], shop=shop())
    (new,) = customers(1)
    (bought,) = search("15400012345")
    coupon = code_of(a_coupon(conditions={"first_order": True}))
    assert reasons(a_basket(customer_id=new), coupon) == []
    assert reasons(a_basket(customer_id=bought), coupon) == ["first_order"]


def test_a_use_is_written_down_and_announced() -> None:
    (customer_id,) = customers(1)
    coupon = a_coupon(params={"amount": 1_000})
    receipt = redeem(a_basket(customer_id=customer_id, shop_id=3), code_of(coupon), expect=1_000)
    row = CouponRedemption.objects.get()
    assert receipt.redemption_ids == (row.pk,)
    assert (row.coupon_id, row.customer_id, row.origin_customer_id) == (coupon, customer_id, customer_id)
    assert (row.shop_id, row.order_number, row.basket_total, row.discount) == (3, "A1", 15_000, 1_000)
    assert row.lines == [["0", 667], ["1", 333]]
    event = Event.objects.get(kind="coupon.redeemed")
    assert (event.customer_id, event.subject_id, event.data["amount"]) == (customer_id, coupon, 1_000)
    assert uses(coupon) == (1, 1)


def test_the_same_request_again_uses_nothing_up() -> None:
    coupon = a_coupon()
    first = redeem(a_basket(), code_of(coupon))
    again = redeem(a_basket(), code_of(coupon))
    assert (again.redemption_ids, again.replayed) == (first.redemption_ids, True)
    assert uses(coupon) == (1, 1)


def test_a_key_cannot_be_used_for_something_else() -> None:
    coupon = a_coupon()
    redeem(a_basket(), code_of(coupon), key="till-4-17")
    with pytest.raises(services.KeyReused):
        redeem(a_basket(1), code_of(coupon), key="till-4-17")
    assert uses(coupon) == (1, 1)


def test_nothing_is_written_when_nothing_can_be_used() -> None:
    with pytest.raises(services.Refused) as refused:
        redeem(a_basket(), "NOPE")
    assert [one.reason.code for one in refused.value.not_used] == ["unknown"]
    assert CouponRedemption.objects.count() == 0


def test_nothing_is_written_when_the_amount_is_another() -> None:
    coupon = a_coupon(params={"amount": 1_000})
    with pytest.raises(services.NotAsExpected):
        redeem(a_basket(), code_of(coupon), expect=2_000)
    assert uses(coupon) == (0, 0)


def test_the_limits_in_all_and_for_each_customer_hold() -> None:
    one, other = customers(2)
    coupon = a_coupon(limit_total=3, limit_per_customer=2)
    code = code_of(coupon)
    for number in ("1", "2"):
        redeem(a_basket(customer_id=one), code, number=number)
    assert reasons(a_basket(customer_id=one), code) == ["limit_per_customer"]
    redeem(a_basket(customer_id=other), code, number="3")
    assert reasons(a_basket(customer_id=other), code) == ["limit_total"]
    with pytest.raises(services.Refused):
        redeem(a_basket(customer_id=other), code, number="4")
    assert uses(coupon) == (3, 3)


def test_a_use_given_back_can_be_used_again() -> None:
    (customer_id,) = customers(1)
    coupon = a_coupon(limit_total=1, limit_per_customer=1)
    basket = a_basket(customer_id=customer_id)
    receipt = redeem(basket, code_of(coupon))
    assert services.give_back(receipt.redemption_ids, now=NOW) == list(receipt.redemption_ids)
    assert services.give_back(receipt.redemption_ids, now=NOW) == []
    assert uses(coupon) == (0, 0)
    use, back = CouponRedemption.objects.order_by("pk")
    assert (back.reverses_id, back.discount, back.uses) == (use.pk, -use.discount, -1)
    assert Event.objects.filter(kind="coupon.returned", customer_id=customer_id).count() == 1
    redeem(basket, code_of(coupon), number="A2")
    assert uses(coupon) == (1, 1)
    with pytest.raises(services.NoRedemption):
        services.give_back([back.pk], now=NOW)


def test_a_code_of_its_own_is_good_for_one_use() -> None:
    coupon = a_coupon(code_style="unique", prefix="mum")
    code = make(coupon, 1)[0]
    assert code.startswith("MUM")
    receipt = redeem(a_basket(), code.lower())
    assert reasons(a_basket(), code) == ["used"]
    services.give_back(receipt.redemption_ids, now=NOW)
    assert reasons(a_basket(), code) == []


def make(coupon_id: int, count: int) -> list[str]:
    services.start_codes(coupon_id, count, user=None, now=NOW)
    batch = CouponBatch.objects.latest("pk")
    assert services.make_codes(batch.pk, now=NOW) == count
    return list(IssuedCoupon.objects.filter(batch=batch).values_list("code", flat=True))


def test_a_void_code_is_worth_nothing() -> None:
    coupon = a_coupon(code_style="unique")
    code, other = make(coupon, 2)
    assert services.void_code(code, user=None, now=NOW) is True
    assert services.void_code(code, user=None, now=NOW) is False
    assert reasons(a_basket(), code) == ["void"]
    redeem(a_basket(), other)
    with pytest.raises(services.WrongState):
        services.void_code(other, user=None, now=NOW)


def test_a_personal_code_is_for_its_holder() -> None:
    one, other = customers(2)
    coupon = a_coupon(code_style="unique", valid_days=7)
    services.issue(coupon, [one], now=NOW)
    code = IssuedCoupon.objects.get().code or ""
    assert reasons(a_basket(customer_id=other), code) == ["holder"]
    assert reasons(a_basket(customer_id=one), code, now=NOW + timedelta(days=7)) == ["expired"]
    redeem(a_basket(), code)  # nobody said who buys: the code does
    assert CouponRedemption.objects.get().customer_id == one


def test_a_coupon_for_holders_is_used_up_piece_by_piece() -> None:
    one, other = customers(2)
    coupon = a_coupon(holders_only=True)
    services.issue(coupon, [one], now=NOW)
    assert reasons(a_basket(customer_id=other), code_of(coupon)) == ["holder"]
    redeem(a_basket(customer_id=one), code_of(coupon))
    assert reasons(a_basket(customer_id=one), code_of(coupon)) == ["holder"]
    assert IssuedCoupon.objects.get().used_at == NOW


def test_the_coupons_a_customer_holds_are_weighed_when_asked() -> None:
    (customer_id,) = customers(1)
    small, big = a_coupon(params={"amount": 100}), a_coupon(code_style="unique", params={"amount": 900})
    for coupon in (small, big):
        services.issue(coupon, [customer_id], now=NOW)
    basket = a_basket(customer_id=customer_id)
    assert services.validate(basket, [], now=NOW).discount == 0
    assert services.validate(basket, [], held=True, now=NOW).discount == 1_000


def test_giving_a_coupon_twice_gives_it_once() -> None:
    people = customers(3)
    coupon = a_coupon(code_style="unique", valid_days=30)
    first = services.issue(coupon, people[:2], now=NOW)
    again = services.issue(coupon, [*people, 10**9], now=NOW)
    assert (first.given, first.had_it, first.gone) == (2, 0, 0)
    assert (again.given, again.had_it, again.gone) == (1, 2, 1)
    rows = IssuedCoupon.objects.filter(coupon_id=coupon).order_by("customer_id")
    assert [(row.customer_id, row.origin_customer_id) for row in rows] == [(one, one) for one in sorted(people)]
    assert {row.expires_at for row in rows} == {NOW + timedelta(days=30)}
    assert len({row.code for row in rows}) == 3
    counted = Coupon.objects.get(pk=coupon)
    assert (counted.issued, counted.codes) == (3, 3)
    assert Event.objects.filter(kind="coupon.issued").count() == 3


def test_a_draft_is_given_to_nobody() -> None:
    with pytest.raises(services.WrongState):
        services.issue(a_coupon(state="draft"), customers(1), now=NOW)


def test_the_ledger_changes_by_nothing_but_merging() -> None:
    redeem(a_basket(customer_id=customers(1)[0]), code_of(a_coupon()))
    CouponRedemption.objects.update(customer_id=99)
    assert CouponRedemption.objects.get().customer_id == 99
    for statement in ("UPDATE loyalty_couponredemption SET discount = 1", "DELETE FROM loyalty_couponredemption"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
