"""F1 of each label and their mean, with its interval; knows counts only."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dragoman.measure.intervals import Interval

_RESAMPLES = 2_000


def f1_by_label(pairs: Mapping[tuple[str, str], int]) -> dict[str, float]:
    """Return the F1 of every label that is true of something, from counts of (true, found).

    2 tp / (2 tp + fp + fn): van Rijsbergen 1979, ch. 7, with precision and recall alike.

    >>> f1_by_label({("de", "de"): 1, ("de", "fr"): 1, ("fr", "fr"): 1})
    {'de': 0.6666666666666666, 'fr': 0.6666666666666666}
    """
    labels, counts = _square(pairs)
    return dict(zip(labels, _f1(counts[None], len(labels))[0].tolist(), strict=True))


def macro_f1(pairs: Mapping[tuple[str, str], int], *, seed: int) -> Interval:
    """Return the mean F1 over the true labels, each weighing the same, with its bootstrap interval.

    Resampling the texts is drawing new counts of each (true, found) from a multinomial.

    >>> macro_f1({("de", "de"): 3, ("fr", "fr"): 2}, seed=0).mean
    1.0
    """
    labels, counts = _square(pairs)
    total = int(counts.sum())
    mean = float(_f1(counts[None], len(labels)).mean())
    drawn = np.random.default_rng(seed).multinomial(total, counts.ravel() / total, size=_RESAMPLES)
    means = _f1(drawn.reshape(-1, *counts.shape), len(labels)).mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return Interval(mean, min(mean, float(low)), max(mean, float(high)))


def _square(pairs: Mapping[tuple[str, str], int]) -> tuple[list[str], NDArray[np.int64]]:
    """Counts with true labels down and found ones across; labels nothing is truly of come last."""
    true = sorted({lang for lang, _ in pairs})
    order = true + sorted({found for _, found in pairs} - set(true))
    place = {lang: i for i, lang in enumerate(order)}
    counts = np.zeros((len(order), len(order)), dtype=np.int64)
    for (lang, found), count in pairs.items():
        counts[place[lang], place[found]] += count
    return true, counts


def _f1(counts: NDArray[np.int64], labels: int) -> NDArray[np.float64]:
    """(samples, label, label) -> (samples, labels); a label that a resample lost scores 0."""
    tp = np.diagonal(counts, axis1=1, axis2=2)[:, :labels]
    named = counts.sum(axis=2)[:, :labels] + counts.sum(axis=1)[:, :labels]
    f1: NDArray[np.float64] = 2.0 * tp / np.maximum(named, 1)
    return f1
