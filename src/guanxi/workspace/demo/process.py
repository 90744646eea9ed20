"""When customers buy: a BG/NBD process (Fader, Hardie and Lee 2005) on a calendar with seasons.

A customer buys at rate lambda ~ Gamma(r, alpha) a week while alive, and leaves after a purchase with probability
p ~ Beta(a, b). The process runs in "season time", in which a busy week is longer; turning it back into calendar time
puts more orders into busy weeks without changing anything else about the process.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

R, ALPHA, A, B = 0.9, 9.0, 0.75, 3.2
MOST_ORDERS = 60
SEASONS: tuple[tuple[int, int, int, float], ...] = (
    # month, day, days, how much busier than a plain day
    (11, 1, 11, 2.6), (12, 10, 3, 1.6), (6, 1, 18, 1.9), (5, 4, 9, 1.7), (9, 8, 4, 1.3), (3, 5, 4, 1.5),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Purchases:
    """One row an order, in no order of time."""

    customer: NDArray[np.int64]
    """Index of the customer, from 0."""
    day: NDArray[np.float64]
    """Days after the first day of the calendar, with the time of day as fraction."""
    repeat: NDArray[np.int64]
    """0 for the customer's first order."""


def busyness(first: date, days: int) -> NDArray[np.float64]:
    """Relative weight of each day from ``first`` on: weekends, seasons, and a quiet Spring Festival."""
    weights = np.ones(days)
    for index in range(days):
        day = first + timedelta(days=index)
        weights[index] *= 1.15 if day.weekday() >= 5 else 1.0
        weights[index] *= 0.6 if (day.month == 2 and day.day < 12) else 1.0
        for month, begin, length, factor in SEASONS:
            start = date(day.year, month, begin)
            if start <= day < start + timedelta(days=length):
                weights[index] *= factor
    return weights


def purchases(rng: Generator, *, customers: int, first: date, days: int) -> Purchases:
    """Orders of ``customers`` people who arrive over the whole calendar, somewhat more of them each month."""
    weights = busyness(first, days)
    season_clock = np.concatenate([[0.0], np.cumsum(weights)])
    end = season_clock[-1]
    arrival = end * rng.random(customers) ** 0.75
    rate = rng.gamma(R, 1 / ALPHA, customers) / 7 / weights.mean()
    leaves = rng.beta(A, B, customers)

    who, when, repeat = [np.arange(customers)], [arrival], [np.zeros(customers, dtype=np.int64)]
    alive, at = np.arange(customers), arrival
    for order in range(1, MOST_ORDERS):
        stays = rng.random(alive.size) >= leaves[alive]
        alive, at = alive[stays], at[stays]
        at = at + rng.exponential(1.0, alive.size) / np.maximum(rate[alive], 1e-9)
        within = at < end
        alive, at = alive[within], at[within]
        if not alive.size:
            break
        who.append(alive)
        when.append(at)
        repeat.append(np.full(alive.size, order, dtype=np.int64))
    calendar = np.interp(np.concatenate(when), season_clock, np.arange(days + 1))
    return Purchases(np.concatenate(who), _into_waking_hours(rng, calendar), np.concatenate(repeat))


def _into_waking_hours(rng: Generator, day: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replace the time of day by one at which people shop: a hump at noon and a higher one at nine in the evening."""
    noon = rng.normal(12.5, 2.2, day.size)
    evening = rng.normal(20.8, 1.6, day.size)
    hour = np.clip(np.where(rng.random(day.size) < 0.4, noon, evening), 7.0, 23.9)
    return np.floor(day) + hour / 24
