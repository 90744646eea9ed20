"""The best combination: exact to the cent, never worse than any single coupon, and as good as trying everything."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.loyalty.coupons import engine
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.coupons.splitting import share_of, split
from guanxi.loyalty.coupons.types import Basket, BasketLine, Offer
from guanxi.loyalty.testing import a_basket
from guanxi.loyalty.tests.coupons.test_kinds import RULES

EVERY_RULE = [(kind, rule) for kind, rules in RULES.items() for rule in rules]


@given(amount=st.integers(0, 10**9), weights=st.lists(st.integers(0, 10**9), max_size=20))
def test_parts_add_up_and_none_is_larger_than_its_weight(amount: int, weights: list[int]) -> None:
    amount = min(amount, sum(weights))
    parts = split(amount, weights)
    assert sum(parts) == amount
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))
    whole = sum(weights) or 1
    assert all(abs(part - amount * weight / whole) < 1 + 1e-6 for part, weight in zip(parts, weights, strict=True))


def test_what_remains_goes_to_the_largest_remainders() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(10, [5, 3, 4]) == [4, 3, 3]  # 4.17, 2.5, 3.33
    assert split(7, []) == []


def test_half_a_unit_is_rounded_up() -> None:
    assert [share_of(amount, 5_000) for amount in (1, 2, 3)] == [1, 1, 2]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Basket, list[Offer]]:
    lines = draw(
        st.lists(st.tuples(st.integers(1, 4), st.integers(0, 30_000)), min_size=1, max_size=4).map(
            lambda rows: tuple(
                BasketLine(key=str(n), quantity=pieces, total=total) for n, (pieces, total) in enumerate(rows)
            )
        )
    )
    basket = Basket(currency="CNY", lines=lines, shipping=draw(st.integers(0, 1_500)))
    offers = []
    for number in range(draw(st.integers(0, 5))):
        kind, params = draw(st.sampled_from(EVERY_RULE))
        eligible = draw(st.sets(st.integers(0, len(lines) - 1)).map(sorted))
        offers.append(
            Offer(
                coupon_id=draw(st.integers(1, 5)),
                code=f"C{number}",
                name=f"Coupon {number}",
                kind=kind,
                params=params,
                eligible=tuple(eligible),
                exclusive=draw(st.booleans()) and draw(st.booleans()),
                stack_group=draw(st.sampled_from(["", "", "a", "b"])),
            )
        )
    return basket, offers


def brute_force(offers: list[Offer], basket: Basket) -> tuple[int, int, int]:
    """The best score of all subsets, each worked out from the beginning."""
    found = [(0, 0, 0)]
    ranked = sorted(offers, key=lambda offer: (KINDS.get(offer.kind).order, offers.index(offer)))
    for size in range(1, len(ranked) + 1):
        for chosen in combinations(ranked, size):
            if any(not allowed(one, other) for one, other in combinations(chosen, 2)):
                continue
            left, shipping, saved, pieces = [line.total for line in basket.lines], basket.shipping, 0, 0
            for offer in chosen:
                effect = engine.effect(offer, basket, left, shipping)
                left = [amount - effect.lines.get(place, 0) for place, amount in enumerate(left)]
                shipping -= effect.shipping
                saved += effect.worth
                pieces += sum(gift.quantity for gift in effect.gifts)
            found.append((saved, pieces, -size))
    return max(found)


def allowed(one: Offer, other: Offer) -> bool:
    same_group = one.stack_group != "" and one.stack_group == other.stack_group
    return not (one.exclusive or other.exclusive or same_group or one.coupon_id == other.coupon_id)


@settings(max_examples=400, deadline=None)
@given(case=cases())
def test_the_best_is_what_trying_everything_finds(case: tuple[Basket, list[Offer]]) -> None:
    basket, offers = case
    verdict = engine.best(offers, basket)
    pieces = sum(gift.quantity for gift in verdict.gifts)
    saved = verdict.discount + verdict.shipping_discount + verdict.cash_back
    assert (saved, pieces, -len(verdict.used)) == brute_force(offers, basket)


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_money_is_exact_and_never_below_zero(case: tuple[Basket, list[Offer]]) -> None:
    basket, offers = case
    verdict = engine.best(offers, basket)
    assert sum(verdict.line_discounts) == verdict.discount
    assert all(0 <= off <= line.total for off, line in zip(verdict.line_discounts, basket.lines, strict=True))
    assert 0 <= verdict.shipping_discount <= basket.shipping
    assert verdict.to_pay >= 0
    prices = [line.total for line in basket.lines]
    singles = [engine.effect(offer, basket, prices, basket.shipping).worth for offer in offers]
    assert verdict.discount + verdict.shipping_discount + verdict.cash_back >= max(singles, default=0)


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_every_code_is_used_or_has_a_reason(case: tuple[Basket, list[Offer]]) -> None:
    basket, offers = case
    verdict = engine.best(offers, basket)
    used = {one.offer.code for one in verdict.used}
    told = {one.code for one in verdict.not_used}
    assert used | told == {offer.code for offer in offers}
    assert not used & told
    assert all(str(one.reason.message) for one in verdict.not_used)


def an_offer(code: str, amount: int, **said: object) -> Offer:
    values = {
        "coupon_id": hash(code),
        "name": code,
        "kind": "amount_off",
        "params": {"amount": amount},
        "eligible": (0,),
    }
    return Offer(code=code, **{**values, **said})  # type: ignore[arg-type]


def test_of_a_group_only_the_better_is_used_and_the_other_told_why() -> None:
    offers = [an_offer("SMALL", 1_000, stack_group="g"), an_offer("BIG", 3_000, stack_group="g"), an_offer("FREE", 500)]
    verdict = engine.best(offers, a_basket(10_000))
    assert [one.offer.code for one in verdict.used] == ["BIG", "FREE"]
    (small,) = verdict.not_used
    assert (small.code, small.reason.code) == ("SMALL", "not_combined")
    assert small.reason.message == (
        "Cannot be used together with BIG: it saves ¥10.00 alone, the coupons used save ¥35.00."
    )


def test_a_coupon_that_adds_nothing_is_kept_for_another_day() -> None:
    verdict = engine.best([an_offer("ALL", 10_000), an_offer("MORE", 500)], a_basket(10_000))
    assert [one.offer.code for one in verdict.used] == ["ALL"]
    assert verdict.not_used[0].reason.code == "adds_nothing"


def test_two_pieces_of_one_coupon_do_not_add_up() -> None:
    verdict = engine.best([an_offer("A", 100, coupon_id=1), an_offer("B", 100, coupon_id=1)], a_basket(10_000))
    assert [one.offer.code for one in verdict.used] == ["A"]
