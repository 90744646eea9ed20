"""What a campaign earned over its control group, from totals."""

from dataclasses import replace
from math import ceil, sqrt

import numpy as np
import pytest
from scipy import stats

from guanxi.analytics.models.experiment import ArmTotals, BadTotals, Shortfall, Verdict, analyse
from guanxi.analytics.models.intervals import Estimate

CONTROL = ArmTotals(
    name="control", customers=10_000, buyers=500, orders=550, orders_squares=700, revenue=5_000_000,
    revenue_squares=60_000_000_000,
)  # fmt: skip
BETTER = replace(CONTROL, name="A", buyers=600, orders=660, orders_squares=840, revenue=6_500_000, cost=300_000)
SAME = replace(CONTROL, name="B", revenue=5_050_000)


def drawn(name: str, *, customers: int, buyers: int, amount: int, seed: int) -> tuple[np.ndarray, ArmTotals]:
    """Invented customers of whom the first ``buyers`` bought for about ``amount``."""
    random = np.random.default_rng(seed)
    revenue = np.zeros(customers, dtype=np.int64)
    revenue[:buyers] = random.lognormal(np.log(amount), 0.7, buyers).astype(np.int64)
    return revenue, ArmTotals.from_values(name=name, revenue=revenue, orders=(revenue > 0).astype(np.int64))


def test_totals_of_arrays() -> None:
    arm = ArmTotals.from_values(
        name="A", revenue=np.array([0, 1250, -300, 700]), orders=np.array([0, 2, 1, 1]), cost=90
    )
    assert arm == ArmTotals(
        name="A", customers=4, buyers=3, orders=4, orders_squares=6, revenue=1650, revenue_squares=2_142_500, cost=90
    )
    assert arm.revenue_per_customer.mean == 412.5
    assert arm.revenue_per_customer.variance == pytest.approx(np.var([0, 1250, -300, 700], ddof=1), rel=1e-15)


def test_squares_beyond_64_bits_are_exact() -> None:
    revenue = np.array([4_000_000_000, 4_000_000_000, 4_000_000_002])
    arm = ArmTotals.from_values(name="A", revenue=revenue, orders=np.array([1, 1, 1]))
    assert arm.revenue_squares == 48_000_000_016_000_000_004
    assert arm.revenue_per_customer.variance == pytest.approx(4 / 3, rel=1e-15)


def test_result_from_totals_equals_the_test_on_rows() -> None:
    rows, variant = drawn("A", customers=900, buyers=90, amount=20_000, seed=1)
    control_rows, control = drawn("control", customers=400, buyers=30, amount=15_000, seed=2)
    (comparison,) = analyse(control=control, variants=[variant]).comparisons
    expected = stats.ttest_ind(rows, control_rows, equal_var=False)
    interval = expected.confidence_interval()
    difference = comparison.revenue.difference
    assert difference.value == pytest.approx(rows.mean() - control_rows.mean(), rel=1e-12)
    assert (difference.low, difference.high) == pytest.approx((interval.low, interval.high), rel=1e-9)
    assert comparison.revenue.p_value == pytest.approx(expected.pvalue, rel=1e-9)


def test_money_orders_and_return_of_a_variant() -> None:
    (comparison,) = analyse(control=CONTROL, variants=[BETTER]).comparisons
    assert comparison.verdict == Verdict.MORE
    assert comparison.revenue.difference.value == pytest.approx(150.0)
    assert comparison.revenue.lift is not None and comparison.revenue.lift.value == pytest.approx(0.3)
    assert comparison.conversion.difference.value == pytest.approx(0.01)
    assert comparison.conversion.lift is not None and comparison.conversion.lift.value == pytest.approx(0.2)
    assert comparison.incremental_revenue.value == pytest.approx(1_500_000)
    assert comparison.incremental_orders.value == pytest.approx(110)
    difference, total, back = comparison.revenue.difference, comparison.incremental_revenue, comparison.return_on_cost
    assert back is not None and difference.low is not None and total.low is not None and back.low is not None
    assert total.low == pytest.approx(10_000 * difference.low)
    assert back.value == pytest.approx(4.0)
    assert back.low == pytest.approx((total.low - 300_000) / 300_000)


def test_no_cost_has_no_return_and_the_control_groups_cost_is_taken_off() -> None:
    free, dearer = replace(BETTER, cost=0), replace(CONTROL, cost=150_000)
    assert analyse(control=CONTROL, variants=[free]).comparisons[0].return_on_cost is None
    back = analyse(control=dearer, variants=[BETTER]).comparisons[0].return_on_cost
    assert back is not None and back.value == pytest.approx(1_500_000 / 150_000 - 1)
    assert analyse(control=replace(CONTROL, cost=300_000), variants=[BETTER]).comparisons[0].return_on_cost is None


def test_swapping_the_arms_turns_more_into_less() -> None:
    forth = analyse(control=CONTROL, variants=[BETTER]).comparisons[0]
    back = analyse(control=BETTER, variants=[CONTROL]).comparisons[0]
    assert back.verdict == Verdict.LESS
    there, here = forth.revenue.difference, back.revenue.difference
    assert there.low is not None and there.high is not None
    assert here == Estimate(-there.value, -there.high, -there.low)


def test_no_difference_tells_what_could_have_been_seen() -> None:
    (comparison,) = analyse(control=CONTROL, variants=[SAME]).comparisons
    assert comparison.verdict == Verdict.NO_DIFFERENCE
    error = sqrt(SAME.revenue_per_customer.squared_error + CONTROL.revenue_per_customer.squared_error)
    assert comparison.detectable == pytest.approx(2.80159 * error, rel=1e-5)
    # Ten percent of the control group's 500 is 50, and sizes grow with the square of what is to be seen.
    assert comparison.detectable is not None
    assert comparison.customers_needed == ceil(20_000 * (comparison.detectable / 50) ** 2)


def test_customers_needed_equal_the_textbook() -> None:
    # A difference of half a standard deviation takes 63 in each group (normal approximation, 5 %, power 80 %).
    # Here the standard deviation is 0.2 of the mean, so a lift of 10 % is half of it.
    revenue = np.tile([8_000, 12_000], 100_000)
    arm = ArmTotals.from_values(name="A", revenue=revenue, orders=np.ones(200_000, dtype=np.int64))
    (comparison,) = analyse(control=arm, variants=[arm]).comparisons
    assert comparison.customers_needed == 126


def test_several_variants_are_adjusted_by_holm() -> None:
    weak = replace(CONTROL, name="weak", revenue=5_750_000)
    variants = [replace(weak, name=str(number)) for number in range(3)] + [BETTER]
    result = analyse(control=CONTROL, variants=variants)
    raw = [comparison.revenue.p_value for comparison in result.comparisons]
    adjusted = [comparison.revenue.adjusted_p_value for comparison in result.comparisons]
    assert raw[0] is not None and raw[3] is not None
    assert adjusted == [pytest.approx(3 * raw[0])] * 3 + [pytest.approx(4 * raw[3])]
    assert raw[0] < 0.05 < 3 * raw[0]
    assert [comparison.verdict for comparison in result.comparisons] == [Verdict.NO_DIFFERENCE] * 3 + [Verdict.MORE]
    assert analyse(control=CONTROL, variants=[weak]).comparisons[0].verdict == Verdict.MORE


def test_a_variant_with_too_little_data_does_not_count_in_the_adjustment() -> None:
    empty = ArmTotals(name="new", customers=0, buyers=0, orders=0, orders_squares=0, revenue=0, revenue_squares=0)
    thin, full = analyse(control=CONTROL, variants=[empty, BETTER]).comparisons
    assert thin.verdict == Verdict.NOT_ENOUGH_DATA and thin.revenue.p_value is None
    assert full.revenue.adjusted_p_value == full.revenue.p_value


@pytest.mark.parametrize(
    ("customers", "buyers", "shortfalls"),
    [
        (100, 20, ()),
        (99, 20, (Shortfall.CUSTOMERS,)),
        (100, 19, (Shortfall.BUYERS,)),
        (50, 2, (Shortfall.CUSTOMERS, Shortfall.BUYERS)),
        (0, 0, (Shortfall.CUSTOMERS, Shortfall.BUYERS)),
    ],
)
@pytest.mark.parametrize("thin_control", [False, True])
def test_thin_data_claim_no_interval(
    customers: int, buyers: int, shortfalls: tuple[Shortfall, ...], thin_control: bool
) -> None:
    _, thin = drawn("thin", customers=customers, buyers=buyers, amount=1_000, seed=3)
    control, variant = (thin, BETTER) if thin_control else (CONTROL, thin)
    (comparison,) = analyse(control=control, variants=[variant]).comparisons
    assert comparison.shortfalls == shortfalls
    claimed = [comparison.revenue.difference, comparison.incremental_revenue, comparison.incremental_orders]
    assert [estimate.low is None for estimate in claimed] == [bool(shortfalls)] * 3
    assert (comparison.revenue.p_value is None) == bool(shortfalls)
    assert (comparison.verdict == Verdict.NOT_ENOUGH_DATA) == bool(shortfalls)


@pytest.mark.parametrize(("customers", "buyers", "known"), [(100, 5, True), (99, 5, False), (100, 4, False)])
def test_what_is_needed_is_only_forecast_from_some_data(customers: int, buyers: int, known: bool) -> None:
    _, thin = drawn("thin", customers=customers, buyers=buyers, amount=1_000, seed=5)
    (comparison,) = analyse(control=CONTROL, variants=[thin]).comparisons
    assert (comparison.detectable is not None, comparison.customers_needed is not None) == (known, known)


def test_everybody_spending_the_same_cannot_be_tested() -> None:
    orders = np.ones(200, dtype=np.int64)
    arm = ArmTotals.from_values(name="A", revenue=orders * 500, orders=orders)
    (comparison,) = analyse(control=arm, variants=[arm]).comparisons
    assert comparison.shortfalls == (Shortfall.VARIATION,)
    assert (comparison.detectable, comparison.customers_needed) == (None, None)


@pytest.mark.parametrize(("buyers", "claimed"), [(4, False), (5, True), (195, True), (196, False)])
def test_conversion_needs_five_who_bought_and_five_who_did_not(buyers: int, claimed: bool) -> None:
    _, arm = drawn("A", customers=200, buyers=buyers, amount=1_000, seed=4)
    conversion = analyse(control=CONTROL, variants=[arm]).comparisons[0].conversion
    assert (conversion.difference.low is not None, conversion.p_value is not None) == (claimed, claimed)
    assert conversion.difference.value == pytest.approx(buyers / 200 - 0.05)


def test_groups_of_the_wrong_size_are_not_compared() -> None:
    result = analyse(control=CONTROL, variants=[BETTER], planned_shares={"A": 0.9, "control": 0.1})
    assert result.sizes is not None and result.sizes.mismatch
    assert result.sizes.observed == (10_000, 10_000)
    assert result.comparisons[0].verdict == Verdict.UNEQUAL_GROUPS
    fine = analyse(control=CONTROL, variants=[BETTER], planned_shares={"A": 0.5, "control": 0.5})
    assert fine.comparisons[0].verdict == Verdict.MORE


def test_no_variants_have_no_result() -> None:
    result = analyse(control=CONTROL, variants=[], planned_shares={"control": 1.0})
    assert (result.comparisons, result.sizes) == ((), None)


@pytest.mark.parametrize(
    "change",
    [
        {"buyers": 10_001},
        {"buyers": -1},
        {"orders": 499},
        {"cost": -1},
        {"revenue_squares": 1},
        {"orders_squares": 30},
        {"customers": 0, "buyers": 0},
    ],
)
def test_impossible_totals_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(BadTotals):
        replace(CONTROL, **change)


@pytest.mark.parametrize(("times", "most"), [(1, 0.06), (9, 0.09)])
def test_false_alarms_without_any_effect_are_rare(times: int, most: float) -> None:
    # 5 % of customers buy, 30 of them in the control group; the variant is as large or nine times as large.
    random = np.random.default_rng(7)

    def arm(customers: int) -> ArmTotals:
        buyers = int(random.binomial(customers, 0.05))
        amounts = (random.lognormal(8, 0.8, buyers)).astype(np.int64)
        revenue = np.concatenate([amounts, np.zeros(customers - buyers, dtype=np.int64)])
        return ArmTotals.from_values(name="any", revenue=revenue, orders=(revenue > 0).astype(np.int64))

    verdicts = [analyse(control=arm(600), variants=[arm(600 * times)]).comparisons[0].verdict for _ in range(1000)]
    alarms = sum(verdict in (Verdict.MORE, Verdict.LESS) for verdict in verdicts)
    assert alarms <= most * 1000
