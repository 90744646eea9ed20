"""Fits of invented shops of which everything is known: a large one, many small ones, odd ones."""

import numpy as np
import pytest

from guanxi.analytics.models.buying import fitting, lifetime, spend
from guanxi.analytics.models.buying.beta_geometric import BetaGeometric, ModifiedBetaGeometric
from guanxi.analytics.models.buying.calibration import calibrate
from guanxi.analytics.models.buying.fitting import Prior
from guanxi.analytics.models.buying.histories import Histories
from guanxi.analytics.models.buying.lifetime import Horizon
from guanxi.analytics.models.buying.pareto import Pareto
from guanxi.analytics.tests.models.buying.shops import bg_nbd_shop

TRUE = np.array([0.6, 60.0, 0.8, 2.5])
QUARTER = Horizon(3, 30.0, 0.0)


def test_a_large_shop_gives_its_parameters_away() -> None:
    shop = bg_nbd_shop(120_000, seed=1)
    fit = fitting.fit(BetaGeometric(), shop.histories)
    errors = (np.log(fit.values) - np.log(TRUE)) / np.sqrt(np.diag(fit.covariance))
    assert np.abs(errors).max() < 3
    assert np.sqrt(np.diag(fit.covariance)).max() < 0.05


def test_stepping_from_a_sample_ends_where_all_customers_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = bg_nbd_shop(30_000, seed=2)
    stepped = fitting.fit(BetaGeometric(), shop.histories)
    monkeypatch.setattr(fitting, "ENOUGH", 10**9)
    whole = fitting.fit(BetaGeometric(), shop.histories)
    assert stepped.values == pytest.approx(whole.values, rel=1e-4)
    assert stepped.covariance == pytest.approx(whole.covariance, rel=0.15, abs=2e-6)


def test_ranges_of_small_shops_hold_the_truth() -> None:
    """Of sixty shops of fifty buyers, the 95 % range for all orders of the next quarter holds what the buyers' own
    rates come to in most, scatter of the fifty included; and it is wide."""
    held, widths = 0, []
    for seed in range(60):
        shop = bg_nbd_shop(50, seed=1000 + seed)
        fit = fitting.fit(BetaGeometric(), shop.histories, prior=Prior())
        one = spend.SpendFit(np.array([4.0, 4.0, 15.0]), np.zeros((3, 3)), 0.0, 1)
        worth = lifetime.worth(fit, shop.histories, one, orders=np.ones(50), mean=np.full(50, 20.0), horizon=QUARTER)
        basket = float(one.average(np.ones(1), np.full(1, 20.0))[0])
        low, high = worth.low.sum() / basket, worth.high.sum() / basket
        held += low <= shop.still_coming.sum() <= high
        widths.append(high / low)
    assert held >= 51
    assert np.median(widths) > 1.8


def test_more_buyers_make_a_narrower_range() -> None:
    def width(size: int) -> float:
        shop = bg_nbd_shop(size, seed=5)
        fit = fitting.fit(BetaGeometric(), shop.histories, prior=Prior())
        money = spend.fit(shop.repeats + 1.0, shop.mean, prior=Prior())
        worth = lifetime.worth(fit, shop.histories, money, orders=shop.repeats + 1.0, mean=shop.mean, horizon=QUARTER)
        return float(np.median(worth.high / worth.low))

    widths = [width(size) for size in (50, 500, 5000)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 1.5 > 1.15 > widths[2]


@pytest.mark.parametrize("model", [BetaGeometric(), ModifiedBetaGeometric(), Pareto()], ids=lambda model: model.name)
@pytest.mark.parametrize(
    ("repeats", "last"),
    [([0] * 30, [0.0] * 30), ([3] * 30, [100.0] * 30), ([0], [0.0]), ([400], [99.0])],
    ids=["nobody came back", "everybody alike", "one customer", "one who comes daily"],
)
def test_data_without_information_give_a_wide_answer(
    model: BetaGeometric, repeats: list[int], last: list[float]
) -> None:
    histories = Histories.group(repeats, last, [100.0] * len(repeats))
    fit = fitting.fit(model, histories, prior=Prior())
    assert np.isfinite(fit.values).all()
    assert np.isfinite(model.expected(fit.values, histories, 365.0)).all()
    assert np.sqrt(np.diag(fit.covariance)).max() > 0.5


def test_no_customers() -> None:
    with pytest.raises(ValueError, match="no customers"):
        fitting.fit(BetaGeometric(), Histories.group([], [], []))
    with pytest.raises(ValueError, match="orders > 0"):
        spend.fit(np.array([]), np.array([]))


def test_the_unit_of_time_does_not_matter() -> None:
    shop = bg_nbd_shop(2_000, seed=3)
    days = shop.histories
    weeks = Histories.group(days.repeats[days.of], days.last[days.of] / 7, days.age[days.of] / 7)
    by_day = fitting.fit(BetaGeometric(), days, prior=Prior())
    by_week = fitting.fit(BetaGeometric(), weeks, prior=Prior(), day=1 / 7)
    assert by_week.values == pytest.approx(by_day.values / [1, 7, 1, 1], rel=1e-3)


def test_money_of_a_large_shop() -> None:
    shop = bg_nbd_shop(60_000, seed=4)
    fit = spend.fit(shop.repeats + 1.0, shop.mean)
    assert fit.values == pytest.approx([6.0, 4.0, 15.0], rel=0.06)


def test_an_order_is_worth_something_between_the_customers_mean_and_everybodys() -> None:
    fit = spend.SpendFit(np.array([6.25, 3.74, 15.44]), np.eye(3), 0.0, 1)
    everybody = 6.25 * 15.44 / 2.74
    found = fit.average(np.array([0.0, 1.0, 10.0, 1000.0]), np.full(4, 100.0))
    assert found[0] == pytest.approx(everybody)
    assert (np.diff(found) > 0).all()
    assert found[3] == pytest.approx(100.0, rel=0.001)


def test_weeks_held_out() -> None:
    shop = bg_nbd_shop(20_000, seed=6, after=91.0)
    fit = fitting.fit(BetaGeometric(), shop.histories)
    weekly = [0] * 12 + [int(shop.future.sum())]
    result = calibrate(fit, shop.histories, seen=shop.future, seen_by_period=weekly, period=7.0)
    assert result.seen == shop.future.sum()
    assert abs(result.error or 1) < 0.03
    assert sum(group.customers for group in result.groups) == 20_000
    assert sum(group.seen for group in result.groups) == result.seen
    assert sum(group.expected for group in result.groups) == pytest.approx(result.expected)
    for group in result.groups:
        assert group.expected == pytest.approx(group.seen, rel=0.1, abs=60)
    assert (result.groups[0].fewest, result.groups[0].most, result.groups[-1].most) == (1, 1, None)
