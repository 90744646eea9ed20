"""Tastes: factors of customers and articles from what was bought, by alternating least squares.

Hu, Koren and Volinsky (2008), Collaborative filtering for implicit feedback datasets, ICDM. The package `implicit`
needs the library libgomp on the machine; without it, tastes are left out.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy import sparse

FACTORS = 32
STEPS = 15
REGULARISATION = 0.1
CONFIDENCE = 2.0
"""What one more day of buying an article adds to the certainty that it is liked."""
SEED = 7


def available() -> bool:
    """Whether the package can be loaded here."""
    try:
        import implicit  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


def learn(bought: "sparse.csr_array") -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Factors of the customers and of the articles: their products say how well the two go together."""
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy import sparse
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):  # the package runs its own threads, and warns of a second kind beside them
        model = AlternatingLeastSquares(
            factors=FACTORS,
            regularization=REGULARISATION,
            alpha=CONFIDENCE,
            iterations=STEPS,
            random_state=SEED,
            calculate_training_loss=False,
        )
        model.fit(sparse.csr_matrix(bought.astype(np.float32)), show_progress=False)
    return model.user_factors, model.item_factors
