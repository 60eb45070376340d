"""Sorts the products somebody likes into interests: groups of near vectors. Knows vectors, no products."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.types import Vectors

MOST_TASTES = 4
_FAINTEST = 0.05  # of the whole weight; a fainter interest is noise
_MOST_PRODUCTS = 48  # clustered, the strongest; the cost is their square


@dataclass(frozen=True, slots=True)
class Interest:
    """A group of products: positions in what was given, the strongest first, and where it points."""

    weight: float  # share of all
    members: tuple[int, ...]
    direction: NDArray[np.float32]  # (dim,), unit length


def interests(vectors: Vectors, weights: Sequence[float], *, alike: float) -> list[Interest]:
    """Group unit rows whose mean cosine is at least ``alike``, strongest group first.

    Average-link agglomeration: the two groups that are nearest on average are joined as long as they are
    near enough. Nothing is drawn by chance, so the same rows in the same order give the same groups.

    Args:
        vectors: (n, dim), unit rows.
        weights: One a row, above 0.
        alike: Cosine from which two products are one interest; depends on the encoder.

    Returns:
        At most four; weights sum to 1.

    Source: Pal et al. 2020, "PinnerSage: multi-modal user embedding framework for recommendations at
    Pinterest", §3.2: several medoids a person rather than one mean, found by hierarchical clustering.

    >>> rows = np.array([[1, 0], [0, 1], [0.8, 0.6]], "f4")
    >>> [group.members for group in interests(rows, [1.0, 5.0, 2.0], alike=0.7)]
    [(1,), (2, 0)]
    """
    if not len(vectors):
        return []
    given = np.asarray(weights, dtype=np.float64)
    strongest = np.argsort(-given, kind="stable")[:_MOST_PRODUCTS]
    groups = _joined(vectors[strongest].astype(np.float64), alike)
    found = [_interest(strongest[group], vectors, given) for group in groups]
    found.sort(key=lambda one: (-one.weight, one.members))
    whole = sum(one.weight for one in found)
    kept = [one for one in found[:MOST_TASTES] if one.weight >= _FAINTEST * whole]
    total = sum(one.weight for one in kept)
    return [Interest(one.weight / total, one.members, one.direction) for one in kept]


def _joined(rows: NDArray[np.float64], alike: float) -> list[NDArray[np.intp]]:
    """Groups of row numbers by average linkage."""
    sums = rows @ rows.T  # sums[i, j]: sum of cosines between the groups i and j
    sizes = np.ones(len(rows))
    groups: list[list[int]] = [[i] for i in range(len(rows))]
    while len(groups) > 1:
        means = sums / np.outer(sizes, sizes)
        np.fill_diagonal(means, -np.inf)
        # Rounded, so that the last bits of a sum, which depend on its order, decide nothing.
        i, j = sorted(divmod(int(np.round(means, 9).argmax()), len(groups)))
        if means[i, j] < alike:
            break
        sums[i] += sums[j]
        sums[:, i] += sums[:, j]
        sizes[i] += sizes[j]
        groups[i] += groups[j]
        sums = np.delete(np.delete(sums, j, 0), j, 1)
        sizes = np.delete(sizes, j)
        del groups[j]
    return [np.array(group, dtype=np.intp) for group in groups]


def _interest(members: NDArray[np.intp], vectors: Vectors, weights: NDArray[np.float64]) -> Interest:
    ordered = sorted(members.tolist(), key=lambda i: (-weights[i], i))
    mean = weights[ordered] @ vectors[ordered].astype(np.float64)
    length = float(np.linalg.norm(mean))
    direction = mean / length if length > 1e-9 else vectors[ordered[0]]
    return Interest(float(weights[ordered].sum()), tuple(ordered), direction.astype(np.float32))
