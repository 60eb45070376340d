"""Probabilities of tokens become spans: where one begins, ends and goes on. Knows numbers, never texts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LONGEST = 64  # tokens of one span
_HOPEFUL = 0.05  # a start or an end less likely than this is not tried
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Mark:
    """Tokens ``first`` to ``last``, both included, and how sure a reader is of them, 0..1."""

    first: int
    last: int
    score: float


def marks_of(chances: NDArray[np.float32], places: NDArray[np.bool_], *, least: float) -> list[Mark]:
    """Return the spans of one ask in one window, best first, none over another.

    Args:
        chances: (tokens, 3) probabilities that a span begins, ends, goes on at each token.
        places: (tokens,) whether a token stands for characters of the text.
        least: Spans of a smaller score are left out.

    A span's score is the geometric mean of its start, its end and the mean of what is inside, each in logs.

    >>> chances = np.array([[0.9, 0.1, 0.9], [0.1, 0.9, 0.9], [0.0, 0.0, 0.0]], dtype=np.float32)
    >>> [one] = marks_of(chances, np.ones(3, dtype=bool), least=0.3)
    >>> one.first, one.last, round(one.score, 2)
    (0, 1, 0.9)
    """
    starts = np.flatnonzero((chances[:, 0] > _HOPEFUL) & places)
    ends = np.flatnonzero((chances[:, 1] > _HOPEFUL) & places)
    if not len(starts) or not len(ends):
        return []
    logs = np.log(np.maximum(chances, _LEAST))
    sums = np.concatenate([[0.0], np.cumsum(logs[:, 2])])
    lengths = ends[None, :] - starts[:, None] + 1
    inside = (sums[ends + 1][None, :] - sums[starts][:, None]) / np.maximum(lengths, 1)
    total = logs[starts, 0][:, None] + logs[ends, 1][None, :] + inside
    scores = np.where((lengths < 1) | (lengths > _LONGEST), 0.0, np.exp(np.minimum(total, 0.0) / 3))
    rows, columns = np.nonzero(scores >= least)
    listed = [
        Mark(int(starts[i]), int(ends[j]), float(scores[i, j])) for i, j in zip(rows, columns, strict=True)
    ]
    return apart(sorted(listed, key=lambda one: (-one.score, one.first, one.last)))


def apart(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks that do not lie over an earlier one, in their order."""
    kept: list[Mark] = []
    for one in marks:
        if all(one.last < other.first or other.last < one.first for other in kept):
            kept.append(one)
    return kept
