"""The models against the figures that their authors and the package lifetimes have published of CDNOW."""

from pathlib import Path

import numpy as np
import pytest

from guanxi.analytics.models.buying import fitting, lifetime, spend
from guanxi.analytics.models.buying.beta_geometric import BetaGeometric, ModifiedBetaGeometric
from guanxi.analytics.models.buying.fitting import Prior
from guanxi.analytics.models.buying.lifetime import Horizon
from guanxi.analytics.models.buying.pareto import Pareto
from guanxi.analytics.tests.models.buying.shops import Cdnow, cdnow

pytestmark = pytest.mark.data


@pytest.fixture
def sample(data_folder: Path) -> Cdnow:
    return cdnow(data_folder)


def test_bg_nbd(sample: Cdnow) -> None:
    fit = fitting.fit(BetaGeometric(), sample.histories)
    assert fit.values == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=0.0005)
    assert round(fit.log_likelihood, 2) == -9582.43


def test_mbg_nbd(sample: Cdnow) -> None:
    fit = fitting.fit(ModifiedBetaGeometric(), sample.histories)
    assert fit.values == pytest.approx([0.525, 6.183, 0.891, 1.614], abs=0.0005)


def test_pareto_nbd(sample: Cdnow) -> None:
    fit = fitting.fit(Pareto(), sample.histories)
    assert fit.values == pytest.approx([0.553, 10.578, 0.606, 11.669], abs=0.0015)  # the fourth is flat to 3 digits
    assert round(fit.log_likelihood, 1) == -9595.0


def test_gamma_gamma(sample: Cdnow) -> None:
    again = sample.repeats > 0
    fit = spend.fit(sample.repeats[again].astype(float), sample.mean[again])
    assert fit.values == pytest.approx([6.25, 3.74, 15.44], abs=0.01)


def test_lifetime_value(sample: Cdnow) -> None:
    """The published 140.10, 18.94 and 38.18 are of twelve periods of 30 *weeks* each: the example of the package takes
    the file's weeks for days. Over twelve months of weeks the same formulas give a quarter of that."""
    again = sample.repeats > 0
    orders = sample.repeats.astype(float)
    money = spend.fit(orders[again], sample.mean[again])
    buying = fitting.fit(BetaGeometric(), sample.histories)

    def of(horizon: Horizon) -> list[float]:
        worth = lifetime.worth(buying, sample.histories, money, orders=orders, mean=sample.mean, horizon=horizon)
        assert (worth.low < worth.value).all()
        assert (worth.value < worth.high).all()
        return [round(float(value), 2) for value in worth.value[:3]]

    assert of(Horizon(12, 30.0, 0.01)) == [140.10, 18.94, 38.18]
    assert of(Horizon(12, 52 / 12, 0.01)) == [36.2, 4.63, 8.32]


def test_expected_orders_of_the_first_customer(sample: Cdnow) -> None:
    """Fader, Hardie and Lee's note on implementing BG/NBD in a spreadsheet: 1.226 purchases in the next 39 weeks."""
    fit = fitting.fit(BetaGeometric(), sample.histories)
    expected = sample.histories.per_customer(fit.model.expected(fit.values, sample.histories, 39.0))
    assert expected[0] == pytest.approx(1.226, abs=0.001)


def test_likeliest_model(sample: Cdnow) -> None:
    models = [BetaGeometric(), ModifiedBetaGeometric(), Pareto()]
    chosen, likelihoods = fitting.choose(models, sample.histories)
    assert chosen.model.name == "mbg_nbd"
    assert {name: round(one * 2357, 1) for name, one in likelihoods.items()} == {
        "bg_nbd": -9582.4,
        "mbg_nbd": -9582.1,
        "pareto_nbd": -9595.0,
    }


@pytest.mark.parametrize("model", [BetaGeometric(), ModifiedBetaGeometric(), Pareto()], ids=lambda model: model.name)
def test_a_prior_says_little_beside_two_thousand_customers(sample: Cdnow, model: BetaGeometric) -> None:
    plain = fitting.fit(model, sample.histories)
    guided = fitting.fit(model, sample.histories, prior=Prior(), day=1 / 7)
    moved = (np.log(guided.values) - np.log(plain.values)) / np.sqrt(np.diag(plain.covariance))
    assert np.abs(moved).max() < 0.15
