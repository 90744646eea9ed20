"""Reproducible random assignment of customers to the arms of an experiment.

A customer's arm depends on the customer's id, the seed and the shares, and on nothing else: not on the batch, its
order, the machine or the day. Adding customers never moves others.
"""

from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from math import fsum, isclose

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
HashArray = NDArray[np.uint64]


class BadShares(ValueError):
    """The shares of the arms are not positive numbers that sum to one."""


def assign(customer_ids: IntArray, *, seed: int | str, shares: Sequence[tuple[str, float]]) -> IntArray:
    """The index in ``shares`` of each customer's arm; same length and order as ``customer_ids``.

    ``shares`` holds ``(name, share)``, shares in (0, 1] that sum to 1. Use a seed of its own for each experiment (for
    example ``"campaign:42"``), so that the control group of one is not the control group of all; ``7`` and ``"7"``
    are the same seed. Other shares or another order of arms move customers, so keep them once customers are assigned.
    Raises BadShares, and TypeError when the ids are not integers.
    """
    values = [share for _, share in shares]
    if not values or min(values) <= 0 or not isclose(fsum(values), 1, abs_tol=1e-9):
        raise BadShares(f"shares must be positive and sum to 1: {dict(shares)}")
    if customer_ids.dtype.kind not in "iu":
        raise TypeError(f"customer ids must be integers, not {customer_ids.dtype}")
    edges = np.array(list(accumulate(values))[:-1])
    return np.searchsorted(edges, uniform(customer_ids, seed=seed), side="right").astype(np.int64)


def uniform(customer_ids: IntArray, *, seed: int | str) -> NDArray[np.float64]:
    """A number in [0, 1) for each customer, evenly spread and independent from seed to seed.

    Two rounds of the splitmix64 finaliser, each keyed with 64 bits of the seed's BLAKE2b digest. One round would leave
    consecutive ids under two seeds as shifted copies of one sequence.
    """
    digest = blake2b(str(seed).encode(), digest_size=16).digest()
    first, second = (np.uint64(int.from_bytes(part, "little")) for part in (digest[:8], digest[8:]))
    hashed = _mix(_mix(customer_ids.astype(np.int64).view(np.uint64) ^ first) ^ second)
    return (hashed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mix(values: HashArray) -> HashArray:
    """The splitmix64 step: Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA.

    A bijection of 64-bit words, so different customers never collide.
    """
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
