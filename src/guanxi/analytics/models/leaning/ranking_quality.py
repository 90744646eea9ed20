"""How well chances sort customers, and whether they are as large as they should be."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
TENTHS = 10


def auc(chances: Floats, bought: Flags) -> float | None:
    """The chance that a buyer is placed above one who did not buy, equals counting half; None without both.

    The Mann-Whitney statistic: Hanley and McNeil (1982), Radiology 143:29-36.
    """
    from scipy import stats

    buyers, others = int(bought.sum()), int((~bought).sum())
    if not buyers or not others:
        return None
    ranks = stats.rankdata(chances)
    return float((ranks[bought].sum() - buyers * (buyers + 1) / 2) / (buyers * others))


@dataclass(frozen=True, slots=True)
class Tenth:
    customers: int
    buyers: int
    expected: float
    """Buyers by the sum of the chances."""


def tenths(chances: Floats, bought: Flags) -> list[Tenth]:
    """Ten groups of the same size, from the likeliest on."""
    order = np.argsort(-chances, kind="stable")
    return [
        Tenth(len(part), int(bought[part].sum()), float(chances[part].sum()))
        for part in np.array_split(order, TENTHS)
        if len(part)
    ]


def tenth_of(chances: Floats) -> npt.NDArray[np.int64]:
    """The tenth that each is in, from 1, the likeliest; as `tenths` divides them."""
    order = np.argsort(-chances, kind="stable")
    made = np.empty(len(chances), np.int64)
    for number, part in enumerate(np.array_split(order, TENTHS), start=1):
        made[part] = number
    return made
