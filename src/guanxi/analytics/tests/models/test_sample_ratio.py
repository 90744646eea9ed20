"""Do the groups have the sizes that were planned?"""

import pytest
from scipy import stats

from guanxi.analytics.models.sample_ratio import sample_ratio


def test_half_and_half() -> None:
    check = sample_ratio([44_000, 45_000], shares=[0.5, 0.5])
    assert check.expected == (44_500, 44_500)
    assert round(check.p_value, 4) == 0.0008
    assert check.mismatch and not check.exact


def test_shares_may_be_weights() -> None:
    assert sample_ratio([900, 100], shares=[9, 1]).p_value == 1.0
    assert sample_ratio([480, 420, 100], shares=[0.45, 0.45, 0.1]) == sample_ratio([480, 420, 100], shares=[9, 9, 2])


def test_small_expected_counts_are_tested_exactly() -> None:
    check = sample_ratio([38, 0], shares=[0.9, 0.1])
    assert check.exact
    assert check.p_value == pytest.approx(stats.binomtest(0, 38, 0.1).pvalue)
    assert not check.mismatch


def test_small_counts_in_three_arms_take_the_worst_of_three_exact_tests() -> None:
    check = sample_ratio([14, 13, 13], shares=[0.49, 0.49, 0.02])
    assert check.exact and check.mismatch
    assert check.p_value == pytest.approx(3 * stats.binomtest(13, 40, 0.02).pvalue)


def test_exact_test_is_valid_and_chi_square_would_not_be() -> None:
    # Three of 300 customers in an arm planned at 0.1 %: chi-square calls it one in 200,000, the truth is 0.4 %.
    check = sample_ratio([297, 3], shares=[0.999, 0.001])
    assert check.p_value == pytest.approx(1 - stats.binom.cdf(2, 300, 0.001), rel=1e-6)
    assert not check.mismatch
    assert stats.chisquare([297, 3], [299.7, 0.3]).pvalue < 1e-5


def test_nobody_yet_is_no_mismatch() -> None:
    assert sample_ratio([0, 0], shares=[0.9, 0.1]).p_value == 1.0


@pytest.mark.parametrize(("observed", "shares"), [([1, 2], [1.0]), ([5], [1.0]), ([1, 2], [1.0, 0.0]), ([], [])])
def test_shares_that_do_not_fit_the_arms_are_refused(observed: list[int], shares: list[float]) -> None:
    with pytest.raises(ValueError, match="planned share"):
        sample_ratio(observed, shares=shares)
