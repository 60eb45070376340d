"""Scores against grades: gain of a list, area under a curve. Knows numbers, no run and no file."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata


def gain(scores: Sequence[float], grades: Sequence[float], *, cutoff: int = 10) -> float:
    """Return nDCG of one list with exponential gain, 0..1; 0 where nothing has a grade.

    Gain is 2^grade - 1 (Burges et al. 2005, section 4), discount log2(rank + 1); equal scores keep
    their order. `measure.metrics` has the linear gain of trec_eval.

    >>> gain([0.9, 0.5], [0, 1]), gain([0.9, 0.5], [1, 0])
    (0.6309297535714575, 1.0)
    """
    graded = np.asarray(grades, dtype=np.float64)
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    discounts = 1 / np.log2(np.arange(2, cutoff + 2))

    def total(some: np.ndarray) -> float:
        kept = some[:cutoff]
        return float(((2**kept - 1) * discounts[: len(kept)]).sum())

    ideal = total(np.sort(graded)[::-1])
    return total(graded[order]) / ideal if ideal else 0.0


def area_under(scores: Sequence[float], truths: Sequence[bool]) -> float:
    """Return AUROC: how often a true one scores above a false one, ties counting half; .5 without both.

    By ranks (Mann and Whitney 1947).

    >>> area_under([0.9, 0.4, 0.6], [True, False, True]), area_under([0.1, 0.1], [True, False])
    (1.0, 0.5)
    """
    wanted = np.asarray(truths, dtype=bool)
    yes, no = int(wanted.sum()), int((~wanted).sum())
    if not (yes and no):
        return 0.5
    ranks = rankdata(np.asarray(scores, dtype=np.float64))
    return float((ranks[wanted].sum() - yes * (yes + 1) / 2) / (yes * no))
