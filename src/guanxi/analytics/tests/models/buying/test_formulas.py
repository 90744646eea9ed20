"""Closed forms and quick integrals against slow ones, and what must hold whatever the customers did."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import beta as beta_function
from scipy.special import hyp2f1
from scipy.stats import gamma as gamma_distribution

from guanxi.analytics.models.buying.base import BuyingModel
from guanxi.analytics.models.buying.beta_geometric import BetaGeometric, ModifiedBetaGeometric
from guanxi.analytics.models.buying.histories import BadHistories, Histories
from guanxi.analytics.models.buying.pareto import Pareto

MODELS: list[BuyingModel] = [BetaGeometric(), ModifiedBetaGeometric(), Pareto()]
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
UNTIL = np.array([1.0, 30.0, 90.0, 365.0, 1095.0])

values = st.tuples(st.floats(0.05, 5), st.floats(2, 400), st.floats(0.1, 5), st.floats(0.2, 20)).map(np.array)
people = st.lists(st.tuples(st.integers(0, 300), st.floats(0, 1), st.floats(0, 2000)), min_size=1, max_size=12).map(
    lambda rows: Histories.group(*zip(*[(x, (part * age if x else 0.0), age) for x, part, age in rows], strict=True))
)


@each_model
@given(values=values, histories=people)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_chances_and_expectations(model: BuyingModel, values: np.ndarray, histories: Histories) -> None:
    alive = model.alive(values, histories)
    assert ((alive >= 0) & (alive <= 1)).all()
    assert np.isfinite(model.log_likelihood(values, histories)).all()
    expected = np.array([model.expected(values, histories, end) for end in UNTIL])
    chance = np.array([model.chance_of_order(values, histories, end) for end in UNTIL])
    assert np.isfinite(expected).all()
    assert (np.diff(expected, axis=0, prepend=0.0) >= -1e-12).all()
    # Pareto/NBD integrates each chance by itself: for parameters that no shop has, three places are right.
    off = 1e-3 if isinstance(model, Pareto) else 1e-5
    assert (np.diff(chance, axis=0, prepend=0.0) >= -off).all()
    assert (chance <= alive + off).all()
    assert (chance <= expected + off).all()


@each_model
@given(values=values, histories=people)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_next_order_is_when_it_becomes_likely(model: BuyingModel, values: np.ndarray, histories: Histories) -> None:
    when = model.next_order(values, histories)
    for row, moment in enumerate(when):
        if np.isfinite(moment):
            assert model.chance_of_order(values, histories, float(moment))[row] == pytest.approx(0.5, abs=1e-4)
    assert (np.isinf(when) >= (model.alive(values, histories) < 0.5)).all()


@each_model
def test_longer_silence_makes_it_less_likely_that_a_customer_is_there(model: BuyingModel) -> None:
    waited = Histories.group([4] * 5, [100.0] * 5, [100.0, 130.0, 200.0, 400.0, 900.0])
    alive = model.alive(np.array([0.6, 60.0, 0.8, 2.5]), waited)
    assert (np.diff(alive) < 0).all()


@each_model
@given(values=values, histories=people)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_gradient(model: BuyingModel, values: np.ndarray, histories: Histories) -> None:
    total, gradient = model.total_and_gradient(values, histories)
    assert total == pytest.approx(float(histories.customers @ model.log_likelihood(values, histories)))
    steps = 1e-4 * np.eye(4)  # much smaller ones measure the rounding of the totals instead
    slopes = [
        (
            model.total_and_gradient(values * np.exp(step), histories)[0]
            - model.total_and_gradient(values * np.exp(-step), histories)[0]
        )
        / 2e-4
        for step in steps
    ]
    assert gradient == pytest.approx(slopes, rel=1e-3, abs=1e-3 * max(1.0, abs(total) / 10))


@pytest.mark.parametrize(("model", "extra"), [(BetaGeometric(), 0), (ModifiedBetaGeometric(), 1)])
@pytest.mark.parametrize("x", [0, 1, 5, 12])
@pytest.mark.parametrize("a", [0.4, 0.793, 1.7])
def test_expected_orders_by_the_papers_closed_form(model: BuyingModel, extra: int, x: int, a: float) -> None:
    r, alpha, b, age, until = 0.243, 30.9, 2.426, 270.0, 180.0
    y = x + extra
    z = until / (alpha + age + until)
    power = ((alpha + age) / (alpha + age + until)) ** (r + x)
    printed = (a + b + y - 1) / (a - 1) * (1 - power * hyp2f1(r + x, b + y, a + b + y - 1, z))
    found = model.expected_if_alive(
        np.array([r, alpha, a, b]), np.array([float(x)]), np.array([age]), np.array([until])
    )
    assert found[0, 0] == pytest.approx(printed, rel=1e-9)


@pytest.mark.parametrize("x", [0, 3, 40, 300])
def test_expected_orders_by_slow_integration(x: int) -> None:
    """Also where the hypergeometric function of scipy gives nonsense."""
    r, alpha, a, b, age, until = 0.42, 5.3, 0.7, 20.0, 30.0, 365.0

    def at(p: float) -> float:
        density = p ** (a - 1) * (1 - p) ** (b + x - 1) / beta_function(a, b + x)
        return density * -np.expm1(-(r + x) * np.log1p(p * until / (alpha + age))) / p

    parts = [0, 1e-6, 1e-4, 1e-3, 1e-2, 0.1, 1]
    slow = sum(quad(at, low, high, limit=500, epsrel=1e-11)[0] for low, high in pairwise(parts))
    found = BetaGeometric().expected_if_alive(
        np.array([r, alpha, a, b]), np.array([float(x)]), np.array([age]), np.array([until])
    )
    assert found[0, 0] == pytest.approx(slow, rel=1e-6)


@pytest.mark.parametrize(("x", "last", "age"), [(0, 0.0, 38.9), (2, 30.4, 38.9), (26, 30.9, 31.0), (60, 10.0, 38.9)])
@pytest.mark.parametrize("beta", [3.0, 10.578, 40.0])
def test_pareto_likelihood_by_integrating_over_when_a_customer_left(
    x: int, last: float, age: float, beta: float
) -> None:
    r, alpha, s = 0.553, 10.578, 0.606
    of_rate = gamma_distribution(r, scale=1 / alpha)
    of_leaving = gamma_distribution(s, scale=1 / beta)

    def stays(end: float) -> float:
        """E over the rate of λ^x e^(-λ end), which is a gamma integral."""
        from scipy.special import gammaln

        return float(np.exp(gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + end)))

    assert of_rate.mean() == pytest.approx(r / alpha)
    assert of_leaving.mean() == pytest.approx(s / beta)
    left = quad(lambda u: stays(u) * s * beta**s / (beta + u) ** (s + 1), last, age, epsrel=1e-12, epsabs=0)[0]
    there = stays(age) * (beta / (beta + age)) ** s
    histories = Histories.group([x], [last], [age])
    values = np.array([r, alpha, s, beta])
    assert Pareto().log_likelihood(values, histories)[0] == pytest.approx(np.log(left + there), rel=1e-7)
    assert Pareto().alive(values, histories)[0] == pytest.approx(there / (left + there), rel=1e-6)


def test_pareto_expectation_by_slow_integration() -> None:
    r, alpha, s, beta, x, age, until = 0.553, 10.578, 1.0, 11.669, 3, 20.0, 39.0
    slow = quad(lambda u: (r + x) / (alpha + age) * ((beta + age) / (beta + age + u)) ** s, 0, until)[0]
    for near in (s, s + 1e-7, s - 1e-7):
        values = np.array([r, alpha, near, beta])
        found = Pareto().expected_if_alive(values, np.array([float(x)]), np.array([age]), np.array([until]))
        assert found[0, 0] == pytest.approx(slow, rel=1e-6)


def test_who_never_came_back_is_there_for_certain_only_in_bg_nbd() -> None:
    histories = Histories.group([0], [0.0], [500.0])
    values = np.array([0.6, 60.0, 0.8, 2.5])
    assert BetaGeometric().alive(values, histories)[0] == 1.0
    assert ModifiedBetaGeometric().alive(values, histories)[0] < 0.7


def test_customers_are_counted_by_their_histories() -> None:
    histories = Histories.group([0, 2, 0, 2, 2], [0, 5, 0, 5, 6], [9, 9, 9, 9, 9])
    assert histories.customers.tolist() == [2, 2, 1]
    assert histories.per_customer(np.array([10.0, 20.0, 30.0])).tolist() == [10, 20, 10, 20, 30]
    assert (histories.size, histories.repeat_buyers) == (5, 3)


@pytest.mark.parametrize(
    ("repeats", "last", "age"),
    [
        ([-1], [0.0], [1.0]),
        ([1], [2.0], [1.0]),
        ([0], [1.0], [2.0]),
        ([1], [float("nan")], [2.0]),
        ([1, 2], [1.0], [2.0]),
    ],
)
def test_impossible_histories(repeats: list[int], last: list[float], age: list[float]) -> None:
    with pytest.raises(BadHistories):
        Histories.group(repeats, last, age)
