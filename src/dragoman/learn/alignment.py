"""Which piece of a text says which piece of its translation, from many pairs alone.

IBM model 2 with a prior along the diagonal and variational Bayes (Dyer, Chahuneau & Smith 2013, fast_align),
both ways, put together by grow-diag-final-and (Koehn, Och & Marcu 2003).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from dragoman.backends.translators.phrases.counting import Row

Links: TypeAlias = frozenset[tuple[int, int]]
"""Places of a source and of its translation that belong together."""

_TENSION, _NOTHING, _PRIOR, _ROUNDS = 4.0, 0.08, 0.01, 5
_FAINT = 0.05  # expected meetings below which two pieces have not met
_NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


@dataclass(frozen=True, slots=True)
class Alignment:
    """One direction: where each piece of a translation comes from, and how often pieces say each other."""

    places: tuple[NDArray[np.int64], ...]  # a pair each: (J,) places in the source, -1 for nowhere
    odds: Mapping[tuple[int, int], float]  # (source id, or -1 for nothing; target id) to a probability

    def of(self, source: int, target: int) -> float:
        """Return how likely a target piece is for a source piece, -1 for nothing."""
        return self.odds.get((source, target), 1e-7)


def align(sources: Sequence[Row], targets: Sequence[Row]) -> Alignment:
    """Return what the pairs tell of one direction.

    Args:
        sources: Ids of a text each, none empty.
        targets: Ids of its translation, none empty.
    """
    cells = _Cells(sources, targets)
    odds: NDArray[np.float64] = np.ones(len(cells.keys))
    counts = odds
    for _ in range(_ROUNDS):
        counts = cells.expected(odds)
        whole = np.bincount(cells.heads, counts)
        kinds = np.bincount(cells.heads)
        odds = np.exp(digamma(counts + _PRIOR) - digamma(whole + _PRIOR * kinds)[cells.heads])
    shares = counts / np.bincount(cells.heads, counts)[cells.heads]
    met = np.nonzero(counts > _FAINT)[0]
    left, right = cells.ids(met)
    table = zip(zip(left.tolist(), right.tolist(), strict=True), shares[met].tolist(), strict=True)
    return Alignment(cells.likeliest(odds), dict(table))


class _Cells:
    """Every piece of every translation beside each piece it may come from, and beside nothing."""

    def __init__(self, sources: Sequence[Row], targets: Sequence[Row]) -> None:
        self._shapes = [(len(s), len(t)) for s, t in zip(sources, targets, strict=True)]
        diagonal = {shape: _diagonal(*shape) for shape in set(self._shapes)}
        left, right, prior, widths = [], [], [], []
        for source, target, (width, height) in zip(sources, targets, self._shapes, strict=True):
            left.append(np.tile(np.array([0, *(i + 1 for i in source)]), height))
            right.append(np.repeat(np.array(target), width + 1))
            prior.append(diagonal[width, height])
            widths.append(np.full(height, width + 1))
        self._prior = np.concatenate(prior)
        every = np.concatenate(widths)
        self._first = np.concatenate([[0], np.cumsum(every)[:-1]])
        self._group = np.repeat(np.arange(len(every)), every)
        ids = np.concatenate(right).astype(np.int64)
        self._size = int(ids.max()) + 1
        self.keys, self._at = np.unique(
            np.concatenate(left).astype(np.int64) * self._size + ids, return_inverse=True
        )
        self.heads = self.keys // self._size

    def expected(self, odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how often two pieces are expected to belong together."""
        weighed = odds[self._at] * self._prior
        shares = weighed / np.add.reduceat(weighed, self._first)[self._group]
        return np.bincount(self._at, shares, minlength=len(self.keys)).astype(np.float64)

    def likeliest(self, odds: NDArray[np.float64]) -> tuple[NDArray[np.int64], ...]:
        weighed, found, start = odds[self._at] * self._prior, [], 0
        for width, height in self._shapes:
            end = start + height * (width + 1)
            found.append(weighed[start:end].reshape(height, width + 1).argmax(axis=1) - 1)
            start = end
        return tuple(found)

    def ids(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self.heads[rows] - 1, self.keys[rows] % self._size


def _diagonal(width: int, height: int) -> NDArray[np.float64]:
    """(height * (width + 1),): where a piece comes from, before anything else is known."""
    there = np.arange(1, width + 1) / width
    here = np.arange(1, height + 1)[:, None] / height
    near = np.exp(-_TENSION * np.abs(there - here))
    near *= (1 - _NOTHING) / near.sum(axis=1, keepdims=True)
    return np.concatenate([np.full((height, 1), _NOTHING), near], axis=1).ravel()


def linked(forth: Sequence[int], back: Sequence[int]) -> Links:
    """Return the links that both directions, and their neighbours, vouch for.

    Args:
        forth: For each place of the target, its place in the source, or -1.
        back: For each place of the source, its place in the target, or -1.

    >>> sorted(linked([0, 1, 1], [0, 1]))
    [(0, 0), (1, 1), (1, 2)]
    """
    one = {(i, j) for j, i in enumerate(forth) if i >= 0}
    other = {(i, j) for i, j in enumerate(back) if j >= 0}
    both, links = one | other, one & other
    left, right = {i for i, _ in links}, {j for _, j in links}
    fresh = sorted(links)
    while fresh:
        found = []
        for i, j in fresh:
            for near in ((i + di, j + dj) for di, dj in _NEIGHBOURS):
                if near in both and near not in links and (near[0] not in left or near[1] not in right):
                    links.add(near)
                    left.add(near[0])
                    right.add(near[1])
                    found.append(near)
        fresh = sorted(found)
    for i, j in (*sorted(one), *sorted(other)):
        if i not in left and j not in right:
            links.add((i, j))
            left.add(i)
            right.add(j)
    return frozenset(links)
