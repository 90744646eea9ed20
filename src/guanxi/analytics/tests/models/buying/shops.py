"""Invented shops whose customers behave as the models say, and CDNOW, whose customers were real."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from guanxi.analytics.models.buying.histories import Floats, Histories, Ints


@dataclass(frozen=True)
class Cdnow:
    """The 2,357 customers of the published sample: 39 weeks of 1997, times in weeks."""

    repeats: Ints
    last: Floats
    age: Floats
    mean: Floats
    """Of the repeat purchases, in dollars; 0 without."""

    @property
    def histories(self) -> Histories:
        return Histories.group(self.repeats, self.last, self.age)


def cdnow(data_folder: Path) -> Cdnow:
    file = data_folder / "tx_cdnow" / "cdnow_customers_summary_with_transactions.csv"
    if not file.is_file():
        pytest.skip("the CDNOW data are not here")
    with file.open() as lines:
        rows = list(csv.DictReader(lines))
    columns = {name: np.array([float(row[name]) for row in rows]) for name in ("x", "t_x", "T", "zbar")}
    return Cdnow(columns["x"].astype(np.int64), columns["t_x"], columns["T"], columns["zbar"])


@dataclass(frozen=True)
class Shop:
    """A shop simulated by BG/NBD and Gamma-Gamma until the time ``end`` of its customers, in days."""

    histories: Histories
    repeats: Ints
    future: Ints
    """Orders of each customer within ``after`` days from then."""
    still_coming: Floats
    """What each customer's own rate and loyalty make of ``future`` on average, knowing whether they have left."""
    mean: Floats


def bg_nbd_shop(
    size: int, *, seed: int, after: float = 90.0, values: tuple[float, float, float, float] = (0.6, 60.0, 0.8, 2.5)
) -> Shop:
    r, alpha, a, b = values
    draw = np.random.default_rng(seed)
    age = draw.integers(1, 730, size).astype(np.float64)
    rate, leave = draw.gamma(r, 1 / alpha, size), draw.beta(a, b, size)
    repeats, future = np.zeros(size, np.int64), np.zeros(size, np.int64)
    last, now, here = np.zeros(size), np.zeros(size), np.ones(size, bool)
    still_here = np.ones(size, bool)
    while True:
        now = now + draw.exponential(1 / rate)
        before, later = here & (now <= age), here & (now > age) & (now <= age + after)
        if not (before | later).any():
            break
        repeats[before] += 1
        last[before] = now[before]
        future[later] += 1
        leaves = draw.random(size) < leave
        still_here &= ~(before & leaves)
        here = (before | later) & ~leaves
    coming = np.where(still_here, -np.expm1(-rate * leave * after) / leave, 0.0)
    mean = draw.gamma(6.0 * (repeats + 1), 1.0) / draw.gamma(4.0, 1 / 15.0, size) / (repeats + 1)
    return Shop(Histories.group(repeats, last, age), repeats, future, coming, mean)
