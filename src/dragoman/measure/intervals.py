"""How sure a mean is: bootstrap intervals of scores, Wilson intervals of shares. Knows only numbers."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = (
    10_000  # two digits of a 95 % bound are stable from about this many (Efron & Tibshirani 1993, ch. 13)
)
_AT_ONCE = 2_000_000  # numbers drawn at a time: 16 MB


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float

    def as_json(self) -> dict[str, float]:
        """Return the three figures by name, to six digits, which is more than any of them deserves."""
        return {"mean": round(self.mean, 6), "low": round(self.low, 6), "high": round(self.high, 6)}


def bootstrap(values: Sequence[float], *, seed: int) -> Interval:
    """Return the mean of at least one value and its percentile bootstrap interval.

    Source: Efron 1979; for per-query scores, Sakai 2006, "Evaluating evaluation metrics based on
    the bootstrap". The queries are taken as a sample of the shoppers' queries: of one, the
    interval is that one point and says nothing.

    >>> bootstrap([0.5, 0.5, 0.5], seed=0)
    Interval(mean=0.5, low=0.5, high=0.5)
    """
    sample = np.asarray(values, dtype=np.float64)
    means = np.concatenate(list(_resampled_means(sample, np.random.default_rng(seed))))
    low, high = np.percentile(means, (2.5, 97.5))
    # Rounding in the last bit must not put the mean of equal values outside their interval.
    mean = float(np.clip(sample.mean(), sample.min(), sample.max()))
    return Interval(mean, min(float(low), mean), max(float(high), mean))


def share(successes: int, n: int) -> Interval:
    """Return a share and its 95 % Wilson score interval, right for small n and for shares near 0 and 1.

    Source: Wilson 1927, J. Am. Stat. Assoc. 22, z = 1.96. No trials give 0 within 0..1.

    >>> share(0, 0)
    Interval(mean=0.0, low=0.0, high=1.0)
    >>> [round(bound, 3) for bound in (share(9, 10).low, share(9, 10).high)]
    [0.596, 0.982]
    """
    if n == 0:
        return Interval(0.0, 0.0, 1.0)
    p, z2 = successes / n, 1.959964**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return Interval(p, min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half)))


def _resampled_means(sample: NDArray[np.float64], rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Means of resamples drawn with replacement, in batches that bound the memory."""
    step = max(1, _AT_ONCE // len(sample))
    for start in range(0, RESAMPLES, step):
        drawn = rng.integers(len(sample), size=(min(step, RESAMPLES - start), len(sample)))
        yield sample[drawn].mean(axis=1)
