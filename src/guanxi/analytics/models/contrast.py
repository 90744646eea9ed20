"""How far two groups of people differ in a share of them, and whether that can be chance."""

from dataclasses import dataclass
from math import copysign, log, sqrt

from guanxi.analytics.models.intervals import Proportion


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two shares against each other. ``g2`` has the sign of their difference: above 0, the first is larger."""

    g2: float
    p_value: float


def contrast(group: Proportion, other: Proportion) -> Contrast:
    """The signed log-likelihood ratio of two groups that share nobody: Dunning (1993), Computational Linguistics 19.

    G² = 2 Σ observed · ln(observed / expected) over the four cells of who has it and who has not, in both groups;
    against chi-square with one degree of freedom. Zero for an empty group.
    """
    from scipy import special

    if not group.size or not other.size:
        return Contrast(0.0, 1.0)
    share = (group.hits + other.hits) / (group.size + other.size)
    total = 0.0
    for side in (group, other):
        for observed, expected in ((side.hits, side.size * share), (side.size - side.hits, side.size * (1 - share))):
            total += observed * log(observed / expected) if observed else 0.0
    g2 = max(2 * total, 0.0)
    # The upper tail of chi-square with one degree of freedom, written with the error function.
    return Contrast(copysign(g2, group.value - other.value), float(special.erfc(sqrt(g2 / 2))))


def index(group: Proportion, other: Proportion) -> float | None:
    """The first share as a multiple of the second; None where the second is nothing."""
    return group.value / other.value if other.hits else None
