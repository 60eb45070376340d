"""A reranker without weights. For tests of what asks one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class OverlapReranker:
    """The share of a query's character pairs that a text has: equal spellings are near, meanings are not."""

    @property
    def name(self) -> str:
        """There is but one."""
        return "overlap"

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (len(texts),) in 0..1; 0 where one is blank."""
        asked = _pairs(query)
        return np.array([len(asked & _pairs(text)) / max(1, len(asked)) for text in texts], dtype=np.float32)


def _pairs(text: str) -> set[str]:
    padded = f" {text.strip().casefold()} "
    return {padded[i : i + 2] for i in range(len(padded) - 1)} if text.strip() else set()
