"""Logistic regression on signs by name, for confidences: Newton's method with a little L2."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 50


def fit_logistic(
    rows: Sequence[Mapping[str, float]], good: Sequence[bool], names: Sequence[str]
) -> tuple[float, dict[str, float]]:
    """Return the intercept and the weights of the log-odds that a row with such signs is good.

    Args:
        rows: n signs by name, at least one row.
        good: n.
        names: The signs that count.

    >>> fit_logistic([{"a": 0.0}, {"a": 0.0}], [True, False], ["a"])
    (0.0, {'a': 0.0})
    """
    x = np.array([[1.0, *(row[name] for name in names)] for row in rows])
    y: NDArray[np.float64] = np.array(good, np.float64)
    weights = np.zeros(x.shape[1])
    penalty = np.diag([1e-6, *[1.0] * len(names)])
    for _ in range(_ROUNDS):
        odds = 1.0 / (1.0 + np.exp(-np.clip(x @ weights, -30, 30)))
        hessian = (x * (odds * (1 - odds))[:, None]).T @ x + penalty
        weights += np.linalg.solve(hessian, x.T @ (y - odds) - penalty @ weights)
    first, *others = (round(float(one), 4) for one in weights)
    return first, dict(zip(names, others, strict=True))
