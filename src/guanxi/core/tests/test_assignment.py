"""Dividing customers among arms: the same every time, as many as planned, independent between experiments."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from guanxi.core.assignment import BadShares, _mix, assign, uniform

THREE_ARMS = [("A", 0.45), ("B", 0.45), ("control", 0.1)]
steady = settings(deadline=None, derandomize=True)
identifiers = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=50)


def test_assignment_never_changes_between_releases() -> None:
    arms = assign(np.arange(1, 13), seed="campaign:42", shares=THREE_ARMS)
    assert arms.tolist() == [0, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 2]
    assert uniform(np.array([1, 2, -1, 2**62]), seed="campaign:42").tolist() == [
        0.262554805364945,
        0.2620670462628678,
        0.9582584424383808,
        0.49514933939685124,
    ]


def test_mixing_is_splitmix64_as_published() -> None:
    # First output of the reference generator for the state 1234567.
    assert _mix(np.array([1234567], dtype=np.uint64)).tolist() == [6457827717110365317]


@steady
@given(ids=identifiers, others=identifiers, seed=st.one_of(st.integers(), st.text()))
def test_a_customer_keeps_the_arm_whoever_else_is_there(ids: list[int], others: list[int], seed: int | str) -> None:
    alone = assign(np.array(ids, dtype=np.int64), seed=seed, shares=THREE_ARMS)
    batch = assign(np.array(others + ids[::-1], dtype=np.int64), seed=seed, shares=THREE_ARMS)
    assert batch[len(others) :][::-1].tolist() == alone.tolist()


@pytest.mark.parametrize("seed", [0, 1, 2, 2**64, "campaign:1", "campaign:2", "春节"])
@pytest.mark.parametrize("step", [1, 2, 1024, 2**40])
def test_arms_have_the_planned_sizes(seed: int | str, step: int) -> None:
    customers = 100_000
    arms = assign(np.arange(customers) * step, seed=seed, shares=THREE_ARMS)
    for arm, (_, share) in enumerate(THREE_ARMS):
        # 84 looks in this test: one in a million each keeps the whole below one in ten thousand.
        assert stats.binomtest(int((arms == arm).sum()), customers, share).pvalue > 1e-6


@pytest.mark.parametrize(("first", "second"), [(1, 2), (0, 2**63), ("campaign:1", "campaign:2"), ("a", "b")])
def test_two_experiments_divide_independently(first: int | str, second: int | str) -> None:
    ids = np.arange(200_000)
    table = np.zeros((3, 3))
    np.add.at(table, (assign(ids, seed=first, shares=THREE_ARMS), assign(ids, seed=second, shares=THREE_ARMS)), 1)
    assert stats.chi2_contingency(table).pvalue > 1e-5


@pytest.mark.parametrize("distance", [1, 2, 64])
def test_neighbouring_customers_are_divided_independently(distance: int) -> None:
    arms = assign(np.arange(200_000), seed=5, shares=THREE_ARMS)
    table = np.zeros((3, 3))
    np.add.at(table, (arms[:-distance], arms[distance:]), 1)
    assert stats.chi2_contingency(table).pvalue > 1e-5


def test_numbers_are_uniform() -> None:
    values = uniform(np.arange(200_000), seed="uniform")
    assert values.min() >= 0 and values.max() < 1
    assert stats.kstest(values, "uniform").pvalue > 1e-5


def test_equal_shares_that_do_not_sum_exactly_to_one_are_accepted() -> None:
    arms = assign(np.arange(30_000), seed=1, shares=[(name, 1 / 3) for name in "abc"])
    assert set(arms.tolist()) == {0, 1, 2}


def test_one_arm_takes_everybody_and_nobody_is_no_trouble() -> None:
    assert assign(np.arange(4), seed=1, shares=[("all", 1.0)]).tolist() == [0, 0, 0, 0]
    assert assign(np.array([], dtype=np.int64), seed=1, shares=THREE_ARMS).tolist() == []


@pytest.mark.parametrize(
    "shares",
    [[], [("A", 0.5), ("B", 0.4)], [("A", 1.5), ("B", -0.5)], [("A", 1.0), ("B", 0.0)], [("A", float("nan"))]],
)
def test_shares_that_make_no_sense_are_refused(shares: list[tuple[str, float]]) -> None:
    with pytest.raises(BadShares):
        assign(np.arange(3), seed=1, shares=shares)


def test_ids_that_lost_digits_as_floats_are_refused() -> None:
    with pytest.raises(TypeError, match="float64"):
        assign(np.array([1.0, 2.0]), seed=1, shares=THREE_ARMS)  # type: ignore[arg-type]  # the error under test
