"""How good, how wide and how fair are recommendations? Ranks and lists in, figures with intervals out. Pure.

A rank is the place, from 1, of the one product that came next among all products not met before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.measure.intervals import Interval, bootstrap
from dragoman.types import Vectors


def recall_at(ranks: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    """Return, per shopper, 1 if the product that came next is among the first ``k``, else 0.

    >>> recall_at(np.array([1, 10, 11]), 10).tolist()
    [1.0, 1.0, 0.0]
    """
    return (ranks <= k).astype(np.float64)


def ndcg_at(ranks: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    """Return, per shopper, 1 / log2(rank + 1) within the first ``k``, else 0: nDCG of one relevant product.

    >>> ndcg_at(np.array([1, 3, 11]), 10).tolist()
    [1.0, 0.5, 0.0]
    """
    return np.where(ranks <= k, 1.0 / np.log2(ranks + 1.0), 0.0)


def reciprocal(ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return, per shopper, 1 / rank: its mean is MRR.

    >>> reciprocal(np.array([1, 4])).tolist()
    [1.0, 0.25]
    """
    found: NDArray[np.float64] = 1.0 / ranks
    return found


def shown_counts(lists: Sequence[Sequence[int]], products: int) -> NDArray[np.int64]:
    """Return (products,): in how many lists each product is; products are 0..products - 1.

    >>> shown_counts([[0, 2], [2]], 4).tolist()
    [1, 0, 2, 0]
    """
    flat = np.array([one for row in lists for one in row], dtype=np.int64)
    return np.bincount(flat, minlength=products)


def coverage(counts: NDArray[np.int64]) -> float:
    """Return the share of products that are in any list, 0..1.

    >>> coverage(np.array([1, 0, 2, 0]))
    0.5
    """
    return float((counts > 0).mean()) if len(counts) else 0.0


def gini(counts: NDArray[np.int64]) -> float:
    """Return how unevenly products are shown: 0 all alike, towards 1 one product only.

    Source: Gini 1912, over sorted counts x: sum((2i - n - 1) x_i) / (n sum x).

    >>> gini(np.array([3, 3, 3])), gini(np.array([0, 0, 0, 4]))
    (0.0, 0.75)
    """
    total, n = counts.sum(), len(counts)
    if not total:
        return 0.0
    order = np.sort(counts).astype(np.float64)
    return float(((2 * np.arange(1, n + 1) - n - 1) * order).sum() / (n * total))


def entropy(counts: NDArray[np.int64]) -> float:
    """Return the Shannon entropy, in bits, of which product a place in a list shows (Shannon 1948).

    >>> entropy(np.array([2, 2, 0]))
    1.0
    """
    told = counts[counts > 0] / max(1, counts.sum())
    return float(-(told * np.log2(told)).sum()) + 0.0


def novelty(lists: Sequence[Sequence[int]], met: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return, per list, the mean self-information in bits of its products, by how often shoppers met them.

    Source: Zhou et al. 2010, PNAS 107: -log2 of a product's share of all meetings; one never met counts as
    met once. An empty list has 0.

    >>> novelty([[0], [1], []], np.array([4, 4])).tolist()
    [1.0, 1.0, 0.0]
    """
    bits = -np.log2(np.maximum(met, 1) / max(1, met.sum()))
    return np.array([bits[list(row)].mean() if len(row) else 0.0 for row in lists])


def popularity_bias(lists: Sequence[Sequence[int]], met: NDArray[np.int64]) -> float:
    """Return the mean popularity of what is shown over the mean popularity of what was met, 1 is fair.

    Both are means of a product's count of meetings: over places of lists, and over meetings (Abdollahpouri
    et al. 2019, average recommendation popularity, as a ratio).

    >>> popularity_bias([[0]], np.array([3, 1]))
    1.2
    """
    flat = [one for row in lists for one in row]
    if not flat or not met.sum():
        return 0.0
    usual = float((met.astype(np.float64) ** 2).sum() / met.sum())
    return float(met[flat].mean() / usual)


def diversity(lists: Sequence[Sequence[int]], vectors: Vectors) -> NDArray[np.float64]:
    """Return, per list, the mean of 1 - cosine over its pairs, 0..2 (Ziegler et al. 2005); 0 without any.

    Args:
        lists: Rows of ``vectors``.
        vectors: (products, dim), unit rows.

    >>> diversity([[0, 1], [0]], np.eye(2, dtype="f4")).tolist()
    [1.0, 0.0]
    """
    return np.array([_spread(vectors[list(row)]) for row in lists])


def _spread(rows: Vectors) -> float:
    n = len(rows)
    if n < 2:
        return 0.0
    total = float(np.square(rows.sum(axis=0, dtype=np.float64)).sum()) - n  # ordered pairs' cosines
    return 1.0 - total / (n * (n - 1))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a model stands with one group of shoppers."""

    shoppers: int
    recall: Interval
    ndcg: Interval
    mrr: float


def standing(ranks: NDArray[np.int64], *, k: int, seed: int) -> Standing:
    """Return recall and nDCG within the first ``k`` with their 95 % intervals, and MRR; at least one rank.

    >>> standing(np.array([1, 1]), k=10, seed=0).ndcg
    Interval(mean=1.0, low=1.0, high=1.0)
    """
    recalls, gains = recall_at(ranks, k).tolist(), ndcg_at(ranks, k).tolist()
    mrr = float(reciprocal(ranks).mean())
    return Standing(len(ranks), bootstrap(recalls, seed=seed), bootstrap(gains, seed=seed), mrr)


def by_group(ranks: NDArray[np.int64], groups: Sequence[str], *, k: int, seed: int) -> Mapping[str, Standing]:
    """Return the standing of each group, in alphabetical order; ``groups`` names each shopper's.

    >>> found = by_group(np.array([1, 2, 3]), ["b", "a", "b"], k=1, seed=0)
    >>> {name: one.shoppers for name, one in found.items()}
    {'a': 1, 'b': 2}
    """
    told = np.array(groups)
    return {name: standing(ranks[told == name], k=k, seed=seed) for name in sorted(set(groups))}
