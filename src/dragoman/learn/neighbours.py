"""Neighbour tables from sequences: co-visitation and item cosine. Knows rows of products, from 0."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from dragoman.backends.related.neighbours import Neighbours

Floats = NDArray[np.float32]


def met_by(
    sequences: Sequence[NDArray[np.integer]], items: int, weights: Sequence[Floats] = ()
) -> sp.csr_matrix:
    """Return (shoppers, items): 1, or the sum of weights, where a shopper met a product.

    >>> met_by([np.array([0, 2]), np.array([2])], 3).toarray().tolist()
    [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]
    """
    sizes = [len(one) for one in sequences]
    columns = np.concatenate(sequences) if sequences else np.zeros(0, np.int64)
    values = np.concatenate(weights) if len(weights) else np.ones(len(columns), np.float32)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    found = sp.csr_matrix((values.astype(np.float32), columns, starts), shape=(len(sequences), items))
    found.sum_duplicates()
    if not len(weights):
        found.data[:] = 1
    return found


def pairs_of(
    sequences: Sequence[NDArray[np.integer]], items: int, *, window: int, backwards: float
) -> sp.csr_matrix:
    """Return (items, items): how often product b came within ``window`` places after a, nearer counting more.

    Args:
        sequences: Rows of products, oldest first.
        window: Places; a pair that is d apart counts 1 / d.
        backwards: What a pair counts for its reverse, 0..1: 1 ignores the order.

    >>> pairs_of([np.array([0, 1, 2])], 3, window=2, backwards=0.0).toarray().tolist()
    [[0.0, 1.0, 0.5], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    left, right, values = [], [], []
    flat = np.concatenate(sequences) if sequences else np.zeros(0, np.int64)
    owners = np.repeat(np.arange(len(sequences)), [len(one) for one in sequences])
    for apart in range(1, window + 1):
        same = owners[apart:] == owners[:-apart]
        left.append(flat[:-apart][same])
        right.append(flat[apart:][same])
        values.append(np.full(int(same.sum()), 1 / apart, np.float32))
    parts = (np.concatenate(values), (np.concatenate(left), np.concatenate(right)))
    found = sp.csr_matrix(parts, shape=(items, items), dtype=np.float32)
    found.setdiag(0)
    found = (found + backwards * found.T).tocsr()
    found.eliminate_zeros()
    return found


def covisited(pairs: sp.csr_matrix, counts: NDArray[np.floating], *, popularity: float, k: int) -> Neighbours:
    """Return for each product the ``k`` with the most pairs, over their count to the power ``popularity``.

    Args:
        pairs: (items, items), as `pairs_of` makes them.
        counts: (items,), how often each product was met.
        popularity: 0 prefers what everybody meets, 1 what hardly anybody does otherwise.
        k: Neighbours kept.
    """
    scale = np.power(np.maximum(counts, 1), -popularity)
    return kept(pairs @ sp.diags(scale.astype(np.float32)), k)


def cosines(met: sp.csr_matrix, *, shrink: float, k: int) -> Neighbours:
    """Return for each product the ``k`` nearest by the cosine of who met them, pulled to 0 where few did.

    Source: Sarwar et al. 2001; the shrinkage is Bell and Koren 2007, eq. 3: times n / (n + shrink), n the
    shoppers that two products share.
    """
    shared = (met.T @ met).tocsr()
    norms = np.sqrt(np.asarray(met.multiply(met).sum(axis=0))).ravel()
    inverse = sp.diags((1 / np.maximum(norms, 1e-9)).astype(np.float32))
    found = (inverse @ shared @ inverse).tocsr()
    found.data *= shared.data / (shared.data + shrink)
    found.setdiag(0)
    found.eliminate_zeros()
    return kept(found, k)


def kept(matrix: sp.csr_matrix, k: int) -> Neighbours:
    """Return the ``k`` largest of each row, ties by number.

    >>> kept(sp.csr_matrix([[0.0, 2.0, 2.0, 1.0]]), 2).others.tolist()
    [1, 2]
    """
    matrix = matrix.tocsr()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    place = np.arange(len(order)) - matrix.indptr[rows[order]]
    chosen = order[place < k]
    sizes = np.minimum(np.diff(matrix.indptr), k)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Neighbours(starts, matrix.indices[chosen].astype(np.int32), matrix.data[chosen].astype(np.float32))
