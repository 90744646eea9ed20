"""What is known of each customer on a day: only from purchases before it.

Nothing else is looked at: a profile or a count of visits as it is today may have been written after the day, and would
tell the answer.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NEVER = 3_650.0
"""Days since something that has not happened."""
RECENT = 90
NAMES = (
    "days since any purchase",
    "days since the first purchase",
    "days with a purchase",
    "days with a purchase in the last 90",
    "categories bought from",
    "days since this category",
    "days with this category",
    "days with this category in the last 90",
    "share of days with this category",
    "days between purchases, on average",
)


@dataclass(frozen=True, slots=True, eq=False)
class Bought:
    """Days on which customers bought from categories, an entry for each customer, category and day."""

    who: Ints
    what: Ints
    """Number of the category; -1 where there is none."""
    day: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of the customers who had bought before a day, a row each."""

    who: Ints
    shared: Floats
    """What does not hang on a category: the columns that are not of "this category"."""
    bought: Bought
    """The entries before the day."""
    cut: int

    def features(self, category: int) -> Floats:
        """The columns of NAMES, for one category."""
        mine = self.bought.what == category
        size, row = len(self.who), np.searchsorted(self.who, self.bought.who[mine])
        day = self.bought.day[mine]
        last = np.full(size, -np.inf)
        np.maximum.at(last, row, day)
        times = np.bincount(row, minlength=size).astype(np.float64)
        lately = np.bincount(row[day >= self.cut - RECENT], minlength=size).astype(np.float64)
        since = np.where(np.isfinite(last), self.cut - last, NEVER)
        any_since, first, days, recent, kinds, pause = self.shared.T
        return np.column_stack([any_since, first, days, recent, kinds, since, times, lately, times / days, pause])


def distinct(*columns: Ints) -> list[Ints]:
    """The different rows of columns of numbers from -1 on, sorted by the first column and then by the others."""
    key = np.zeros(len(columns[0]), np.int64)
    widths = [int(column.max(initial=-1)) + 2 for column in columns]
    for column, width in zip(columns, widths, strict=True):
        key = key * width + column + 1
    key = np.unique(key)
    found = []
    for width in reversed(widths):
        key, column = np.divmod(key, width)
        found.append(column - 1)
    return found[::-1]


def known(bought: Bought, *, cut: int) -> Known:
    """What could be known on the day ``cut``, of everyone who had bought before it. Purchases on it count as later."""
    before = bought.day < cut
    early = Bought(bought.who[before], bought.what[before], bought.day[before])
    owner, day = distinct(early.who, early.day)
    who, row = np.unique(owner, return_inverse=True)
    size = len(who)
    first, last = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(first, row, day)
    np.maximum.at(last, row, day)
    count = np.bincount(row, minlength=size).astype(np.float64)
    recent = np.bincount(row[day >= cut - RECENT], minlength=size)
    named = early.what >= 0
    had, _kinds = distinct(early.who[named], early.what[named])
    many = np.bincount(np.searchsorted(who, had), minlength=size)
    pause = np.where(count > 1, (last - first) / np.maximum(count - 1, 1), NEVER)
    shared = np.column_stack([cut - last, cut - first, count, recent, many, pause])
    return Known(who, shared, early, cut)


def bought_within(bought: Bought, seen: Known, category: int, *, days: int) -> npt.NDArray[np.bool_]:
    """Who of the known bought from the category on the day itself or in the rest of the ``days`` from then on."""
    chosen = (bought.what == category) & (bought.day >= seen.cut) & (bought.day < seen.cut + days)
    return np.isin(seen.who, bought.who[chosen])
