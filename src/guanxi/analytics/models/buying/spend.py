"""Gamma-Gamma: what an order of each customer is worth, drawn towards the average where there are few orders.

Fader and Hardie (2013), The Gamma-Gamma model of monetary value, brucehardie.com/notes/025. The values of a customer's
orders are gamma distributed with shape ``p`` and a rate of the customer's own, which is gamma distributed with shape
``q`` and rate ``gamma`` (an amount of money).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import gammaln, psi

from guanxi.analytics.models.buying.fitting import ENOUGH, Loss, Prior, minimise, with_prior
from guanxi.analytics.models.buying.histories import Floats, distinct, dot

USUAL = (4.0, 4.0)
"""p and q common in published data; gamma follows from the average."""


@dataclass(frozen=True, slots=True, eq=False)
class SpendFit:
    """``values`` are p, q and gamma; the covariance is of the logarithms of p, q - 1 and gamma (Laplace)."""

    values: Floats
    covariance: Floats
    log_likelihood: float
    customers: int

    @property
    def named(self) -> dict[str, float]:
        return dict(zip(("p", "q", "gamma"), map(float, self.values), strict=True))

    @property
    def logs(self) -> Floats:
        p, q, gamma = self.values
        return np.log([p, q - 1, gamma])

    def average(self, orders: Floats, mean: Floats) -> Floats:
        """What an order of each customer is expected to be worth, who had so many with that mean."""
        return average(self.values, orders, mean)


def average(values: Floats, orders: Floats, mean: Floats) -> Floats:
    """``p (gamma + x z) / (p x + q - 1)``: between the customer's own mean and everybody's."""
    p, q, gamma = values
    return np.asarray(p * (gamma + orders * mean) / (p * orders + q - 1))


def values_of(logs: Floats) -> Floats:
    """p, q and gamma from the logarithms of p, q - 1 and gamma; with q below 1 no average would exist."""
    p, beyond, gamma = np.exp(logs)
    return np.array([p, 1 + beyond, gamma])


@dataclass(frozen=True)
class _Spending:
    orders: Floats
    mean: Floats

    @cached_property
    def levels(self) -> tuple[Floats, Floats, Floats]:
        """Distinct numbers of orders, how many customers had each, and Σ ln(x z) of those."""
        x, at = distinct(self.orders)
        n = np.bincount(at).astype(np.float64)
        return x, n, np.bincount(at, weights=np.log(self.mean * self.orders)).astype(np.float64)

    @cached_property
    def log_means(self) -> float:
        return float(np.log(self.mean).sum())

    def sample(self, most: int) -> "_Spending":
        if len(self.orders) <= most:
            return self
        chosen = np.sort(np.random.default_rng(0).choice(len(self.orders), size=most, replace=False))
        return _Spending(self.orders[chosen], self.mean[chosen])

    def total_and_gradient(self, values: Floats) -> tuple[float, Floats]:
        """Log-likelihood of all, and its gradient by the parameters."""
        p, q, gamma = values
        x, n, log_sums = self.levels
        sums = gamma + self.orders * self.mean
        logs = np.log(sums)
        with_orders = dot(self.orders, logs)
        total = (
            n @ (gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma))
            + p * (x @ log_sums)
            - self.log_means
            - p * with_orders
            - q * logs.sum()
        )
        over = 1 / sums
        gradient = np.array(
            [
                n @ (x * (psi(p * x + q) - psi(p * x))) + x @ log_sums - with_orders,
                n @ (psi(p * x + q) - psi(q) + np.log(gamma)) - logs.sum(),
                n.sum() * q / gamma - p * dot(self.orders, over) - q * over.sum(),
            ]
        )
        return float(total), gradient


def fit(orders: Floats, mean: Floats, *, prior: Prior | None = None) -> SpendFit:
    """Fit to customers with ``orders`` > 0 worth ``mean`` > 0 on average, in whatever money. Raises ValueError."""
    orders, mean = np.asarray(orders, np.float64), np.asarray(mean, np.float64)
    if not len(orders) or (orders <= 0).any() or (mean <= 0).any():
        raise ValueError("needs customers with orders > 0 and a mean > 0")
    everybody = dot(mean, orders) / float(orders.sum())
    centre = np.log([USUAL[0], USUAL[1] - 1, everybody * (USUAL[1] - 1) / USUAL[0]])

    def loss_of(some: _Spending) -> Loss:
        def loss(logs: Floats) -> tuple[float, Floats]:
            total, gradient = some.total_and_gradient(values_of(logs))
            return with_prior(total, gradient * np.exp(logs), logs, centre=centre, prior=prior, size=len(some.orders))

        return loss

    everyone = _Spending(orders, mean)
    logs, covariance = minimise(
        loss_of(everyone), loss_of(everyone.sample(ENOUGH)), centre, size=len(orders), most=ENOUGH
    )
    values = values_of(logs)
    return SpendFit(values, covariance, everyone.total_and_gradient(values)[0], len(orders))
