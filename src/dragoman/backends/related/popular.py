"""Popularity: what shoppers of a market met most, in a window of days. Knows counts, nobody's history."""

from collections.abc import Sequence

import numpy as np

from dragoman.backends.related.shelved import NOTHING, Floats, Ranked, Rows, leading


class PopularScores:
    """The same list for everybody."""

    def __init__(self, counts: Floats) -> None:
        """Take how much each product was met, (n,); 0 is never."""
        shares = counts / max(1e-9, float(counts.sum()))  # comparable after more events, which trees rely on
        self._scores = np.where(counts > 0, shares, NOTHING).astype(np.float32)

    def near(self, rows: Rows) -> Floats:
        """Return no opinion: popularity relates nothing."""
        return np.full((len(rows), len(self._scores)), NOTHING, np.float32)

    def following(self, histories: Sequence[Rows]) -> Floats:
        """Return the shares of all meetings, for each history."""
        return np.repeat(self._scores[None], len(histories), axis=0)

    def leading(self, histories: Sequence[Rows], k: int) -> list[Ranked]:
        """Return the likeliest; see `Scores`."""
        return leading(self.following(histories), histories, k)
