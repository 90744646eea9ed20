"""Chances of categories: features against counting in plain Python, no look ahead, and measures against definitions."""

import random

import numpy as np
import pytest

from guanxi.analytics.models.leaning import features, plain, ranking_quality, trees
from guanxi.analytics.models.leaning.features import NAMES, NEVER, RECENT, Bought

CUT = 20_000


def bought(customers: int = 150, *, seed: int = 5) -> Bought:
    rng = random.Random(seed)
    rows = sorted(
        {
            (customer, rng.randint(-1, 2), CUT + rng.randrange(-400, 61))
            for customer in range(customers)
            for _ in range(rng.choice([0, 1, 3, 9]))
        }
    )
    return Bought(*(np.array(column, np.int64) for column in zip(*rows, strict=True)))


def plainly(rows: Bought, customer: int, category: int) -> list[float] | None:
    """The features of one customer, read from a list."""
    mine = [(w, d) for c, w, d in zip(rows.who, rows.what, rows.day, strict=True) if c == customer and d < CUT]
    days = sorted({int(d) for _w, d in mine})
    if not days:
        return None
    same = sorted({int(d) for w, d in mine if w == category})
    return [
        CUT - days[-1],
        CUT - days[0],
        len(days),
        sum(day >= CUT - RECENT for day in days),
        len({int(w) for w, _d in mine if w >= 0}),
        CUT - same[-1] if same else NEVER,
        len(same),
        sum(day >= CUT - RECENT for day in same),
        len(same) / len(days),
        (days[-1] - days[0]) / (len(days) - 1) if len(days) > 1 else NEVER,
    ]


@pytest.mark.parametrize("category", [0, 1, 2])
def test_features_as_counted_by_hand(category: int) -> None:
    rows = bought()
    seen = features.known(rows, cut=CUT)
    table = seen.features(category)
    expected = {customer: told for customer in range(150) if (told := plainly(rows, customer, category))}
    assert seen.who.tolist() == sorted(expected)
    assert table.shape == (len(expected), len(NAMES))
    for at, customer in enumerate(seen.who.tolist()):
        assert table[at].tolist() == pytest.approx(expected[customer])


def test_no_feature_knows_the_future() -> None:
    """Whatever comes on the day or after it, shuffled, removed or made up, changes nothing."""
    rows = bought()
    rng = np.random.default_rng(1)
    later = rows.day >= CUT
    shuffled = Bought(rows.who.copy(), rows.what.copy(), rows.day.copy())
    shuffled.who[later] = rng.permutation(shuffled.who[later])
    shuffled.what[later] = rng.integers(-1, 3, int(later.sum()))
    shuffled.day[later] = rng.integers(CUT, CUT + 500, int(later.sum()))
    removed = Bought(rows.who[~later], rows.what[~later], rows.day[~later])
    assert later.sum() > 30
    before = features.known(rows, cut=CUT)
    for other in (shuffled, removed):
        again = features.known(other, cut=CUT)
        assert np.array_equal(before.who, again.who)
        for category in range(3):
            assert np.array_equal(before.features(category), again.features(category))


def test_what_came_is_from_the_day_on() -> None:
    rows = Bought(*(np.array(column) for column in ([0, 0, 1, 2, 3, 3], [0, 0, 0, 1, 0, 0], [1, 100, 99, 100, 5, 160])))
    seen = features.known(rows, cut=100)
    assert seen.who.tolist() == [0, 1, 3]
    assert features.bought_within(rows, seen, 0, days=60).tolist() == [True, False, False]
    assert features.bought_within(rows, seen, 0, days=61).tolist() == [True, False, True]


def test_different_rows_in_order() -> None:
    first, second = np.array([3, 1, 3, 1, 0]), np.array([-1, 5, -1, 2, 0])
    found = features.distinct(first, second)
    assert list(zip(*(column.tolist() for column in found), strict=True)) == [(0, 0), (1, 2), (1, 5), (3, -1)]
    assert [len(column) for column in features.distinct(first[:0], second[:0])] == [0, 0]


def test_auc_is_how_often_a_buyer_is_above() -> None:
    rng = np.random.default_rng(4)
    chances, came = np.round(rng.random(80), 1), rng.random(80) < 0.3
    pairs = [(a > b) + 0.5 * (a == b) for a in chances[came] for b in chances[~came]]
    assert ranking_quality.auc(chances, came) == pytest.approx(np.mean(pairs))
    assert ranking_quality.auc(chances, np.zeros(80, bool)) is None


def test_tenths_from_the_likeliest_on() -> None:
    rng = np.random.default_rng(9)
    chances, came = rng.random(57), rng.random(57) < 0.4
    tenths, of = ranking_quality.tenths(chances, came), ranking_quality.tenth_of(chances)
    order = sorted(range(57), key=lambda at: -chances[at])
    start = 0
    for number, tenth in enumerate(tenths, start=1):
        mine = order[start : start + tenth.customers]
        start += tenth.customers
        assert {int(of[at]) for at in mine} == {number}
        assert tenth.buyers == sum(came[at] for at in mine)
        assert tenth.expected == pytest.approx(sum(chances[at] for at in mine))
    assert start == 57


def _made(size: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    table = np.column_stack([rng.integers(0, 400, size) for _ in NAMES]).astype(float)
    score = 1.5 - 0.8 * np.log1p(table[:, 5]) + 0.3 * np.log1p(table[:, 6])
    return table, rng.random(size) < 1 / (1 + np.exp(-score))


def test_the_plain_way_finds_the_weights_that_made_the_data() -> None:
    table, came = _made(40_000, seed=2)
    assert plain.fit(table, came).weights.tolist() == pytest.approx([1.5, 0, -0.8, 0.3], abs=0.25)


@pytest.mark.parametrize("way", ["plain", "trees"])
def test_chances_are_as_large_as_they_should_be(way: str) -> None:
    if way == "trees" and not trees.available():
        pytest.skip("the library libgomp is not installed")
    fit = plain.fit if way == "plain" else trees.fit
    model = fit(*_made(20_000, seed=2))
    table, came = _made(20_000, seed=3)
    for tenth in ranking_quality.tenths(model.chances(table), came):
        assert tenth.buyers == pytest.approx(tenth.expected, abs=4 * np.sqrt(tenth.expected + 1))
