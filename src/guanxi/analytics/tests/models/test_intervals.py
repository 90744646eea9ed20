"""The statistics underneath, against published tables and other implementations."""

from math import isclose, sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from guanxi.analytics.models.intervals import (
    Effect,
    Estimate,
    Mean,
    Proportion,
    compare_means,
    compare_proportions,
    holm,
    power_quantile,
    wilson,
)

steady = settings(deadline=None, derandomize=True)
means = st.builds(
    Mean,
    mean=st.floats(-1e6, 1e6),
    variance=st.floats(1e-3, 1e9),
    size=st.integers(2, 10**7),
)


@st.composite
def proportions(draw: st.DrawFn) -> Proportion:
    size = draw(st.integers(1, 10**6))
    return Proportion(draw(st.integers(0, size)), size)


def bounds(estimate: Estimate | None) -> tuple[float, float]:
    assert estimate is not None and estimate.low is not None and estimate.high is not None
    return estimate.low, estimate.high


# Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10.
@pytest.mark.parametrize(
    ("hits", "size", "base_hits", "base_size", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_newcombe_published_examples(
    hits: int, size: int, base_hits: int, base_size: int, low: float, high: float
) -> None:
    effect = compare_proportions(Proportion(hits, size), Proportion(base_hits, base_size))
    assert [round(bound, 4) for bound in bounds(effect.difference)] == [low, high]


def test_wilson_equals_scipy() -> None:
    for hits, size in [(0, 10), (1, 29), (81, 263), (15, 148), (20, 20)]:
        expected = stats.binomtest(hits, size).proportion_ci(method="wilson")
        assert wilson(Proportion(hits, size)) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_pearson_p_value_equals_scipy() -> None:
    effect = compare_proportions(Proportion(56, 70), Proportion(48, 80))
    expected = stats.chi2_contingency([[56, 14], [48, 32]], correction=False).pvalue
    assert effect.p_value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("hits", [(5, 100, 5, 1000), (30, 100, 25, 120), (7, 900, 60, 1000), (1, 34, 7, 34)])
def test_relative_conversion_solves_its_defining_equation(hits: tuple[int, int, int, int]) -> None:
    group, base = Proportion(*hits[:2]), Proportion(*hits[2:])
    (group_low, group_high), (base_low, base_high) = wilson(group), wilson(base)

    # MOVER: the ratio r at which the interval of ``group - r * base`` just touches zero.
    def lower_bound(r: float) -> float:
        return (
            group.value - r * base.value - sqrt((group.value - group_low) ** 2 + r**2 * (base_high - base.value) ** 2)
        )

    def upper_bound(r: float) -> float:
        return (
            group.value - r * base.value + sqrt((group_high - group.value) ** 2 + r**2 * (base.value - base_low) ** 2)
        )

    low, high = bounds(compare_proportions(group, base).lift)
    ratio = group.value / base.value
    assert low + 1 == pytest.approx(optimize.brentq(lower_bound, 0, ratio), rel=1e-9)
    assert high + 1 == pytest.approx(optimize.brentq(upper_bound, ratio, 1000 * ratio), rel=1e-9)


@steady
@given(group=proportions(), base=proportions())
def test_difference_of_proportions_is_symmetric_and_holds_the_estimate(group: Proportion, base: Proportion) -> None:
    effect, swapped = compare_proportions(group, base), compare_proportions(base, group)
    low, high = bounds(effect.difference)
    assert -1 - 1e-12 <= low <= effect.difference.value <= high <= 1 + 1e-12
    assert bounds(swapped.difference) == pytest.approx((-high, -low), abs=1e-12)
    assert effect.p_value == swapped.p_value


@steady
@given(group=proportions(), base=proportions())
def test_relative_and_absolute_conversion_agree_about_zero(group: Proportion, base: Proportion) -> None:
    effect = compare_proportions(group, base)
    assume(base.hits > 0)
    (low, high), (lift_low, lift_high) = bounds(effect.difference), bounds(effect.lift)
    assert effect.lift is not None and lift_low <= effect.lift.value <= lift_high
    assume(min(abs(low), abs(high)) > 1e-9)
    assert (lift_low > 0, lift_high < 0) == (low > 0, high < 0)


@steady
@given(hits=st.integers(1, 99), base_hits=st.integers(1, 99), factor=st.integers(2, 1000))
def test_more_customers_narrow_the_intervals(hits: int, base_hits: int, factor: int) -> None:
    few = compare_proportions(Proportion(hits, 100), Proportion(base_hits, 100))
    many = compare_proportions(Proportion(hits * factor, 100 * factor), Proportion(base_hits * factor, 100 * factor))
    for narrow, wide in ((many.difference, few.difference), (many.lift, few.lift)):
        assert bounds(narrow)[1] - bounds(narrow)[0] < bounds(wide)[1] - bounds(wide)[0]


def test_welch_equals_scipy() -> None:
    random = np.random.default_rng(20260101)
    group, base = random.lognormal(3, 1, 140), random.lognormal(2.8, 0.6, 35)
    effect = compare_means(
        Mean(group.mean(), group.var(ddof=1), len(group)), Mean(base.mean(), base.var(ddof=1), len(base)), level=0.9
    )
    expected = stats.ttest_ind(group, base, equal_var=False)
    interval = expected.confidence_interval(0.9)
    assert effect.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    assert bounds(effect.difference) == pytest.approx((interval.low, interval.high), rel=1e-9)


@steady
@given(group=means, base=means)
def test_difference_of_means_is_symmetric_and_holds_the_estimate(group: Mean, base: Mean) -> None:
    effect, swapped = compare_means(group, base), compare_means(base, group)
    low, high = bounds(effect.difference)
    assert low <= effect.difference.value <= high
    assert bounds(swapped.difference) == (-high, -low)
    assert effect.p_value == swapped.p_value


@steady
@given(group=means, base=means)
def test_relative_and_absolute_difference_of_means_agree_about_zero(group: Mean, base: Mean) -> None:
    effect = compare_means(group, base)
    assume(effect.lift is not None and effect.lift.low is not None)
    (low, high), (lift_low, lift_high) = bounds(effect.difference), bounds(effect.lift)
    assume(not isclose(low, 0, abs_tol=1e-6 * (high - low)) and not isclose(high, 0, abs_tol=1e-6 * (high - low)))
    assert (lift_low > 0, lift_high < 0) == (low > 0, high < 0)


@steady
@given(group=means, base=means, factor=st.integers(2, 1000))
def test_more_customers_narrow_the_interval_of_means(group: Mean, base: Mean, factor: int) -> None:
    few = bounds(compare_means(group, base).difference)
    more = [Mean(mean.mean, mean.variance, mean.size * factor) for mean in (group, base)]
    many = bounds(compare_means(*more).difference)
    assert many[1] - many[0] <= few[1] - few[0]


def test_fieller_solves_its_defining_equation_and_nears_the_delta_method() -> None:
    group, base = Mean(12.0, 400.0, 5000), Mean(10.0, 300.0, 4000)
    effect = compare_means(group, base)
    quantile = (bounds(effect.difference)[1] - 2.0) / sqrt(400 / 5000 + 300 / 4000)
    for bound in bounds(effect.lift):
        ratio = 1 + bound
        assert (12 - ratio * 10) ** 2 == pytest.approx(quantile**2 * (400 / 5000 + ratio**2 * 300 / 4000), rel=1e-9)
    delta = 1.96 * sqrt(400 / 5000 / 100 + 12**2 * 300 / 4000 / 10**4)
    assert bounds(effect.lift) == pytest.approx((0.2 - delta, 0.2 + delta), abs=0.01)


def test_lift_has_no_interval_over_a_base_that_may_be_zero_and_no_value_over_one_that_is() -> None:
    noisy = compare_means(Mean(2.0, 1.0, 100), Mean(1.0, 100.0, 100))
    assert noisy.lift == Estimate(1.0)
    assert compare_means(Mean(2.0, 1.0, 100), Mean(0.0, 1.0, 100)).lift is None
    assert compare_means(Mean(2.0, 1.0, 100), Mean(-1.0, 1.0, 100)).lift is None
    assert compare_proportions(Proportion(5, 100), Proportion(0, 100)).lift is None


def test_no_interval_without_variation_or_customers() -> None:
    assert compare_means(Mean(2.0, 0.0, 100), Mean(1.0, 0.0, 100)) == Effect(Estimate(1.0), Estimate(1.0))
    assert compare_means(Mean(2.0, 0.0, 1), Mean(1.0, 4.0, 100)) == Effect(Estimate(1.0), Estimate(1.0))
    assert compare_means(Mean(0.0, 0.0, 0), Mean(0.0, 0.0, 0)) == Effect(Estimate(0.0), None)
    assert compare_proportions(Proportion(0, 0), Proportion(5, 10)) == Effect(Estimate(-0.5), Estimate(-1.0))


def test_holm_adjusts_in_the_order_given() -> None:
    # Sorted 0.005, 0.01, 0.03, 0.04 become 4 x 0.005, 3 x 0.01, 2 x 0.03 and no less than the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([0.02]) == [0.02]
    assert holm([]) == []


@steady
@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_never_lowers_a_p_value_and_keeps_the_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(raw <= new <= 1 for raw, new in zip(p_values, adjusted, strict=True))
    ordered = [new for _, new in sorted(zip(p_values, adjusted, strict=True))]
    assert ordered == sorted(ordered)


def test_power_of_eighty_percent_takes_2_80_standard_errors() -> None:
    assert round(power_quantile(), 4) == 2.8016
