"""Any scores of products as the Related port: ids in and out, nothing met again. Knows numbers, no model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dragoman.types import Scored

Rows: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float32]

NOTHING = np.float32(-np.inf)
"""The score of a product that a model has no opinion about: it is never returned."""

_STEP = 16  # of the sample of scores that bounds the best ones


class Scores(Protocol):
    """What a model has to know: numbers of products, 0..n-1, in the order of their ids."""

    def near(self, rows: Rows) -> Floats:
        """Return (len(rows), n): how well each product goes with each row, `NOTHING` where unknown."""
        ...

    def following(self, histories: Sequence[Rows]) -> Floats:
        """Return (len(histories), n): how likely each is next; histories are oldest first."""
        ...

    def leading(self, histories: Sequence[Rows], k: int) -> "list[Ranked]":
        """Return, per history, the ``k`` likeliest of what it does not hold, best first, ties by number."""
        ...


@dataclass(frozen=True, slots=True)
class Products:
    """The products that models of one folder know, ascending, and the row of each."""

    ids: tuple[str, ...]
    rows: Mapping[str, int]

    @staticmethod
    def of(ids: Sequence[str]) -> "Products":
        """Return the products of these ids, sorted."""
        listed = tuple(sorted(set(ids)))
        return Products(listed, {id: row for row, id in enumerate(listed)})

    def known(self, ids: Sequence[str]) -> Rows:
        """Return the rows of those ids that are known, in order."""
        return np.array([self.rows[id] for id in ids if id in self.rows], dtype=np.int64)


class Shelved:
    """A model's scores as a Related backend."""

    def __init__(self, name: str, products: Products, scores: Scores) -> None:
        """Take a model of numbers, and the ids that the numbers stand for."""
        self._name, self._products, self.scores = name, products, scores

    @property
    def name(self) -> str:
        """Which model it is."""
        return self._name

    def related(self, ids: Sequence[str], k: int) -> list[list[Scored]]:
        """Per product, at most ``k`` others that go with it, best first, ties by id; [] if unknown."""
        rows = self._products.known(ids)
        if not len(rows):
            return [[] for _ in ids]
        scores = self.scores.near(rows)
        scores[np.arange(len(rows)), rows] = NOTHING
        found = dict(zip(rows.tolist(), best(scores, k), strict=True))
        return [self._told(found.get(self._products.rows.get(id, -1))) for id in ids]

    def next_items(self, histories: Sequence[Sequence[str]], k: int) -> list[list[Scored]]:
        """Per history, at most ``k`` products likely next, none of them in it, best first, ties by id."""
        rows = [self._products.known(history) for history in histories]
        if not rows:
            return []
        return [self._told(one) for one in self.scores.leading(rows, k)]

    def _told(self, ranked: "Ranked | None") -> list[Scored]:
        if ranked is None:
            return []
        ids = self._products.ids
        pairs = zip(ranked.rows.tolist(), ranked.scores.tolist(), strict=True)
        return [Scored(ids[row], score) for row, score in pairs]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Products, best first, with their scores."""

    rows: Rows
    scores: Floats


def leading(scores: Floats, histories: Sequence[Rows], k: int) -> list[Ranked]:
    """Return `Scores.leading` of scores for every product, which are changed.

    >>> [one.rows.tolist() for one in leading(np.array([[3, 2, 1]], dtype="f4"), [np.array([0])], 1)]
    [[1]]
    """
    for score, met in zip(scores, histories, strict=True):
        score[met] = NOTHING
    return best(scores, k)


def best(scores: Floats, k: int) -> list[Ranked]:
    """Return the ``k`` best of each row of scores, ties by number, those without opinion left out.

    >>> [one.rows.tolist() for one in best(np.array([[1, 3, 3, -np.inf]], dtype="f4"), 3)]
    [[1, 2, 0]]
    """
    return [_best(row, k) for row in scores]


def best_of(rows: Rows, scores: Floats, k: int) -> Ranked:
    """Return the ``k`` best of some products with their scores, ties by number.

    >>> best_of(np.array([7, 4, 5]), np.array([1, 2, 2], dtype="f4"), 2).rows.tolist()
    [4, 5]
    """
    order = np.lexsort((rows, -scores))[: max(0, k)]
    return Ranked(rows[order], scores[order])


def _best(scores: Floats, k: int) -> Ranked:
    k = max(0, min(k, len(scores)))
    if not k:
        return Ranked(np.zeros(0, np.int64), np.zeros(0, np.float32))
    rows = _candidates(scores, k)
    return best_of(rows, scores[rows], k)


def _candidates(scores: Floats, k: int) -> Rows:
    """Return all rows that can be among the ``k`` best: those that tie with the last of them too.

    A bound from every 16th score leaves a few hundred rows, which costs a tenth of partitioning all of them;
    where it leaves too few, the partition says.
    """
    sample = scores[::_STEP]
    nth = 2 * k // _STEP + _STEP
    if len(sample) > 4 * nth:
        bound = np.partition(sample, len(sample) - nth)[len(sample) - nth]
        rows = np.flatnonzero(scores >= bound)
        if len(rows) >= k and bound > NOTHING:
            return rows
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    return np.flatnonzero(scores >= least) if least > NOTHING else np.flatnonzero(scores > NOTHING)
