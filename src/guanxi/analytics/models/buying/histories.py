"""What buy-till-you-die models know of customers: repeat purchases, the age at the last one, the age now."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class BadHistories(ValueError):
    """Histories that no customer can have."""


WHOLE = 2**20
"""Whole numbers below this, such as days, are counted instead of sorted."""


def distinct(values: Floats | Ints) -> tuple[Floats, Ints]:
    """The distinct values, ascending, and for each value the place of its own; ``values`` are not below 0."""
    if len(values) and values.max() < WHOLE:
        whole = values.astype(np.int64)
        if (whole == values).all():
            there = np.bincount(whole) > 0
            return np.flatnonzero(there).astype(np.float64), (np.cumsum(there) - 1)[whole]
    found, at = np.unique(values, return_inverse=True)
    return found.astype(np.float64), at.astype(np.int64)


def dot(some: Floats | Ints, others: Floats) -> float:
    """Σ some × others. Not by ``@``: for long vectors BLAS wakes a thread on every core, and waiting for them costs
    more than the sum; fits took three times the processor time."""
    return float(np.einsum("i,i->", some, others))


@dataclass(frozen=True, eq=False)
class Histories:
    """Customers counted by their distinct histories, of which a million customers have far fewer.

    All times are in one unit of the caller's choice (days, weeks), counted from the customer's first purchase, which
    itself is no repeat. Made by ``group``.
    """

    repeats: Ints
    """x: purchases after the first."""
    last: Floats
    """t_x: age at the last purchase; 0 without repeats."""
    age: Floats
    """T: age at the end of the data."""
    customers: Ints
    """How many have this history."""
    of: Ints
    """For each customer given to ``group``, in that order, the row of their history."""

    @classmethod
    def group(cls, repeats: npt.ArrayLike, last: npt.ArrayLike, age: npt.ArrayLike) -> "Histories":
        """Histories of customers, one entry each. Raises BadHistories."""
        x, t_x, t = np.asarray(repeats, np.int64), np.asarray(last, np.float64), np.asarray(age, np.float64)
        if not (x.shape == t_x.shape == t.shape and x.ndim == 1):
            raise BadHistories("repeats, last and age must be lists of the same length")
        if not (np.isfinite(t_x).all() and np.isfinite(t).all()) or (x < 0).any() or (t_x < 0).any() or (t_x > t).any():
            raise BadHistories("needs repeats >= 0 and 0 <= last <= age")
        if (t_x[x == 0] > 0).any():
            raise BadHistories("a customer without repeats has last = 0")
        key, levels = np.zeros(len(x), np.int64), []
        for column in (x, t_x, t):
            level, rank = distinct(column)
            key = key * len(level) + rank
            levels.append(level)
        keys, of, customers = np.unique(key, return_inverse=True, return_counts=True)
        rest, age_at = np.divmod(keys, max(len(levels[2]), 1))
        x_at, last_at = np.divmod(rest, max(len(levels[1]), 1))
        return cls(levels[0][x_at].astype(np.int64), levels[1][last_at], levels[2][age_at], customers, of)

    @property
    def size(self) -> int:
        """Number of customers."""
        return int(self.customers.sum())

    @property
    def repeat_buyers(self) -> int:
        return int(self.customers[self.repeats > 0].sum())

    @cached_property
    def levels(self) -> tuple[Ints, Ints]:
        """The distinct numbers of repeats, and for each row the place of its own among them."""
        found, at = distinct(self.repeats)
        return found.astype(np.int64), at

    @cached_property
    def pairs(self) -> tuple[Ints, Floats, Ints]:
        """The distinct (repeats, age), which are the future of those alive, and the place of each row's own."""
        ages, rank = distinct(self.age)
        keys, at = np.unique(self.repeats * len(ages) + rank, return_inverse=True)
        return keys // max(len(ages), 1), ages[keys % max(len(ages), 1)], at

    def sample(self, most: int, *, seed: int = 0) -> "Histories":
        """At most this many of the customers, drawn without putting back; the same for the same seed."""
        if self.size <= most:
            return self
        chosen = np.random.default_rng(seed).choice(len(self.of), size=most, replace=False)
        row = self.of[np.sort(chosen)]
        return Histories.group(self.repeats[row], self.last[row], self.age[row])

    def per_customer(self, values: Floats) -> Floats:
        """Values of the rows, given to each customer in the order of ``group``."""
        return values[self.of]
