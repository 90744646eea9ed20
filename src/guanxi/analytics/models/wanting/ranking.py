"""The best few articles for each customer, by one of several ways of scoring, and how often they were right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from guanxi.analytics.models.wanting import factors
from guanxi.analytics.models.wanting.together import Floats, Ints, Pairs, pairs

if TYPE_CHECKING:
    from scipy import sparse

BEST = 5
BATCH = 4_000_000
"""Cells of the score table that are in memory at once."""
FILL = 1e-6
"""Weight of popularity beside another way: it decides only where that is silent."""
TIE = 1e-13
"""Far below any difference of scores that means something."""
NOTHING = -1

Scorer = Callable[[Ints], npt.NDArray[np.float64]]
"""Scores of all articles for some customers: higher is better, whatever the scale; 0 is none at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """Ways of scoring, by name, from the simplest on."""

    scorers: Mapping[str, Scorer]
    pairs: Pairs


def learn(bought: "sparse.csr_array", *, with_factors: bool) -> Learnt:
    """``popular``: what most bought. ``together``: what was bought with what a customer has. ``alike``: tastes."""
    had = bought.copy()
    had.data = np.ones_like(had.data)
    popular = np.asarray(had.sum(axis=0)).ravel() / max(bought.shape[0], 1)
    found = pairs(bought)
    confidence = found.matrix()

    def by_pairs(rows: Ints) -> Floats:
        return np.asarray((had[rows] @ confidence).toarray() + FILL * popular)

    scorers: dict[str, Scorer] = {
        "popular": lambda rows: np.tile(popular, (len(rows), 1)),
        "together": by_pairs,
    }
    if with_factors:
        customers, articles = factors.learn(bought)
        scorers["alike"] = lambda rows: np.asarray(customers[rows] @ articles.T, np.float64) + 1.0
    return Learnt(scorers, found)


def best(
    scorer: Scorer,
    bought: "sparse.csr_array",
    offered: npt.NDArray[np.bool_],
    *,
    customers: Ints | None = None,
    most: int = BEST,
) -> tuple[Ints, Floats]:
    """The best ``most`` articles for each customer among those offered that they do not have, and their scores.

    ``customers`` are rows of ``bought``, all when left out. Both tables have a row for each of them, the best first;
    NOTHING with score 0 where there are fewer.
    """
    asked = np.arange(bought.shape[0]) if customers is None else customers
    articles = bought.shape[1]
    width, step = min(most, articles), max(BATCH // max(articles, 1), 1)
    items, scores = np.full((len(asked), most), NOTHING, np.int64), np.zeros((len(asked), most))
    for start in range(0, len(asked), step):
        rows = slice(start, start + step)
        table = scorer(asked[rows])
        part = bought[asked[rows]].tocoo()
        table[part.row, part.col] = 0.0
        table[:, ~offered] = 0.0
        order = _first(table, width)
        found = np.take_along_axis(table, order, axis=1)
        items[rows, :width] = np.where(found > 0, order, NOTHING)
        scores[rows, :width] = np.maximum(found, 0.0)
    return items, scores


def _first(table: Floats, width: int) -> Ints:
    """Places of the ``width`` largest of each row, the largest first; of equals the first, the same every night."""
    key = TIE * np.arange(table.shape[1]) / table.shape[1] - table
    some = np.argpartition(key, width - 1, axis=1)[:, :width]
    return np.take_along_axis(some, np.argsort(np.take_along_axis(key, some, axis=1), axis=1), axis=1)


def hits(items: Ints, wanted: "sparse.csr_array") -> npt.NDArray[np.bool_]:
    """Whether at least one article of each row is among what that customer came to want."""
    rows = np.repeat(np.arange(len(items)), items.shape[1])
    flat = items.ravel()
    told = flat != NOTHING
    right = np.zeros(len(flat), bool)
    right[told] = np.asarray(wanted[rows[told], flat[told]]).ravel() > 0
    return np.asarray(right.reshape(items.shape).any(axis=1), np.bool_)


def reasons(items: Ints, bought: "sparse.csr_array", found: Pairs) -> tuple[Ints, Floats]:
    """For each article of each row, what this customer has whose buyers most often bought it too, and that share.

    NOTHING and 0 where no pair leads there.
    """
    confidence = found.matrix().tocsc()
    had = bought.tocsr()
    why, share = np.full(items.shape, NOTHING, np.int64), np.zeros(items.shape)
    owned = np.diff(had.indptr)
    for rank in range(items.shape[1]):
        told = np.flatnonzero(items[:, rank] != NOTHING)
        chosen = _entries(had.indptr, told)
        have, then = had.indices[chosen], np.repeat(items[told, rank], owned[told])
        strength = np.asarray(confidence[have, then]).ravel()
        of = np.repeat(np.arange(len(told)), owned[told])
        # The last of each customer after sorting is the strongest; of equals that with the smaller number.
        order = np.lexsort((-have, strength, of))
        last = np.cumsum(owned[told])[owned[told] > 0] - 1
        strongest = order[last]
        customers = told[of[strongest]]
        share[customers, rank] = strength[strongest]
        why[customers, rank] = np.where(strength[strongest] > 0, have[strongest], NOTHING)
    return why, share


def _entries(starts: Ints, rows: Ints) -> Ints:
    """Places of all entries of some rows of a sparse matrix, row by row."""
    lengths = starts[rows + 1] - starts[rows]
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts[rows] - (ends - lengths), lengths)
