"""Matrix factorisation at serving time: product factors, and a shopper's factor solved from a history."""

from collections.abc import Sequence

import numpy as np

from dragoman.backends.related.shelved import NOTHING, Floats, Ranked, Rows, leading


class FactorScores:
    """Scores by implicit ALS (Hu, Koren and Volinsky 2008): the shopper's side of one half-step, eq. 4."""

    def __init__(self, factors: Floats, *, regularisation: float, confidence: float) -> None:
        """Take (n, dim) product factors, and what they were learned with.

        Args:
            factors: One row a product; a row of zeros is a product that nobody met.
            regularisation: The lambda of the objective.
            confidence: What a meeting counts above none, the alpha of c = 1 + alpha.
        """
        self._factors = factors
        self._known = np.any(factors != 0, axis=1)
        self._knows_all = bool(self._known.all())
        self._gram = factors.T @ factors + regularisation * np.eye(factors.shape[1], dtype=np.float32)
        self._confidence = np.float32(confidence)
        norms = np.linalg.norm(factors, axis=1, keepdims=True)
        self._unit = factors / np.where(norms > 0, norms, 1.0)

    def near(self, rows: Rows) -> Floats:
        """Return cosines of factors."""
        return self._said((self._unit[rows] @ self._unit.T).astype(np.float32), self._known[rows])

    def following(self, histories: Sequence[Rows]) -> Floats:
        """Return the dot products with the factor of each history."""
        shoppers = np.array([self._solved(history) for history in histories], dtype=np.float32)
        shoppers = shoppers.reshape(len(histories), self._factors.shape[1])
        return self._said(shoppers @ self._factors.T, np.any(shoppers != 0, axis=1))

    def leading(self, histories: Sequence[Rows], k: int) -> list[Ranked]:
        """Return the likeliest; see `Scores`."""
        return leading(self.following(histories), histories, k)

    def _solved(self, history: Rows) -> Floats:
        met = self._factors[history]
        wanted = (1 + self._confidence) * met.sum(axis=0)
        found: Floats = np.linalg.solve(self._gram + self._confidence * met.T @ met, wanted)
        return found

    def _said(self, scores: Floats, is_known: np.ndarray) -> Floats:
        if not self._knows_all:
            scores[:, ~self._known] = NOTHING
        scores[~is_known] = NOTHING
        return scores
