"""What a customer will be worth: discounted orders to come, times what an order is worth, with an interval.

Fader, Hardie and Lee (2005), RFM and CLV: using iso-value curves for customer base analysis, Journal of Marketing
Research 42:415-430. Orders and amounts are independent of each other, as both models assume.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from guanxi.analytics.models.buying import spend
from guanxi.analytics.models.buying.fitting import Fit
from guanxi.analytics.models.buying.histories import Floats, Histories
from guanxi.analytics.models.buying.spend import SpendFit

STEP = 1e-2
ROUGH = 8
"""Points of the integral while the slopes for the interval are taken, which need two or three digits; discounting by
thirds of the horizon does for them too."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far to look: ``periods`` of length ``period`` (in the unit of the histories), discounted by ``discount`` a
    period, the k-th by ``(1 + discount) ** k``."""

    periods: int
    period: float
    discount: float


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """By customer. The interval is of the *expectation* at this history, by the uncertainty of the parameters (delta
    method on its logarithm, with both models' Laplace covariance). What a single customer will do scatters more."""

    value: Floats
    low: Floats
    high: Floats


def discounted_orders(fit: Fit, histories: Histories, horizon: Horizon, *, nodes: int = 32) -> Floats:
    """Expected discounted orders of each row."""
    return _discounted(fit, fit.values, histories, horizon, nodes)


def _discounted(fit: Fit, values: Floats, histories: Histories, horizon: Horizon, nodes: int) -> Floats:
    repeats, age, at = histories.pairs
    future = fit.model.discounted_if_alive(
        values,
        repeats.astype(np.float64),
        age,
        periods=horizon.periods,
        period=horizon.period,
        discount=horizon.discount,
        nodes=nodes,
    )
    return fit.model.alive(values, histories) * future[at]


def worth(
    fit: Fit,
    histories: Histories,
    spending: SpendFit,
    *,
    orders: Floats,
    mean: Floats,
    horizon: Horizon,
    level: float = 0.95,
) -> Worth:
    """What each customer is expected to bring over the horizon. ``orders`` and ``mean`` are of the customers' orders
    with a known value, in the order in which the histories were grouped; 0 orders stand for the average of all."""
    value = histories.per_customer(discounted_orders(fit, histories, horizon)) * spending.average(orders, mean)
    variance = histories.per_customer(_order_variance(fit, histories, horizon))
    variance += _spend_variance(spending, orders, mean)
    spread = np.exp(ndtri((1 + level) / 2) * np.sqrt(variance))
    return Worth(value, value / spread, value * spread)


def _order_variance(fit: Fit, histories: Histories, horizon: Horizon) -> Floats:
    logs = np.log(fit.values)
    whole, third = horizon.periods * horizon.period, horizon.periods / 3
    rough = Horizon(3, whole / 3, (1 + horizon.discount) ** third - 1)

    def at(moved: Floats) -> Floats:
        found = _discounted(fit, np.exp(moved), histories, rough, ROUGH)
        return np.asarray(np.log(np.maximum(found, 1e-300)))

    slopes = [(at(logs + step) - at(logs - step)) / (2 * STEP) for step in STEP * np.eye(len(logs))]
    return _variance(slopes, fit.covariance)


def _spend_variance(spending: SpendFit, orders: Floats, mean: Floats) -> Floats:
    def at(logs: Floats) -> Floats:
        return np.log(spend.average(spend.values_of(logs), orders, mean))

    logs = spending.logs
    slopes = [(at(logs + step) - at(logs - step)) / (2 * STEP) for step in STEP * np.eye(len(logs))]
    return _variance(slopes, spending.covariance)


def _variance(slopes: list[Floats], covariance: Floats) -> Floats:
    stacked = np.array(slopes)
    return np.asarray(np.einsum("in,ij,jn->n", stacked, covariance, stacked, optimize=True))
