"""Learning without labels, and the budget of pairs, on invented customers with the commonest Chinese names."""

import random

import pytest

from guanxi.customers.matching import Certainty, Matches, Person, find
from guanxi.customers.matching.comparisons import COMPARISONS, shipped
from guanxi.customers.matching.words import REASONS

FAMILY = "王李张刘陈杨黄赵吴周"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
KNOWN, AGAIN = 2500, 250


def customers() -> list[Person]:
    """``KNOWN`` persons, and ``AGAIN`` of them a second time with a number ``KNOWN`` higher, each with a slip."""
    draw = random.Random(4)
    people = [
        {
            "name": draw.choice(FAMILY) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2)))),
            "city": draw.choice("杭苏广深成") + "州市",
            "birth_date": f"{draw.randrange(1960, 2004)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}",
            "phone": f"{draw.randrange(10000):04}",
        }
        for _number in range(KNOWN)
    ]
    again = [person | {draw.choice(["city", "birth_date", "phone"]): ""} for person in people[:AGAIN]]
    numbered = [*enumerate(people), *enumerate(again, start=KNOWN)]
    return [Person(id=number, **person) for number, person in numbered]


@pytest.fixture(scope="module")
def found() -> Matches:
    return find(customers())


def test_weights_are_learnt_and_stay_near_the_shipped_where_little_was_seen(found: Matches) -> None:
    assert found.model.learnt
    assert found.model.compared == ("given", "family", "birth", "place", "phone")
    same_phone, _different = found.model.weights["phone"]
    assert same_phone[0] > 0.9
    assert same_phone[1] == pytest.approx(0.0001, abs=0.00005)
    assert found.model.weights["account"] == shipped()["account"]


def test_common_names_make_no_sure_pair_of_two_persons(found: Matches) -> None:
    sure = [pair for pair in found.pairs() if pair.certainty is Certainty.SURE]
    assert [(pair.left, pair.right) for pair in sure if pair.right - pair.left != KNOWN] == []
    likely = [pair for pair in found.pairs() if pair.certainty is not Certainty.POSSIBLE]
    assert sum(pair.right - pair.left == KNOWN for pair in likely) >= 0.98 * AGAIN


def test_the_same_records_and_seed_give_the_same_answer(found: Matches) -> None:
    again = find(customers())
    assert again.model == found.model
    assert again.table.equals(found.table)


def test_a_model_is_used_again_without_learning(found: Matches) -> None:
    assert find(customers(), model=found.model).table.equals(found.table)


def test_candidates_never_pass_the_budget() -> None:
    found = find(customers(), max_pairs=1000)
    assert 0 < found.candidates <= 1000
    # The finest keys come first; what many share, such as a city and a common name, is dropped.
    assert found.keys["name_birth"] > 150
    assert found.keys["name_city"] < 250


def test_shipped_weights_are_shares_and_every_step_has_words() -> None:
    for comparison in COMPARISONS:
        assert sum(step.m for step in comparison.steps) == pytest.approx(1)
        assert sum(step.u for step in comparison.steps) == pytest.approx(1)
        assert {(comparison.name, step.name) for step in comparison.steps} <= set(REASONS)
