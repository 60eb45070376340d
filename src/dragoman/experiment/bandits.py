"""Contextual bandits: linear rewards, an arm chosen with a propensity that is logged. Knows vectors only."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dragoman.errors import BadInput

Policy: TypeAlias = Literal["linucb", "thompson"]
Matrix: TypeAlias = NDArray[np.float64]

_DRAWS = 256  # samples of the posterior from which a propensity is counted


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What is known of each arm's linear reward: a ridge regression an arm.

    A arms, D dim: ``gram`` (A, D, D) is I + Σ x xᵀ, ``moment`` (A, D) is Σ r x.
    """

    gram: Matrix
    moment: Matrix

    @property
    def weights(self) -> Matrix:
        """(A, D): the ridge estimate of each arm."""
        return np.asarray(np.linalg.solve(self.gram, self.moment[..., None])[..., 0], np.float64)


@dataclass(frozen=True, slots=True)
class Choice:
    """An arm, and how likely each arm was to be chosen: what an off-policy estimate needs logged."""

    arm: int
    propensities: Matrix  # (A,), sums to 1

    @property
    def propensity(self) -> float:
        """That of the chosen arm."""
        return float(self.propensities[self.arm])


def beliefs(arms: int, dim: int, *, ridge: float = 1.0) -> Beliefs:
    """Return the beliefs of somebody who has seen nothing.

    >>> beliefs(2, 3).weights.shape
    (2, 3)
    """
    return Beliefs(np.tile(ridge * np.eye(dim), (arms, 1, 1)), np.zeros((arms, dim)))


def learned(known: Beliefs, arm: int, context: Matrix, reward: float) -> Beliefs:
    """Return the beliefs after one more reward; the old ones stay as they are."""
    gram, moment = known.gram.copy(), known.moment.copy()
    gram[arm] += np.outer(context, context)
    moment[arm] += reward * context
    return replace(known, gram=gram, moment=moment)


def choose(
    known: Beliefs,
    context: Matrix,
    rng: np.random.Generator,
    *,
    policy: Policy = "thompson",
    width: float = 0.5,
    explore: float = 0.05,
) -> Choice:
    """Choose an arm for a context, and say how likely each was.

    LinUCB (Li, Chu, Langford & Schapire 2010, alg. 1) takes the arm whose reward could be highest; linear
    Thompson sampling (Agrawal & Goyal 2013, alg. 1) draws from what is believed. Either way ``explore``
    of the choices are even, so that no propensity is 0 and every arm can be judged later.

    Args:
        context: (D,).
        width: Standard deviations of optimism, or of the posterior.
        explore: Share of even choices, above 0 and at most 1.

    Raises:
        BadInput: nothing would be explored, or the context has another dim.
    """
    if not 0.0 < explore <= 1.0:
        raise BadInput(
            f"explore = {explore}", hint="above 0, at most 1: without it no estimate is possible later"
        )
    if context.shape != known.moment.shape[1:]:
        raise BadInput(
            f"a context of shape {context.shape} for beliefs of dim {known.moment.shape[1]}",
            hint="the same features in the same order",
        )
    inverse = np.linalg.inv(known.gram)
    mean = np.einsum("ade,ae,d->a", inverse, known.moment, context)
    spread = width * np.sqrt(np.einsum("d,ade,e->a", context, inverse, context))
    greedy = _best_of(mean + spread) if policy == "linucb" else _drawn(mean, spread, rng)
    propensities = (1.0 - explore) * greedy + explore / len(mean)
    return Choice(int(rng.choice(len(mean), p=propensities)), propensities)


def _best_of(scores: Matrix) -> Matrix:
    """All on the best arm, ties shared evenly."""
    best = scores >= scores.max() - 1e-12
    shared: Matrix = best / best.sum()
    return shared


def _drawn(mean: Matrix, spread: Matrix, rng: np.random.Generator) -> Matrix:
    """How often each arm is best when every arm's reward is drawn from its posterior.

    The posterior of a linear reward at one context is normal with this mean and spread, so no weights need
    to be drawn.
    """
    samples = mean + spread * rng.standard_normal((_DRAWS, len(mean)))
    return np.bincount(samples.argmax(axis=1), minlength=len(mean)) / _DRAWS
