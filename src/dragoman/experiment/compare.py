"""Whether an arm does better: differences of rates, with intervals for one look or many."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dragoman.errors import BadInput

Horizon: TypeAlias = Literal["fixed", "anytime"]
"""``fixed``: looked at once, at the planned size. ``anytime``: as often as one likes."""

_TUNED_FOR = 10_000  # shoppers an arm, for which an anytime interval is narrowest


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more the second arm has of something, with its interval; the level is 1 - alpha."""

    estimate: float
    low: float
    high: float
    error: float  # standard error of the estimate
    n: int  # shoppers in both arms

    @property
    def is_clear(self) -> bool:
        """Whether 0 lies outside."""
        return self.low > 0.0 or self.high < 0.0


def difference(
    first: tuple[NDArray[np.float64], NDArray[np.float64]],
    second: tuple[NDArray[np.float64], NDArray[np.float64]],
    *,
    alpha: float = 0.05,
    horizon: Horizon = "fixed",
) -> Difference:
    """Return the difference of two rates, second less first, where a rate is a sum over a sum.

    Clicks of one shopper hang together, so the variance is taken over shoppers, by the delta method
    (Deng, Knoblich & Lu 2018, "Applying the delta method in metric analytics", eq. 4). At any time: the
    asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2021, thm. 2.2.

    Args:
        first: (n,) numerators and (n,) denominators a shopper: clicks and shows, or buys and ones.
        second: The same of the other arm.

    Raises:
        BadInput: an arm has fewer than two shoppers, or nothing in its denominators.

    >>> one, two = np.array([0.0, 1.0]), np.array([1.0, 1.0])
    >>> difference((one, two), (one, two)).estimate
    0.0
    """
    (one, left), (two, right) = _rate(*first), _rate(*second)
    n = len(first[0]) + len(second[0])
    error = math.sqrt(left + right)
    wide = _normal(alpha) if horizon == "fixed" else _anytime(n, alpha)
    estimate = two - one
    return Difference(estimate, estimate - wide * error, estimate + wide * error, error, n)


def sample_ratio(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Return how likely so uneven a split is by chance: below .001, the assignment is broken.

    Chi-squared test; Fabijan et al. 2019, "Diagnosing sample ratio mismatch in online experiments".

    >>> sample_ratio([500, 500], [0.5, 0.5])
    1.0
    >>> sample_ratio([600, 400], [0.5, 0.5]) < 0.001
    True
    """
    total = sum(counts)
    if total == 0:
        return 1.0
    return float(stats.chisquare(counts, [share * total for share in shares]).pvalue)


def shoppers_needed(rate: float, lift: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Return how many shoppers each arm needs to see a rate of one event a shopper rise by ``lift``.

    Normal approximation of the two-sided test of two shares (Fleiss 1981, eq. 3.14, without continuity).

    >>> shoppers_needed(0.10, 0.01)
    14751

    Raises:
        BadInput: the rates are not in 0..1, or there is no lift.
    """
    after = rate + lift
    if not (0.0 < rate < 1.0 and 0.0 < after < 1.0) or lift == 0.0:
        raise BadInput(f"a rate of {rate} that changes by {lift}", hint="both rates lie between 0 and 1")
    mean = (rate + after) / 2
    null = _normal(alpha) * math.sqrt(2 * mean * (1 - mean))
    real = float(stats.norm.ppf(power)) * math.sqrt(rate * (1 - rate) + after * (1 - after))
    return math.ceil(((null + real) / lift) ** 2)


def _rate(sums: NDArray[np.float64], of: NDArray[np.float64]) -> tuple[float, float]:
    """A ratio of means and the variance of that ratio."""
    n, whole = len(sums), float(of.sum())
    if n < 2 or whole <= 0.0:
        raise BadInput(f"an arm of {n} shoppers with {whole:g} to count by", hint="wait for more shoppers")
    rate = float(sums.sum()) / whole
    residual = sums - rate * of
    return rate, float(residual @ residual) / (n - 1) * n / whole**2


def _normal(alpha: float) -> float:
    return float(stats.norm.ppf(1 - alpha / 2))


def _anytime(n: int, alpha: float) -> float:
    """How many standard errors wide: holds at every n at once, for n not too small."""
    rho2 = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / (2 * _TUNED_FOR)  # ibid., app. B.2
    return math.sqrt(2 * (n * rho2 + 1) / (n * rho2) * math.log(math.sqrt(n * rho2 + 1) / alpha))
