"""The published results of two real experiments, from their rows.

Hillstrom: Kevin Hillstrom, MineThatData e-mail analytics and data mining challenge (2008): 64,000 customers, three
arms, visits, conversions and spend in two weeks. Cookie Cats: Tactile's test of moving a gate from level 30 to 40,
published with 90,189 players and their return after one and seven days.
"""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from guanxi.analytics.models.experiment import ArmTotals, ExperimentResult, Verdict, analyse
from guanxi.analytics.models.intervals import Proportion, compare_proportions
from guanxi.analytics.models.sample_ratio import sample_ratio

pytestmark = pytest.mark.data

Rows = dict[str, list[dict[str, str]]]


def by_arm(file: Path, column: str) -> Rows:
    """The rows of each arm, which ``column`` names."""
    if not file.is_file():
        pytest.skip(f"the real data set {file.name} is not here")
    arms: Rows = defaultdict(list)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            arms[row[column]].append(row)
    return arms


@pytest.fixture
def hillstrom(data_folder: Path) -> Rows:
    return by_arm(data_folder / "mk_hillstrom" / "hillstrom.csv", "segment")


@pytest.fixture
def cookie_cats(data_folder: Path) -> Rows:
    return by_arm(data_folder / "mk_cookie_cats" / "cookie_cats.csv", "version")


def cents(rows: list[dict[str, str]]) -> np.ndarray:
    return np.rint([float(row["spend"]) * 100 for row in rows]).astype(np.int64)


def flags(rows: list[dict[str, str]], column: str) -> Proportion:
    return Proportion(sum(row[column] in ("1", "TRUE") for row in rows), len(rows))


def result_of(hillstrom: Rows, *, outcome: str = "conversion") -> ExperimentResult:
    arms = {
        name: ArmTotals.from_values(
            name=name, revenue=cents(rows), orders=np.array([int(row[outcome]) for row in rows]), cost=0
        )
        for name, rows in hillstrom.items()
    }
    return analyse(
        control=arms["No E-Mail"],
        variants=[arms["Mens E-Mail"], arms["Womens E-Mail"]],
        planned_shares=dict.fromkeys(arms, 1 / 3),
    )


def test_hillstrom_rates_and_spend_per_arm(hillstrom: Rows) -> None:
    published = {
        "No E-Mail": (21_306, 10.6167, 0.5726, 0.652789),
        "Mens E-Mail": (21_307, 18.2757, 1.2531, 1.422617),
        "Womens E-Mail": (21_387, 15.1400, 0.8837, 1.077202),
    }
    figures = {
        name: (
            len(rows),
            round(100 * flags(rows, "visit").value, 4),
            round(100 * flags(rows, "conversion").value, 4),
            round(cents(rows).mean() / 100, 6),
        )
        for name, rows in hillstrom.items()
    }
    assert figures == published


def test_hillstrom_lift_in_money_equals_welch(hillstrom: Rows) -> None:
    result = result_of(hillstrom)
    control = cents(hillstrom["No E-Mail"])
    for comparison in result.comparisons:
        spend = cents(hillstrom[comparison.variant.name])
        expected = stats.ttest_ind(spend, control, equal_var=False)
        interval = expected.confidence_interval(0.95)
        revenue = comparison.revenue
        assert revenue.difference.value == pytest.approx(spend.mean() - control.mean(), rel=1e-9)
        assert (revenue.difference.low, revenue.difference.high) == pytest.approx(
            (interval.low, interval.high), rel=1e-6
        )
        assert revenue.p_value == pytest.approx(expected.pvalue, rel=1e-6)


def test_hillstrom_result(hillstrom: Rows) -> None:
    result = result_of(hillstrom)
    assert result.sizes is not None and not result.sizes.mismatch
    men, women = result.comparisons
    assert (men.verdict, women.verdict) == (Verdict.MORE, Verdict.MORE)
    # In cents: 1.422617 - 0.652789 and 1.077202 - 0.652789 dollars.
    assert round(men.revenue.difference.value, 2) == 76.98
    assert round(women.revenue.difference.value, 2) == 42.44
    assert men.revenue.lift is not None and round(men.revenue.lift.value, 4) == 1.1793
    assert women.revenue.lift is not None and round(women.revenue.lift.value, 4) == 0.6502
    assert round(100 * men.conversion.difference.value, 4) == 0.6805
    assert round(100 * women.conversion.difference.value, 4) == 0.3111
    assert round(men.incremental_revenue.value / 100) == 16_403
    assert round(men.incremental_orders.value) == 145


def test_hillstrom_visits(hillstrom: Rows) -> None:
    men, women = result_of(hillstrom, outcome="visit").comparisons
    assert round(100 * men.conversion.difference.value, 4) == 7.6590
    assert round(100 * women.conversion.difference.value, 4) == 4.5233
    for comparison in (men, women):
        assert comparison.conversion.adjusted_p_value is not None and comparison.conversion.adjusted_p_value < 1e-40


def test_cookie_cats_retention(cookie_cats: Rows) -> None:
    early, late = cookie_cats["gate_30"], cookie_cats["gate_40"]
    after_a_day = compare_proportions(flags(late, "retention_1"), flags(early, "retention_1"))
    after_a_week = compare_proportions(flags(late, "retention_7"), flags(early, "retention_7"))
    assert [round(100 * flags(rows, "retention_1").value, 2) for rows in (early, late)] == [44.82, 44.23]
    assert [round(100 * flags(rows, "retention_7").value, 2) for rows in (early, late)] == [19.02, 18.20]
    assert after_a_day.p_value is not None and round(after_a_day.p_value, 4) == 0.0744
    assert after_a_week.p_value is not None and round(after_a_week.p_value, 4) == 0.0016
    assert after_a_day.difference.low is not None and after_a_day.difference.high is not None
    assert after_a_day.difference.low < 0 < after_a_day.difference.high
    assert after_a_week.difference.high is not None and after_a_week.difference.high < 0


def test_cookie_cats_sample_ratio_is_suspicious_but_not_flagged(cookie_cats: Rows) -> None:
    check = sample_ratio([len(cookie_cats["gate_30"]), len(cookie_cats["gate_40"])], shares=[0.5, 0.5])
    assert check.observed == (44_700, 45_489)
    assert round(check.p_value, 4) == 0.0086
    assert not check.mismatch
