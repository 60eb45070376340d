"""Chooses a set that is good and various: the greedy mode of a determinantal point process. Knows vectors."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dragoman.types import Vectors


def various(scores: Sequence[float], vectors: Vectors, k: int, *, dial: float) -> list[int]:
    """Return positions of at most ``k`` rows, each the one that adds most to quality and variety so far.

    Args:
        scores: Quality, one a row, higher is better; any scale.
        vectors: (n, dim), unit rows; near rows are more of the same.
        k: How many.
        dial: 0 takes the best scores, 1 looks mostly at variety.

    Returns:
        In the order chosen; ties by position.

    Source: Chen, Zhang, Zhou 2018, "Fast greedy MAP inference for determinantal point process to improve
    recommendation diversity", NeurIPS, algorithm 1; kernel of quality and similarity as in its eq. 11.

    >>> rows = np.array([[1, 0], [1, 0], [0, 1]], "f4")
    >>> various([3.0, 2.9, 1.0], rows, 2, dial=0.5), various([3.0, 2.9, 1.0], rows, 2, dial=0.0)
    ([0, 2], [0, 1])
    """
    n = len(scores)
    if not n or k <= 0:
        return []
    quality = np.asarray(scores, dtype=np.float64)
    if dial <= 0:
        return sorted(range(n), key=lambda i: (-quality[i], i))[:k]
    span = float(quality.max() - quality.min())
    # Equal spans for every dial: at 0.5 the best row is worth e^2 of the worst.
    logits = (
        (quality - quality.min()) / span * 4.0 * (1.0 - dial) / max(dial, 1e-3) * 0.5 if span else np.zeros(n)
    )
    weights = np.exp(np.clip(logits - logits.max(), -30.0, 0.0))
    likeness = _contrasted(vectors)
    gains = weights**2 * np.diag(likeness)
    rows = np.zeros((min(k, n), n))
    chosen: list[int] = []
    for step in range(min(k, n)):
        i = int(np.round(gains, 12).argmax())
        if gains[i] <= 1e-12:
            break
        chosen.append(i)
        kernel = weights[i] * likeness[i] * weights
        rows[step] = (kernel - rows[:step, i] @ rows[:step]) / np.sqrt(gains[i])
        gains = np.maximum(gains - rows[step] ** 2, 0.0)
        gains[chosen] = -1.0
    left = sorted(set(range(n)) - set(chosen), key=lambda i: (-quality[i], i))
    return [*chosen, *left][:k]


def _contrasted(vectors: Vectors) -> NDArray[np.float64]:
    """Cosines after the mean is taken out: an encoder that puts all in one corner leaves nothing to tell."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = np.where(lengths > 1e-6, centred / np.maximum(lengths, 1e-6), vectors)
    # A little more on the diagonal keeps the matrix positive where rows are equal.
    likeness: NDArray[np.float64] = np.maximum(unit @ unit.T, 0.0) + 1e-3 * np.eye(len(vectors))
    return likeness
