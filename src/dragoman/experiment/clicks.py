"""What clicks say of a ranking once the place on the page is taken out: position bias, learning to rank."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.errors import BadInput

Floats = NDArray[np.float64]
_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Impressions:
    """Products shown in lists, one row each: where, what for, and whether clicked.

    Raises:
        BadInput: the lengths differ, or a position is below 1.
    """

    positions: NDArray[np.int64]  # (N,) from 1
    pairs: NDArray[np.int64]  # (N,) the number of the (query, product) pair
    clicks: NDArray[np.bool_]  # (N,)

    def __post_init__(self) -> None:
        if not len(self.positions) == len(self.pairs) == len(self.clicks) or len(self.positions) == 0:
            raise BadInput(
                f"{len(self.positions)} impressions", hint="a position, a pair and a click for each"
            )
        if self.positions.min() < 1:
            raise BadInput(f"a position {self.positions.min()}", hint="places are counted from 1")


@dataclass(frozen=True, slots=True)
class Examined:
    """A position-based click model: a click is a product looked at, times a product wanted."""

    looked: Floats  # (K,) how likely place k + 1 is looked at, the first place being 1
    wanted: Floats  # (pairs,) how likely a pair is clicked once looked at


def examined(seen: Impressions) -> Examined:
    """Return how often each place is looked at, told apart from how good what stands there is.

    Expectation maximisation of the position-based model (Chuklin, Markov & de Rijke 2015, sec. 4.3.1;
    Wang et al. 2018 estimate it likewise). It needs pairs that were shown at several places, as
    interleaving, bandits and ties shuffle them: what only ever stood first looks as good as its place.
    """
    at, pair = seen.positions - 1, seen.pairs
    looked = 1.0 / np.arange(1, at.max() + 2, dtype=np.float64)
    wanted = np.full(pair.max() + 1, 0.5)
    shown_at = np.maximum(np.bincount(at, minlength=len(looked)), 1)
    shown = np.maximum(np.bincount(pair, minlength=len(wanted)), 1)
    for _ in range(_ROUNDS):
        look, want = looked[at], wanted[pair]
        passed = np.maximum(1.0 - look * want, 1e-12)
        was_looked = np.where(seen.clicks, 1.0, look * (1.0 - want) / passed)
        was_wanted = np.where(seen.clicks, 1.0, want * (1.0 - look) / passed)
        looked = np.bincount(at, was_looked, len(looked)) / shown_at
        wanted = np.clip(np.bincount(pair, was_wanted, len(wanted)) / shown, 1e-6, 1.0)
    first = max(looked[0], 1e-9)
    return Examined(looked / first, np.minimum(wanted * first, 1.0))


@dataclass(frozen=True, slots=True)
class Shown:
    """One list as it was shown: a row a product, in order, with what its score was made of."""

    features: Floats  # (n, F)
    clicks: NDArray[np.bool_]  # (n,)


def learned_weights(
    lists: Sequence[Shown], looked: Floats, *, steps: int = 200, lr: float = 0.5, decay: float = 1e-3
) -> Floats:
    """Return a weight a feature under which clicked products rise above the others of their list.

    Pairwise logistic loss, each clicked product weighted by one over how likely its place is looked at:
    unbiased by position (Joachims, Swaminathan & Schnabel 2017, "Unbiased learning-to-rank with biased
    feedback", eq. 5, with a logistic bound in place of the hinge). Full gradient, so that the same lists
    give the same weights.

    Args:
        looked: (K,) from `examined`; places beyond K count as the last.

    Returns:
        (F,), of features scaled to unit deviation; multiply as `dragoman.rank` does.

    Raises:
        BadInput: no list has both a clicked and an unclicked product.
    """
    gaps, worth = _pairs(lists, looked)
    scale = np.maximum(gaps.std(axis=0), 1e-9)
    gaps = gaps / scale
    weights = np.zeros(gaps.shape[1])
    for _ in range(steps):
        push = worth / (1.0 + np.exp(np.clip(gaps @ weights, -30, 30)))
        weights += lr * (gaps.T @ push / worth.sum() - decay * weights)
    found: Floats = weights / scale
    return found


def _pairs(lists: Sequence[Shown], looked: Floats) -> tuple[Floats, Floats]:
    """Every difference of features between a clicked product and one of its list, and what it is worth.

    Against all of them, clicked or not: that the others were not clicked depends on their place, and to
    leave the clicked ones out would bring the bias of place back.
    """
    gaps, worth = [], []
    for one in lists:
        liked, n = np.flatnonzero(one.clicks), len(one.clicks)
        if len(liked) in (0, n):
            continue
        gaps.append((one.features[liked][:, None] - one.features[None]).reshape(-1, one.features.shape[1]))
        chance = np.maximum(looked[np.minimum(liked, len(looked) - 1)], 0.01)
        worth.append(np.repeat(1.0 / chance, n))
    if not gaps:
        raise BadInput(
            "no list with a clicked and an unclicked product", hint="record impressions and clicks"
        )
    return np.concatenate(gaps), np.concatenate(worth)
