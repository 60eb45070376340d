"""Exact ranking by cosine: the truth an index is held against. Knows vectors and ids only."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dragoman.errors import BadInput
from dragoman.types import Scored, Vectors

_BLOCK = 64  # queries scored at once: 64 x 1M scores are 256 MB


class ExactVectors:
    """Every document's vector in one matrix, compared with every query."""

    def __init__(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Take (len(ids), dim) unit rows; ids are unique.

        Raises:
            BadInput: the numbers of ids and rows differ.
        """
        if len(ids) != len(vectors):
            raise BadInput(f"{len(ids)} ids for {len(vectors)} vectors", hint="one each")
        # In id order a stable sort by score leaves ties in id order.
        order = sorted(range(len(ids)), key=ids.__getitem__)
        self._ids = [ids[i] for i in order]
        self._row = {document: row for row, document in enumerate(self._ids)}
        self._vectors = np.ascontiguousarray(vectors[order], dtype=np.float32)

    def nearest(
        self, vectors: Vectors, k: int, *, only: Sequence[Sequence[str] | None] | None = None
    ) -> list[list[Scored]]:
        """Return per row at most k documents by cosine, best first, ties by id.

        Args:
            vectors: (n, dim), unit rows.
            only: Per row, the ids it may find; ``None`` is any, unknown ids are ignored.
        """
        allowed = only if only is not None else [None] * len(vectors)
        found: list[list[Scored]] = []
        for start in range(0, len(vectors), _BLOCK):
            block = vectors[start : start + _BLOCK] @ self._vectors.T
            for scores, ids in zip(block, allowed[start : start + _BLOCK], strict=True):
                rows = None if ids is None else known_rows(ids, self._row)
                found.append(best(scores, self._ids, k, rows))
        return found


def known_rows(ids: Sequence[str], row: dict[str, int]) -> NDArray[np.intp]:
    """Return the rows of the ids that have one, ascending, each once.

    >>> known_rows(["c", "a", "x"], {"a": 0, "b": 1, "c": 2}).tolist()
    [0, 2]
    """
    return np.array(sorted({row[document] for document in ids if document in row}), dtype=np.intp)


def best(
    scores: NDArray[np.floating], ids: Sequence[str], k: int, rows: NDArray[np.intp] | None = None
) -> list[Scored]:
    """Return the k highest scores, best first, ties in the order of ``ids``, which is ascending.

    Args:
        rows: If given, the only rows that count, ascending.

    >>> best(np.array([0.5, 0.9, 0.5]), ["a", "b", "c"], 2)
    [Scored(id='b', score=0.9), Scored(id='a', score=0.5)]
    """
    rows = np.arange(len(ids)) if rows is None else rows
    values = scores[rows]
    if k < len(values):
        # Everything at or above the k-th score stays in, so that ties at the edge are broken by id too.
        keep = values >= np.partition(values, len(values) - k)[len(values) - k]
        rows, values = rows[keep], values[keep]
    order = np.argsort(-values, kind="stable")[:k]
    return [Scored(ids[rows[i]], float(values[i])) for i in order]
