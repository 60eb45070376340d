"""What a policy would have earned, from what another one logged: IPS, SNIPS, doubly robust."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.errors import BadInput
from dragoman.measure.intervals import Interval

Floats = NDArray[np.float64]
_Z = 1.959964  # 95 %, two-sided


@dataclass(frozen=True, slots=True)
class Logged:
    """Choices that were made, N of them: which arm, how likely it was, what it earned.

    Raises:
        BadInput: lengths differ, or a propensity is not in 0..1 (0 excluded).
    """

    arms: NDArray[np.int64]  # (N,)
    propensities: Floats  # (N,) of the arm chosen
    rewards: Floats  # (N,)

    def __post_init__(self) -> None:
        if not len(self.arms) == len(self.propensities) == len(self.rewards) or len(self.arms) < 2:
            raise BadInput(
                f"{len(self.arms)} logged choices", hint="two or more, with a propensity and reward each"
            )
        if self.propensities.min() <= 0.0 or self.propensities.max() > 1.0:
            raise BadInput(
                f"propensities from {self.propensities.min():g} to {self.propensities.max():g}",
                hint="log the probability with which the arm was chosen, above 0",
            )


def ips(logged: Logged, target: Floats, *, cap: float = np.inf) -> Interval:
    """Return the value of a policy by inverse propensity scores, with its 95 % interval.

    Horvitz & Thompson 1952; unbiased where every arm that the target takes could be chosen. ``cap`` bounds
    the weights (Bottou et al. 2013), which trades variance for a downward bias.

    Args:
        target: (N, A), how likely the target policy takes each arm in each of the logged contexts.

    >>> import numpy as np
    >>> log = Logged(np.array([0, 1]), np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    >>> ips(log, np.array([[1.0, 0.0], [1.0, 0.0]])).mean
    1.0
    """
    return _mean(_weights(logged, target, cap) * logged.rewards)


def snips(logged: Logged, target: Floats, *, cap: float = np.inf) -> Interval:
    """Return the value by self-normalised propensity scores: a little biased, much steadier.

    Swaminathan & Joachims 2015, eq. 8; the interval is the delta method's for a ratio.
    """
    weights = _weights(logged, target, cap)
    whole = float(weights.sum())
    if whole <= 0.0:
        raise BadInput("the target policy never takes a logged arm", hint="log more exploration")
    value = float(weights @ logged.rewards) / whole
    error = float(np.sqrt(np.sum((weights * (logged.rewards - value)) ** 2))) / whole
    return Interval(value, value - _Z * error, value + _Z * error)


def doubly_robust(logged: Logged, target: Floats, predicted: Floats, *, cap: float = np.inf) -> Interval:
    """Return the value by a reward model, mended by propensity scores where it errs.

    Dudík, Langford & Li 2011, eq. 1: right if either the model or the propensities are.

    Args:
        predicted: (N, A), the model's reward of each arm; learned on other data than this log.
    """
    rows = np.arange(len(logged.arms))
    modelled = np.sum(target * predicted, axis=1)
    mended = _weights(logged, target, cap) * (logged.rewards - predicted[rows, logged.arms])
    return _mean(modelled + mended)


def effective_size(logged: Logged, target: Floats) -> float:
    """Return to how many choices of the target policy itself the log amounts (Kish 1965): Σw² under (Σw)²."""
    weights = _weights(logged, target, np.inf)
    square = float(weights @ weights)
    return float(weights.sum()) ** 2 / square if square else 0.0


def _weights(logged: Logged, target: Floats, cap: float) -> Floats:
    if target.shape[0] != len(logged.arms) or target.ndim != 2:
        raise BadInput(
            f"a target of shape {target.shape}", hint=f"({len(logged.arms)}, arms): one row a choice"
        )
    taken = target[np.arange(len(logged.arms)), logged.arms]
    capped: Floats = np.minimum(taken / logged.propensities, cap)
    return capped


def _mean(values: Floats) -> Interval:
    mean, error = float(values.mean()), float(values.std(ddof=1)) / float(np.sqrt(len(values)))
    return Interval(mean, mean - _Z * error, mean + _Z * error)
