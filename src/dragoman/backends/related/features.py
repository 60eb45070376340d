"""What a blender looks at: for each product that any model proposes, what every model says of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.related.shelved import Floats, Ranked, Rows
from dragoman.ports import Related
from dragoman.types import Scored


@dataclass(frozen=True, slots=True)
class Proposed:
    """The products that models propose for one history, in the order of ids, and their features."""

    ids: tuple[str, ...]
    features: Floats  # (len(ids), width(models))


def width(models: int) -> int:
    """Return how many features there are: three a model, and three of the whole.

    >>> width(2)
    9
    """
    return 3 * models + 3


def proposed(models: Sequence[Related], histories: Sequence[Sequence[str]], depth: int) -> list[Proposed]:
    """Return, per history, the union of every model's first ``depth`` with features of each product.

    Per model: its score (0 where it does not propose the product), that score over its best one's, and
    1 / rank. Then how many models propose it, the length of the history, and the best of the 1 / rank.
    """
    told = [model.next_items(histories, depth) for model in models]
    return [_proposed([lists[i] for lists in told], len(history)) for i, history in enumerate(histories)]


def _proposed(lists: Sequence[Sequence[Scored]], met: int) -> Proposed:
    ids = tuple(sorted({one.id for found in lists for one in found}))
    rows = {id: row for row, id in enumerate(ids)}
    ranked = [
        Ranked(
            np.array([rows[one.id] for one in found], np.int64), np.array([one.score for one in found], "f4")
        )
        for found in lists
    ]
    return Proposed(ids, gathered(ranked, met)[1])


def gathered(lists: Sequence[Ranked], met: int) -> tuple[Rows, Floats]:
    """Return the rows that any model proposes, ascending, and their features (rows, width(models)).

    Args:
        lists: What each model proposes, best first.
        met: How many products the history holds.
    """
    rows = np.unique(np.concatenate([np.zeros(0, np.int64), *(one.rows for one in lists)]))
    features = np.zeros((len(rows), width(len(lists))), np.float32)
    for i, found in enumerate(lists):
        if not len(found.rows):
            continue
        at = np.searchsorted(rows, found.rows)
        features[at, 3 * i] = found.scores
        features[at, 3 * i + 1] = _over_best(found.scores)
        features[at, 3 * i + 2] = 1 / np.arange(1, len(found.rows) + 1)
    places = features[:, 2 : 3 * len(lists) : 3]
    features[:, -3] = (places > 0).sum(axis=1)
    features[:, -2] = met
    features[:, -1] = places.max(axis=1, initial=0)
    return rows, features


def _over_best(scores: Floats) -> NDArray[np.float32]:
    """Return scores as shares of the way from the last to the first, 0..1, whatever their scale."""
    reach = scores[0] - scores[-1]
    return (scores - scores[-1]) / reach if reach > 0 else np.ones_like(scores)
