"""What every kind of coupon must hold to, and what each does, in numbers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.coupons.kinds.base import CouponKind
from guanxi.loyalty.coupons.problems import BadRule
from guanxi.loyalty.coupons.types import BasketLine, Effect, Gift, Goods

KIND_NAMES = KINDS.names()
RULES: dict[str, list[dict[str, Any]]] = {
    "amount_off": [{"amount": 2_000}, {"amount": 1}, {"amount": 10**9}],
    "percent_off": [{"share": 1_500, "cap": 5_000}, {"share": 10_000}, {"share": 1}, {"share": 3_333}],
    "tiered": [
        {"steps": [{"spend": 30_000, "off": 3_000}, {"spend": 60_000, "off": 8_000}]},
        {"steps": [{"spend": 100, "off": 33}], "every": True},
        {"steps": [{"spend": 500, "share": 500}, {"spend": 9_000, "share": 2_000}]},
    ],
    "buy_get": [
        {"buy": 2, "get": 1, "share": 10_000},
        {"buy": 1, "get": 1, "share": 5_000, "times": 1},
        {"buy": 3, "get": 2, "share": 3_333},
    ],
    "free_shipping": [{}, {"cap": 800}],
    "cash_back": [{"share": 1_000, "cap": 5_000}, {"share": 10_000}],
    "gift": [{"title": "Hand towel", "product": "HT-1", "quantity": 2}],
    "spend_gift": [{"steps": [{"spend": 5_000, "title": "Towel"}, {"spend": 9_000, "title": "Robe", "quantity": 2}]}],
}
lines = st.lists(
    st.builds(
        BasketLine,
        key=st.just("k"),
        quantity=st.integers(1, 6),
        total=st.integers(0, 40_000),
    ),
    max_size=6,
)


def goods(*totals: int, shipping: int = 1_000, quantities: tuple[int, ...] = ()) -> Goods:
    made = [
        BasketLine(key=str(place), total=total, quantity=quantities[place] if quantities else 1)
        for place, total in enumerate(totals)
    ]
    return Goods(lines=list(enumerate(made)), left=list(totals), shipping_left=shipping)


def member(name: str) -> CouponKind:
    return KINDS.get(name)


def test_every_kind_is_tried_with_rules() -> None:
    assert set(RULES) == set(KIND_NAMES)


@pytest.mark.parametrize("name", KIND_NAMES)
def test_a_kind_introduces_itself(name: str) -> None:
    kind = member(name)
    assert kind.name == name
    assert all(str(text).strip() for text in (kind.label, kind.hint, kind.icon))
    assert len({field.name for field in kind.fields}) == len(kind.fields)
    assert kind.check(kind.example) == dict(kind.example)


@pytest.mark.parametrize("name", KIND_NAMES)
@pytest.mark.parametrize("currency", ["CNY", "JPY", "KWD"])
def test_its_form_gives_back_what_it_was_shown(name: str, currency: str) -> None:
    for params in [*RULES[name], dict(member(name).example)]:
        kept, shown = {}, {}
        for field in member(name).fields:
            inputs = field.inputs(currency)
            initial = {
                key: value for key, value in field.show(params.get(field.name), currency).items() if key in inputs
            }
            cleaned = {
                key: inputs[key].clean(initial.get(key)) for key in inputs if inputs[key].required or key in initial
            }
            shown.update(initial)
            kept[field.name] = field.read({**dict.fromkeys(inputs), **cleaned}, currency)
        assert {key: value for key, value in kept.items() if value} == {key: v for key, v in params.items() if v}


@pytest.mark.parametrize("name", KIND_NAMES)
@pytest.mark.parametrize(
    "wrong",
    [None, [], "x", {"no such": 1}, {"amount": True, "share": "1", "steps": [[]], "title": 1, "cap": -1, "buy": 0}],
)
def test_it_refuses_what_is_no_rule(name: str, wrong: Any) -> None:
    with pytest.raises(BadRule):
        member(name).check(wrong)


@pytest.mark.parametrize("name", KIND_NAMES)
def test_it_says_its_rule_in_words(name: str) -> None:
    said = [member(name).words(params, "CNY") for params in RULES[name]]
    assert all(said)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("name", KIND_NAMES)
@given(basket=lines, share=st.integers(0, 100), shipping=st.integers(0, 2_000))
def test_it_takes_no_more_than_there_is_and_less_from_less(
    name: str, basket: list[BasketLine], share: int, shipping: int
) -> None:
    left = [line.total * share // 100 for line in basket]
    full = Goods(lines=list(enumerate(basket)), left=[line.total for line in basket], shipping_left=shipping)
    less = Goods(lines=list(enumerate(basket)), left=left, shipping_left=shipping * share // 100)
    for params in RULES[name]:
        whole, part = member(name).apply(params, full), member(name).apply(params, less)
        for effect, bound in ((whole, full), (part, less)):
            assert all(0 < off <= bound.left[place] for place, off in effect.lines.items())
            assert 0 <= effect.shipping <= bound.shipping_left
        assert part.discount <= whole.discount
        assert part.shipping <= whole.shipping


@pytest.mark.parametrize("name", KIND_NAMES)
def test_nothing_comes_of_an_empty_basket(name: str) -> None:
    empty = Goods(lines=[], left=[], shipping_left=0)
    assert all(member(name).apply(params, empty) == Effect() for params in RULES[name])


def test_an_amount_is_split_to_the_cent() -> None:
    effect = member("amount_off").apply({"amount": 100}, goods(333, 333, 334))
    assert effect.lines == {0: 33, 1: 33, 2: 34}


def test_an_amount_never_exceeds_the_goods() -> None:
    assert member("amount_off").apply({"amount": 2_000}, goods(700, 300)).lines == {0: 700, 1: 300}


def test_a_percentage_rounds_once_over_the_whole_and_stops_at_its_cap() -> None:
    assert member("percent_off").apply({"share": 1_500}, goods(333, 333)).discount == 100  # 99.9 rounded
    assert member("percent_off").apply({"share": 1_500, "cap": 60}, goods(333, 333)).lines == {0: 30, 1: 30}


@pytest.mark.parametrize(
    ("spent", "off"), [(29_999, 0), (30_000, 3_000), (59_999, 3_000), (60_000, 8_000), (90_000, 8_000)]
)
def test_the_highest_step_that_is_reached_holds(spent: int, off: int) -> None:
    assert member("tiered").apply(RULES["tiered"][0], goods(spent)).discount == off


def test_a_step_can_hold_again_and_again() -> None:
    rule = {"steps": [{"spend": 30_000, "off": 3_000}], "every": True}
    assert member("tiered").apply(rule, goods(95_000)).discount == 9_000


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"steps": [{"spend": 100, "off": 10, "share": 5}]}, "steps"),
        ({"steps": [{"spend": 100}]}, "steps"),
        ({"steps": [{"spend": 100, "off": 101}]}, "steps"),
        ({"steps": [{"spend": 200, "off": 10}, {"spend": 100, "off": 20}]}, "steps"),
        ({"steps": [{"spend": 100, "off": 10}, {"spend": 200, "off": 20}], "every": True}, "every"),
        ({"steps": [{"spend": 1, "off": 1}] * 6}, "steps"),
    ],
)
def test_steps_that_make_no_sense_are_refused(rule: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRule) as refused:
        member("tiered").check(rule)
    assert list(refused.value.problems) == [field]


def test_the_cheapest_pieces_are_free() -> None:
    basket = goods(9_000, 2_000, 5_000, quantities=(3, 2, 1))  # 30, 30, 30, 10, 10 and 50 each
    assert member("buy_get").apply({"buy": 2, "get": 1, "share": 10_000}, basket).lines == {1: 2_000}
    once = {"buy": 2, "get": 1, "share": 10_000, "times": 1}
    assert member("buy_get").apply(once, basket).lines == {1: 1_000}


def test_the_second_at_half_price() -> None:
    assert member("buy_get").apply({"buy": 1, "get": 1, "share": 5_000}, goods(1_001, 3_000)).lines == {0: 501}


def test_pieces_of_a_line_that_does_not_divide_stay_whole_cents() -> None:
    effect = member("buy_get").apply({"buy": 2, "get": 1, "share": 10_000}, goods(100, quantities=(3,)))
    assert effect.lines == {0: 33}


def test_gifts_by_step() -> None:
    kind, rule = member("spend_gift"), RULES["spend_gift"][0]
    assert kind.apply(rule, goods(4_999)).gifts == ()
    assert kind.apply(rule, goods(5_000)).gifts == (Gift("Towel", "", 1),)
    assert kind.apply(rule, goods(9_000)).gifts == (Gift("Robe", "", 2),)


def test_shipping_is_free_up_to_a_cap() -> None:
    assert member("free_shipping").apply({}, goods(1, shipping=1_200)).shipping == 1_200
    assert member("free_shipping").apply({"cap": 800}, goods(1, shipping=1_200)).shipping == 800
