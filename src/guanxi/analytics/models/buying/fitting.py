"""Fitting models of buying: maximum likelihood, or with a prior for shops with few buyers; choosing among models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from guanxi.analytics.models.buying.base import BuyingModel
from guanxi.analytics.models.buying.histories import Floats, Histories

ENOUGH = 20_000
"""Customers that show the shape of a likelihood; from there all of them need only a few steps."""
LIMIT = 12.0
"""Logarithms of parameters are kept this near to their start: data without any information lead nowhere."""
STEP = 1e-3
Loss = Callable[[Floats], tuple[float, Floats]]
"""From the logarithms of parameters to the mean loss of a customer, and its gradient."""


@dataclass(frozen=True, slots=True)
class Prior:
    """Independent normal distributions of the logarithms of the parameters around usual values.

    With a standard deviation of 1.5 a parameter is within a factor of nineteen either way in 95 of 100 shops: nothing
    to a shop of a thousand buyers, and it keeps one of fifty from claiming that nobody will ever leave.
    """

    deviation: float = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Parameters that fit, and how sure they are."""

    model: BuyingModel
    values: Floats
    covariance: Floats
    """Of the logarithms of the parameters: the inverse of minus the Hessian of the log posterior (Laplace)."""
    log_likelihood: float
    """Of the customers fitted, at these values, without the prior."""
    customers: int
    """How many were fitted."""

    @property
    def named(self) -> dict[str, float]:
        return dict(zip(self.model.parameters, map(float, self.values), strict=True))

    @property
    def per_customer(self) -> float:
        return self.log_likelihood / self.customers


def fit(model: BuyingModel, histories: Histories, *, prior: Prior | None = None, day: float = 1.0) -> Fit:
    """Fit a model. ``day`` is how long a day is in the unit of the histories, which the prior has to know.

    Without a prior these are the maximum-likelihood estimates of the papers. Raises ValueError without customers.
    """
    if not histories.size:
        raise ValueError("no customers to fit a model to")
    usual = np.array(model.usual)
    centre = np.log(np.where(model.scale_of, usual * day, usual))
    age = max(float(np.average(histories.age, weights=histories.customers)), day)
    start = np.log(np.where(model.scale_of, age, usual))
    data = histories if model.most_fitted is None else histories.sample(model.most_fitted)

    def loss_of(some: Histories) -> Loss:
        def loss(logs: Floats) -> tuple[float, Floats]:
            total, gradient = model.total_and_gradient(np.exp(logs), some)
            return with_prior(total, gradient, logs, centre=centre, prior=prior, size=some.size)

        return loss

    logs, covariance = minimise(loss_of(data), loss_of(data.sample(ENOUGH)), start, size=data.size, most=ENOUGH)
    total, _gradient = model.total_and_gradient(np.exp(logs), data)
    return Fit(model, np.exp(logs), covariance, total, data.size)


def with_prior(
    total: float, gradient: Floats, logs: Floats, *, centre: Floats, prior: Prior | None, size: int
) -> tuple[float, Floats]:
    """Mean loss and its gradient, from those of the log-likelihood."""
    if prior is not None:
        away = (logs - centre) / prior.deviation
        total, gradient = total - float(away @ away) / 2, gradient - away / prior.deviation
    return -total / size, -gradient / size


def minimise(loss: Loss, sampled: Loss, start: Floats, *, size: int, most: int) -> tuple[Floats, Floats]:
    """Logarithms of parameters with the least mean loss of ``size`` customers, and their covariance (Laplace).

    Most of the way is gone on a sample of ``most``, whose curvature then serves for Newton's steps on all.
    """
    bounds = [(value - LIMIT, value + LIMIT) for value in start]
    options = {"ftol": 1e-15, "gtol": 1e-8, "maxiter": 500}
    logs = np.asarray(minimize(sampled, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x)
    steps = STEP * np.eye(len(logs))
    slopes = np.array([(sampled(logs + step)[1] - sampled(logs - step)[1]) / (2 * STEP) for step in steps])
    hessian = (slopes + slopes.T) / 2
    if size > most:
        logs = _newton(loss, logs, hessian)
    return logs, _inverse(hessian * size)


def _newton(loss: Loss, logs: Floats, hessian: Floats) -> Floats:
    for _ in range(20):
        step = np.linalg.solve(hessian, loss(logs)[1])
        logs = logs - step * min(1.0, 0.5 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-6:
            break
    return logs


def _inverse(hessian: Floats) -> Floats:
    """Of a direction that the data say nothing about, a standard deviation of a hundred instead of infinity."""
    values, vectors = np.linalg.eigh(hessian)
    return np.asarray((vectors / np.maximum(values, 1e-4)) @ vectors.T)


def choose(
    models: Sequence[BuyingModel],
    histories: Histories,
    *,
    prior: Prior | None = None,
    day: float = 1.0,
    most: int = 10_000,
) -> tuple[Fit, dict[str, float]]:
    """The model under which the same customers (a sample of at most ``most``) are likeliest, fitted to all of them.

    All have four parameters, so likelihoods compare as they are. Gives each model's log-likelihood a customer as well.
    """
    sample = histories.sample(most)
    fits = {model.name: fit(model, sample, prior=prior, day=day) for model in models}
    likelihoods = {name: one.per_customer for name, one in fits.items()}
    best = fits[max(likelihoods, key=likelihoods.__getitem__)]
    return (best if sample is histories else fit(best.model, histories, prior=prior, day=day)), likelihoods
