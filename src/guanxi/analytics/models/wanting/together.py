"""What is bought by the same customers: Agrawal, Imielinski and Swami (1993), SIGMOD, with customers for baskets."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy import sparse

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MIN_TOGETHER = 5
"""Customers who bought both, before a pair says anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of articles, one entry each way; every array has as many entries as there are pairs."""

    size: int
    """Of articles."""
    bought: Ints
    then: Ints
    """Columns of the two articles."""
    count: Ints
    """Customers who bought both."""
    confidence: Floats
    """Of the buyers of the first, the share who bought the second too."""
    lift: Floats
    """The same as a multiple of the share of all customers who bought the second."""

    def matrix(self) -> "sparse.csr_array":
        """Confidence from row to column; nothing for other pairs."""
        from scipy import sparse

        return sparse.csr_array((self.confidence, (self.bought, self.then)), shape=(self.size, self.size))


def pairs(bought: "sparse.csr_array", *, least: int = MIN_TOGETHER) -> Pairs:
    """The pairs that ``least`` customers bought and that are bought together more often than by chance (lift > 1)."""
    from scipy import sparse

    had = sparse.csr_array((np.ones(bought.nnz), bought.indices, bought.indptr), shape=bought.shape)
    both = sparse.coo_array(had.T @ had)
    buyers = np.asarray(had.sum(axis=0)).ravel()
    first, second, count = both.row, both.col, both.data
    confidence = count / buyers[first]
    lift = confidence * bought.shape[0] / buyers[second]
    kept = (first != second) & (count >= least) & (lift > 1)
    return Pairs(
        bought.shape[1],
        first[kept].astype(np.int64),
        second[kept].astype(np.int64),
        count[kept].astype(np.int64),
        confidence[kept],
        lift[kept],
    )
