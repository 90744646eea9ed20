"""Gradient boosted trees: Ke and others (2017), LightGBM, NIPS. Needs the library libgomp on the machine."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
ROUNDS = 120
SAMPLE = 60_000
SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.8,
    "lambda_l2": 5.0,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
"""Small trees, slow steps and full leaves, for a few thousand customers of whom few buy."""


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    booster: Any

    def chances(self, features: Floats) -> Floats:
        return np.asarray(self.booster.predict(features), np.float64)

    def gains(self) -> Floats:
        """How much each feature helped, as shares of one."""
        gain = np.asarray(self.booster.feature_importance(importance_type="gain"), np.float64)
        return np.asarray(gain / max(float(gain.sum()), 1e-12))


def available() -> bool:
    """Whether the package can be loaded here."""
    try:
        import lightgbm  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


def fit(features: Floats, bought: npt.NDArray[np.bool_]) -> Trees:
    """Learn from at most SAMPLE customers, spread over all."""
    import lightgbm

    step = max(-(-len(bought) // SAMPLE), 1)
    data = lightgbm.Dataset(features[::step], label=bought[::step].astype(np.float64))
    return Trees(lightgbm.train(SETTINGS, data, num_boost_round=ROUNDS))
