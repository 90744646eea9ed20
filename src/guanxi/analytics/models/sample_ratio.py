"""Sample-ratio mismatch: do the groups have the sizes that were planned?"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

MISMATCH_P = 0.001
"""Kohavi, Tang and Xu (2020), Trustworthy Online Controlled Experiments, chapter 21."""

SMALL_EXPECTED = 5
"""Below this expected count the chi-square approximation is not relied on (Cochran 1954, Biometrics 10:417-451)."""


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """The check's outcome. ``expected`` holds the planned number of customers of each arm, in the order given."""

    observed: tuple[int, ...]
    expected: tuple[float, ...]
    p_value: float
    exact: bool

    @property
    def mismatch(self) -> bool:
        """True when the sizes are so unlikely that the arms cannot be compared."""
        return self.p_value < MISMATCH_P


def sample_ratio(observed: Sequence[int], *, shares: Sequence[float]) -> SampleRatio:
    """Test the arms' sizes against their planned shares, which may be any positive weights.

    Pearson's chi-square; when an expected count is below 5, an exact binomial test for each arm, the smallest p-value
    multiplied by the number of tests (Bonferroni; two arms are one test), which is valid however small the counts.
    Why a mismatch voids a result: Fabijan et al. (2019), Diagnosing sample ratio mismatch in online controlled
    experiments, KDD. Raises ValueError when the lengths differ, there are fewer than two arms or a share is not
    positive.
    """
    from scipy import stats

    if len(observed) != len(shares) or len(shares) < 2 or min(shares) <= 0:
        raise ValueError(f"each of two or more arms needs a positive planned share: {observed} and {shares}")
    customers, weight = sum(observed), fsum(shares)
    expected = tuple(customers * share / weight for share in shares)
    exact = min(expected) < SMALL_EXPECTED
    if customers == 0:
        p_value = 1.0
    elif exact:
        p_values = [
            stats.binomtest(count, customers, share / weight).pvalue
            for count, share in zip(observed, shares, strict=True)
        ]
        tests = 1 if len(shares) == 2 else len(shares)
        p_value = min(1.0, tests * float(min(p_values)))
    else:
        p_value = float(stats.chisquare(observed, expected).pvalue)
    return SampleRatio(observed=tuple(observed), expected=expected, p_value=p_value, exact=exact)
