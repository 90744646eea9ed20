"""Pareto/NBD: orders come at a rate of each customer's own until the customer leaves, which may be at any time.

Schmittlein, Morrison and Colombo (1987), Counting your customers: who are they and what will they do next?, Management
Science 33:1-24; with the formulas of Fader and Hardie (2005), A note on deriving the Pareto/NBD model and related
expressions. The rate is gamma distributed with shape ``r`` and scale ``alpha``, the rate of leaving with ``s`` and
``beta``; both scales are times.
"""

from functools import lru_cache

import numpy as np
from scipy.special import expit, gammaln, psi, roots_legendre

from guanxi.analytics.models.buying.base import BuyingModel
from guanxi.analytics.models.buying.histories import Floats, Histories, dot

NODES = 40
"""Of Gauss and Legendre's rule; see `_odds_and_means`."""


class Pareto(BuyingModel):
    name = "pareto_nbd"
    parameters = ("r", "alpha", "s", "beta")
    scale_of = (False, True, False, True)
    usual = (0.5, 60.0, 0.6, 60.0)
    most_fitted = 10_000

    def log_likelihood(self, values: Floats, histories: Histories) -> Floats:
        r, alpha, s, beta = values
        x, at = histories.levels
        of_level = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        alive = -(r + histories.repeats) * np.log(alpha + histories.age) - s * np.log(beta + histories.age)
        return np.asarray(of_level[at] + alive + np.logaddexp(0, self._odds_and_means(values, histories)[0]))

    def total_and_gradient(self, values: Floats, histories: Histories) -> tuple[float, Floats]:
        r, alpha, s, beta = values
        x, at = histories.levels
        weight, age = histories.customers, histories.age
        power = r + histories.repeats
        log_age, log_end = np.log(alpha + age), np.log(beta + age)
        odds, means = self._odds_and_means(values, histories)
        left = weight * expit(odds)
        n = np.bincount(at, weights=weight, minlength=len(x))
        of_level = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        total = dot(n, of_level) + dot(weight, np.logaddexp(0, odds) - power * log_age - s * log_end)
        # The logarithm of an integral has the mean slope of the integrand's logarithm.
        gradient = np.array(
            [
                dot(n, psi(r + x) - psi(r) + np.log(alpha)) - dot(weight, log_age) + dot(left, log_age - means[0]),
                n.sum() * r / alpha
                - dot(weight, power / (alpha + age))
                + dot(left, power * (1 / (alpha + age) - means[1])),
                n.sum() * np.log(beta) - dot(weight, log_end) + dot(left, 1 / s + log_end - means[2]),
                n.sum() * s / beta - dot(weight, s / (beta + age)) + dot(left, s / (beta + age) - (s + 1) * means[3]),
            ]
        )
        return float(total), gradient * values

    def alive(self, values: Floats, histories: Histories) -> Floats:
        return np.asarray(expit(-self._odds_and_means(values, histories)[0]))

    def expected_if_alive(self, values: Floats, repeats: Floats, age: Floats, until: Floats, nodes: int = 32) -> Floats:
        r, alpha, s, beta = values
        rate, stretch = (r + repeats) / (alpha + age), np.log1p(until[:, None] / (beta + age))
        # ∫ ((β + T) / (β + T + u))^s du, which is a logarithm for s = 1.
        lasting = stretch if abs(s - 1) < 1e-9 else -np.expm1(-(s - 1) * stretch) / (s - 1)
        return np.asarray(rate * (beta + age) * lasting)

    def next_order_if_alive(self, values: Floats, repeats: Floats, age: Floats, chance: Floats) -> Floats:
        """By bisection of ``order_if_alive`` between a thousandth and a thousand times the scales."""
        low, high = np.full(len(age), -7.0), np.full(len(age), 7.0)
        scale = values[1] + age
        never = self._order_within(values, repeats, age, scale * np.exp(high)) < chance
        for _ in range(30):
            middle = (low + high) / 2
            enough = self._order_within(values, repeats, age, scale * np.exp(middle)) >= chance
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return np.where(never, np.inf, scale * np.exp(high))

    def order_if_alive(self, values: Floats, repeats: Floats, age: Floats, until: float) -> Floats:
        return self._order_within(values, repeats, age, np.full(len(age), until))

    def _order_within(self, values: Floats, repeats: Floats, age: Floats, until: Floats) -> Floats:
        """∫ over the time u of the next order, the customer being still there.

        With v = ((α + T) / (α + T + u))^(r + x), which is uniform, only the chance of still being there remains.
        """
        r, alpha, s, beta = values
        power = r + repeats
        end = np.exp(-power * np.log1p(until / (alpha + age)))
        points, weights = _cubed()
        found = np.zeros(len(age))
        for point, weight in zip(points, weights, strict=True):
            log_v = np.log(end + (1 - end) * point)
            time = (alpha + age) * np.expm1(-log_v / power)
            found += weight * np.exp(-s * np.log1p(time / (beta + age)))
        return np.asarray(found * (1 - end))

    def _odds_and_means(self, values: Floats, histories: Histories) -> tuple[Floats, Floats]:
        """Logarithm of the odds of having left, which are

            s ∫ from t_x to T of ((α + T) / (α + u))^(r + x) ((β + T) / (β + u))^s / (β + u) du,

        and the means under that integrand of ln(α + u), 1 / (α + u), ln(β + u) and 1 / (β + u).

        With m = r + s + x and q = ((α + t_x) / (α + u))^m the integrand becomes ((α + u) / (β + u))^(s + 1), which is
        smooth and never larger than its ends, so that a few points of Gauss and Legendre's rule do; the difference of
        two hypergeometric functions in the papers loses its digits.
        """
        r, alpha, s, beta = values
        x, last, age = histories.repeats, histories.last, histories.age
        m = r + s + x
        start = np.log(alpha + last)
        end = np.exp(m * (start - np.log(alpha + age)))
        points, weights = _cubed()
        mass, means = np.zeros(len(age)), np.zeros((4, len(age)))
        for point, weight in zip(points, weights, strict=True):
            log_alpha = start - np.log(end + (1 - end) * point) / m  # ln(α + u)
            from_alpha = np.exp(log_alpha)
            from_beta = from_alpha + (beta - alpha)
            log_beta = np.log(from_beta)
            here = weight * np.exp((s + 1) * (log_alpha - log_beta))
            mass += here
            means += here * np.array([log_alpha, 1 / from_alpha, log_beta, 1 / from_beta])
        with np.errstate(divide="ignore"):
            logs = np.log(s * mass * (1 - end) / m)
        odds = logs - m * start + (r + x) * np.log(alpha + age) + s * np.log(beta + age)
        return odds, means / mass


@lru_cache(maxsize=1)
def _cubed() -> tuple[Floats, Floats]:
    """Points in (0, 1) and weights: Gauss and Legendre's rule in the cube root, for integrands like ln q near 0."""
    points, weights = roots_legendre(NODES)
    root = (1 + points) / 2
    return root**3, weights / 2 * 3 * root**2
