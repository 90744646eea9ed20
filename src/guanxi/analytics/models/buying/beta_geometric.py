"""BG/NBD and MBG/NBD: orders come at a rate of each customer's own, and after an order some leave for good.

Fader, Hardie and Lee (2005), "Counting your customers" the easy way: an alternative to the Pareto/NBD model, Marketing
Science 24:275-284. Batislam, Denizel and Filiztekin (2007), Empirical validation and comparison of models for customer
base analysis, International Journal of Research in Marketing 24:201-209: there a customer may leave right after the
first purchase too, so that one who never came back may have left.

The rate is gamma distributed with shape ``r`` and scale ``alpha`` (a time); the chance to leave after an order is beta
distributed with ``a`` and ``b``. With y chances to leave that were not taken (x of BG/NBD, x + 1 of MBG/NBD), the
likelihood of x repeats, the last at age t_x of T, is

    B(a, b + y) / B(a, b)  Γ(r + x) / Γ(r)  α^r (α + T)^-(r + x)  [1 + (a / (b + y - 1)) ((α + T) / (α + t_x))^(r + x)]

where the second term in brackets, the odds of having left, is missing for y = 0.
"""

from functools import lru_cache

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.special import betaln, expit, gammaln, psi

from guanxi.analytics.models.buying.base import BuyingModel
from guanxi.analytics.models.buying.histories import Floats, Histories, dot


class BetaGeometric(BuyingModel):
    """BG/NBD."""

    name = "bg_nbd"
    parameters = ("r", "alpha", "a", "b")
    scale_of = (False, True, False, False)
    usual = (0.5, 60.0, 0.8, 2.5)
    extra = 0
    """How many chances to leave there were beyond one after each repeat."""

    def log_likelihood(self, values: Floats, histories: Histories) -> Floats:
        r, alpha, a, b = values
        x, at = histories.levels
        y = x + self.extra
        of_level = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + y) - betaln(a, b)
        odds = self._log_odds(values, histories)
        return np.asarray(
            of_level[at] - (r + histories.repeats) * np.log(alpha + histories.age) + np.logaddexp(0, odds)
        )

    def total_and_gradient(self, values: Floats, histories: Histories) -> tuple[float, Floats]:
        r, alpha, a, b = values
        x, at = histories.levels
        y, weight, count = x + self.extra, histories.customers, len(histories.levels[0])
        power = r + histories.repeats
        log_age, log_last = np.log(alpha + histories.age), np.log(alpha + histories.last)
        odds = self._log_odds(values, histories, log_age - log_last)
        n = np.bincount(at, weights=weight, minlength=count)
        # One exponential for both ln(1 + odds) and odds / (1 + odds), neither of which may overflow.
        small = np.exp(-np.abs(odds))
        log_either = np.maximum(odds, 0) + np.log1p(small)
        left = weight * np.where(odds > 0, 1.0, small) / (1 + small)
        n_left = np.bincount(at, weights=left, minlength=count)
        of_level = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + y) - betaln(a, b)
        total = dot(n, of_level) + dot(weight, log_either - power * log_age)
        with np.errstate(divide="ignore", invalid="ignore"):
            of_b = np.where(n_left > 0, n_left / (b + y - 1), 0.0)
        gradient = np.array(
            [
                dot(n, psi(r + x) - psi(r) + np.log(alpha)) - dot(weight, log_age) + dot(left, log_age - log_last),
                n.sum() * r / alpha
                + dot((left - weight) * power, 1 / (alpha + histories.age))
                - dot(left * power, 1 / (alpha + histories.last)),
                dot(n, psi(a + b) - psi(a + b + y)) + n_left.sum() / a,
                dot(n, psi(b + y) - psi(a + b + y) - psi(b) + psi(a + b)) - of_b.sum(),
            ]
        )
        return float(total), gradient * values

    def alive(self, values: Floats, histories: Histories) -> Floats:
        return np.asarray(expit(-self._log_odds(values, histories)))

    def expected_if_alive(self, values: Floats, repeats: Floats, age: Floats, until: Floats, nodes: int = 32) -> Floats:
        """The mean of ``(1 - ((α + T) / (α + T + p t))^(r + x)) / p`` for p beta distributed with a, b + y.

        That is the papers' closed form with Gauss's hypergeometric function before the integral over p is taken. Gauss
        and Jacobi's rule takes it, because the function as computers know it fails for customers with dozens of orders.
        """
        r, alpha, a, b = values
        found = np.zeros((len(until), len(repeats)))
        for x in np.unique(repeats):
            mine = repeats == x
            p, weight = _beta_nodes(float(a), float(b + x + self.extra), nodes)
            stretch = p[:, None] / (alpha + age[mine])
            for k, end in enumerate(until):
                found[k, mine] = (weight / p) @ -np.expm1(-(r + x) * np.log1p(stretch * end))
        return found

    def next_order_if_alive(self, values: Floats, repeats: Floats, age: Floats, chance: Floats) -> Floats:
        """Nobody leaves before the next order, so its time is Lomax distributed."""
        r, alpha = values[:2]
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray((alpha + age) * np.expm1(-np.log1p(-chance) / (r + repeats)))

    def order_if_alive(self, values: Floats, repeats: Floats, age: Floats, until: float) -> Floats:
        r, alpha = values[:2]
        return np.asarray(-np.expm1(-(r + repeats) * np.log1p(until / (alpha + age))))

    def _log_odds(self, values: Floats, histories: Histories, log_ratio: Floats | None = None) -> Floats:
        """Logarithm of the odds of having left; minus infinity for those who had no chance to."""
        r, alpha, a, b = values
        if log_ratio is None:
            log_ratio = np.log((alpha + histories.age) / (alpha + histories.last))
        x, at = histories.levels
        y = x + self.extra
        with np.errstate(divide="ignore", invalid="ignore"):
            of_level = np.where(y > 0, np.log(a) - np.log(b + y - 1), -np.inf)
        return np.asarray(of_level[at] + (r + histories.repeats) * log_ratio)


class ModifiedBetaGeometric(BetaGeometric):
    """MBG/NBD."""

    name = "mbg_nbd"
    extra = 1


@lru_cache(maxsize=4096)
def _beta_nodes(a: float, b: float, nodes: int) -> tuple[Floats, Floats]:
    """Points in (0, 1) and weights that sum to one: means over a beta distribution.

    Golub and Welsch (1969), Calculation of Gauss quadrature rules, Mathematics of Computation 23:221-230, with the
    recurrence of Jacobi's polynomials; that of scipy overflows for large b.
    """
    n = np.arange(nodes, dtype=np.float64)
    first, second = b - 1, a - 1  # weight (1 - z)^first (1 + z)^second on (-1, 1), p = (1 + z) / 2
    both = 2 * n + first + second
    with np.errstate(divide="ignore", invalid="ignore"):
        diagonal = (second**2 - first**2) / (both * (both + 2))
        m, both = n[1:], both[1:]
        square = 4 * m * (m + first) * (m + second) * (m + first + second) / (both**2 * (both + 1) * (both - 1))
    diagonal[0] = (second - first) / (first + second + 2)
    square[0] = 4 * (1 + first) * (1 + second) / ((2 + first + second) ** 2 * (3 + first + second))
    points, vectors = eigh_tridiagonal((1 + diagonal) / 2, np.sqrt(square) / 2)
    return np.clip(points, 1e-300, 1.0), vectors[0] ** 2
