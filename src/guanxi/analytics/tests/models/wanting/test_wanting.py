"""What customers want next: pairs, rankings and reasons, against counting in plain Python."""

import random
from itertools import combinations

import numpy as np
import pytest
from scipy import sparse

from guanxi.analytics.models.wanting import factors, ranking
from guanxi.analytics.models.wanting.ranking import NOTHING
from guanxi.analytics.models.wanting.together import pairs

CUSTOMERS, ARTICLES = 300, 12


def had(seed: int = 2) -> list[set[int]]:
    """Two tastes: the first half of the articles or the second."""
    rng = random.Random(seed)
    found = []
    for customer in range(CUSTOMERS):
        mine = range(6) if customer % 2 else range(6, 12)
        found.append(
            {rng.choice(mine) for _ in range(rng.randint(0, 4))} | {rng.randrange(12) for _ in range(rng.randint(0, 1))}
        )
    return found


def matrix(sets: list[set[int]]) -> sparse.csr_array:
    made = np.zeros((len(sets), ARTICLES))
    for row, articles in enumerate(sets):
        made[row, list(articles)] = 1.0
    return sparse.csr_array(made)


def test_pairs_as_counted_by_hand() -> None:
    sets = had()
    found = pairs(matrix(sets), least=8)
    told = {
        (int(a), int(b)): (int(n), float(c), float(x))
        for a, b, n, c, x in zip(found.bought, found.then, found.count, found.confidence, found.lift, strict=True)
    }
    plain = {}
    for a, b in combinations(range(ARTICLES), 2):
        for first, second in ((a, b), (b, a)):
            both = sum(first in one and second in one for one in sets)
            buyers = sum(first in one for one in sets)
            lift = both / buyers / (sum(second in one for one in sets) / len(sets))
            if both >= 8 and lift > 1:
                plain[first, second] = (both, both / buyers, lift)
    assert told.keys() == plain.keys()
    assert plain
    for pair, (count, confidence, lift) in plain.items():
        assert told[pair] == (count, pytest.approx(confidence), pytest.approx(lift))


@pytest.mark.parametrize("batch", [1, 100, ranking.BATCH])
def test_the_best_are_new_offered_and_in_order(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "BATCH", batch)
    sets = had()
    bought = matrix(sets)
    offered = np.arange(ARTICLES) != 3
    items, scores = ranking.best(ranking.learn(bought, with_factors=False).scorers["popular"], bought, offered)
    buyers = [sum(article in one for one in sets) for article in range(ARTICLES)]
    for customer, one in enumerate(sets):
        order = sorted((a for a in range(ARTICLES) if a not in one and a != 3), key=lambda a: (-buyers[a], a))
        assert items[customer].tolist() == (order + [NOTHING] * 5)[:5]
        assert scores[customer].tolist() == sorted(scores[customer], reverse=True)


def test_together_adds_up_what_each_article_speaks_for() -> None:
    sets = had()
    bought = matrix(sets)
    learnt = ranking.learn(bought, with_factors=False)
    confidence = learnt.pairs.matrix().toarray()
    scores = learnt.scorers["together"](np.array([5, 8]))
    for row, customer in enumerate((5, 8)):
        for article in range(ARTICLES):
            plain = sum(confidence[mine, article] for mine in sets[customer])
            assert scores[row, article] == pytest.approx(plain, abs=1e-5)


def test_hits_are_rows_with_one_right() -> None:
    items = np.array([[0, 1], [2, NOTHING], [3, 4]])
    wanted = matrix([{1, 7}, {NOTHING % ARTICLES}, {5}])
    assert ranking.hits(items, wanted).tolist() == [True, False, False]


def test_the_reason_is_the_article_whose_buyers_bought_it_most() -> None:
    sets = had()
    bought = matrix(sets)
    learnt = ranking.learn(bought, with_factors=False)
    items, _scores = ranking.best(learnt.scorers["together"], bought, np.ones(ARTICLES, bool))
    why, share = ranking.reasons(items, bought, learnt.pairs)
    confidence = learnt.pairs.matrix().toarray()
    for customer, one in enumerate(sets):
        for rank, article in enumerate(items[customer].tolist()):
            strengths = {mine: confidence[mine, article] for mine in sorted(one)} if article != NOTHING else {}
            best = max(strengths, key=lambda mine: (strengths[mine], -mine), default=NOTHING)
            if strengths.get(best, 0) > 0:
                assert (why[customer, rank], share[customer, rank]) == (best, pytest.approx(strengths[best]))
            else:
                assert (why[customer, rank], share[customer, rank]) == (NOTHING, 0)


@pytest.mark.skipif(not factors.available(), reason="the library libgomp is not installed")
def test_factors_find_the_two_tastes() -> None:
    bought = matrix(had())
    scorer = ranking.learn(bought, with_factors=True).scorers["alike"]
    scores = scorer(np.arange(CUSTOMERS))
    odd, even = scores[1::2], scores[::2]
    assert odd[:, :6].mean() > odd[:, 6:].mean()
    assert even[:, 6:].mean() > even[:, :6].mean()
