"""Neighbour tables: for each product a few others, with weights. Co-visitation and item cosine are such."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.related.shelved import NOTHING, Floats, Ranked, Rows, best_of


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A sparse matrix by rows: the neighbours of product i stand at starts[i]..starts[i + 1]."""

    starts: NDArray[np.int64]  # (n + 1,)
    others: NDArray[np.int32]
    weights: Floats  # above 0


class NeighbourScores:
    """Adds up the neighbours of what was met, the newest counting most."""

    def __init__(self, table: Neighbours, *, fading: float) -> None:
        """Take a table.

        Args:
            table: Which products are whose neighbours.
            fading: What a meeting counts after one newer one, 0..1: 1 forgets nothing.
        """
        self._table, self._fading = table, fading

    def near(self, rows: Rows) -> Floats:
        """Return the weights of each product's neighbours."""
        return self._known(np.array([self._sum(rows[i : i + 1]) for i in range(len(rows))]))

    def following(self, histories: Sequence[Rows]) -> Floats:
        """Return the faded sums of weights."""
        return self._known(np.array([self._sum(history) for history in histories]))

    def leading(self, histories: Sequence[Rows], k: int) -> list[Ranked]:
        """Return the likeliest; see `Scores`. Looks at the neighbours only: the others have no sum."""
        return [self._leading(history, k) for history in histories]

    def _leading(self, history: Rows, k: int) -> Ranked:
        others, weights = self._beside(history)
        rows, back = np.unique(others, return_inverse=True)
        sums = np.bincount(back, weights, minlength=len(rows)).astype(np.float32)
        chosen = (sums > 0) & ~np.isin(rows, history)
        return best_of(rows[chosen].astype(np.int64), sums[chosen], k)

    def _beside(self, history: Rows) -> tuple[NDArray[np.int32], Floats]:
        """Return the neighbours of a history's products, one after the other, with faded weights."""
        table, told = self._table, history.tolist()
        spans = [slice(table.starts[row], table.starts[row + 1]) for row in told]
        fades = [np.float32(self._fading ** (len(told) - 1 - place)) for place in range(len(told))]
        others = [table.others[span] for span in spans] or [np.zeros(0, np.int32)]
        weights = [table.weights[span] * fade for span, fade in zip(spans, fades, strict=True)]
        return np.concatenate(others), np.concatenate(weights or [np.zeros(0, np.float32)])

    def _sum(self, history: Rows) -> Floats:
        others, weights = self._beside(history)
        n = len(self._table.starts) - 1
        return np.bincount(others, weights, minlength=n).astype(np.float32)

    def _known(self, sums: Floats) -> Floats:
        sums[sums <= 0] = NOTHING
        return sums
