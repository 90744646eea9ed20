"""Does a model keep its word? Fitted to the time before, held against the time after, which it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from guanxi.analytics.models.buying.fitting import Fit
from guanxi.analytics.models.buying.histories import Floats, Histories, Ints

GROUPS = (1, 2, 3, 4, 5, 6, 8, 11, 16)
"""Groups by orders until then begin at these numbers; the last is open."""


@dataclass(frozen=True, slots=True)
class Group:
    """Customers with between ``fewest`` and ``most`` orders before the held-out time; ``most`` is None for "and more".

    ``expected`` and ``seen`` are all their orders in it.
    """

    fewest: int
    most: int | None
    customers: int
    expected: float
    seen: int


@dataclass(frozen=True, slots=True)
class Calibration:
    groups: tuple[Group, ...]
    expected_by_period: tuple[float, ...]
    """Orders of all these customers in each held-out period."""
    seen_by_period: tuple[int, ...]

    @property
    def expected(self) -> float:
        return sum(self.expected_by_period)

    @property
    def seen(self) -> int:
        return sum(self.seen_by_period)

    @property
    def error(self) -> float | None:
        """How far the expectation is off, as a share of what was seen; None when nothing was."""
        return self.expected / self.seen - 1 if self.seen else None


def calibrate(
    fit: Fit, histories: Histories, *, seen: Ints, seen_by_period: Sequence[int], period: float
) -> Calibration:
    """Hold a fit to ``histories`` against what came after.

    ``seen`` is the number of orders of each customer in the time held out, in the order of ``Histories.group``;
    ``seen_by_period`` is that of all of them in each of its periods, which have the length ``period``.
    """
    ends: Floats = period * np.arange(1, len(seen_by_period) + 1, dtype=np.float64)
    repeats, age, at = histories.pairs
    future = fit.model.expected_if_alive(fit.values, repeats.astype(np.float64), age, ends)
    alive = fit.model.alive(fit.values, histories)
    reached: Floats = np.array([(alive * row[at]) @ histories.customers for row in future])
    expected = histories.per_customer(alive * future[-1][at])
    orders = histories.repeats[histories.of] + 1
    group_of = np.searchsorted(GROUPS, orders, side="right") - 1
    sizes = np.bincount(group_of, minlength=len(GROUPS))
    expected_of = np.bincount(group_of, weights=expected, minlength=len(GROUPS))
    seen_of = np.bincount(group_of, weights=seen, minlength=len(GROUPS))
    ends_of = [*(first - 1 for first in GROUPS[1:]), None]
    return Calibration(
        groups=tuple(
            Group(GROUPS[n], ends_of[n], int(sizes[n]), float(expected_of[n]), int(seen_of[n]))
            for n in range(len(GROUPS))
            if sizes[n]
        ),
        expected_by_period=tuple(map(float, np.diff(reached, prepend=0.0))),
        seen_by_period=tuple(map(int, seen_by_period)),
    )
