"""The plain way: logistic regression on how lately and how often someone bought from the category."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
COLUMNS = (0, 5, 6)
"""Of features.NAMES: days since any purchase, days since this category, days with it."""
RIDGE = 1.0
"""Keeps weights finite where a few customers could be told apart without error."""


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    weights: Floats
    """The constant first."""

    def chances(self, features: Floats) -> Floats:
        return np.asarray(1 / (1 + np.exp(-np.clip(_design(features) @ self.weights, -30, 30))))


def fit(features: Floats, bought: npt.NDArray[np.bool_]) -> Plain:
    """The likeliest weights with a weak pull to zero; maximum a posteriori by L-BFGS."""
    from scipy import optimize

    design, label = _design(features), bought.astype(np.float64)

    def loss(weights: Floats) -> tuple[float, Floats]:
        score = design @ weights
        value = np.logaddexp(0, score).sum() - score @ label + RIDGE * (weights[1:] ** 2).sum() / 2
        slope = design.T @ (1 / (1 + np.exp(-np.clip(score, -30, 30))) - label)
        slope[1:] += RIDGE * weights[1:]
        return float(value), slope

    found = optimize.minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B")
    return Plain(found.x)


def _design(features: Floats) -> Floats:
    """A constant, and the logarithms of the chosen columns."""
    return np.column_stack([np.ones(len(features)), np.log1p(features[:, COLUMNS])])
