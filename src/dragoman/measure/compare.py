"""Is one run better than another? Paired tests over the same queries. Knows scores, no ranking."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dragoman.errors import BadInput
from dragoman.measure.beir import Qrels
from dragoman.measure.intervals import Interval, bootstrap
from dragoman.measure.metrics import Metric, per_query
from dragoman.measure.trec import Run

FLIPS = 20_000  # sign flips drawn: the error of a p of .05 is then .0015
_AT_ONCE = 2_000_000
_NEARLY = 1e-12  # sums of the same numbers in another order are equal


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run b against run a over the same queries: above 0, b is better.

    ``p`` is two-sided; ``p_adjusted`` is Holm's over all comparisons made together.
    """

    n: int
    mean_a: float
    mean_b: float
    difference: Interval
    p: float
    p_adjusted: float

    @property
    def is_worse(self) -> bool:
        """b is significantly worse, after adjustment, at the 5 % level."""
        return self.difference.mean < 0 and self.p_adjusted < 0.05

    @property
    def is_better(self) -> bool:
        """b is significantly better, after adjustment, at the 5 % level."""
        return self.difference.mean > 0 and self.p_adjusted < 0.05

    def as_json(self) -> dict[str, float | dict[str, float]]:
        """Return the figures by name."""
        return {
            "n": self.n,
            "a": round(self.mean_a, 6),
            "b": round(self.mean_b, 6),
            "difference": self.difference.as_json(),
            "p": round(self.p, 6),
            "p_adjusted": round(self.p_adjusted, 6),
        }


def compare(run_a: Run, run_b: Run, qrels: Qrels, metric: Metric, *, seed: int = 0) -> Comparison:
    """Compare two runs on one metric over every judged query; one that a run lacks scores 0 there.

    Raises:
        BadInput: no query is judged, or the runs share no judged query with the judgements.
    """
    scores_a = per_query(run_a, qrels, [metric])[metric.name]
    scores_b = per_query(run_b, qrels, [metric])[metric.name]
    return compare_scores(scores_a, scores_b, seed=seed)


def compare_scores(
    scores_a: Mapping[str, float], scores_b: Mapping[str, float], *, seed: int = 0
) -> Comparison:
    """Compare two runs by their scores of each query.

    Raises:
        BadInput: there is no query, or the two are not of the same queries.

    >>> compare_scores({"x": 0.0, "y": 1.0}, {"x": 0.0, "y": 1.0}).p
    1.0
    """
    if not scores_a or scores_a.keys() != scores_b.keys():
        odd = sorted(scores_a.keys() ^ scores_b.keys())[:3]
        raise BadInput(
            f"the runs are not of the same queries ({len(scores_a)} and {len(scores_b)}; {odd})",
            hint="compare runs of one query file",
        )
    a = np.array([scores_a[query] for query in scores_a], dtype=np.float64)
    b = np.array([scores_b[query] for query in scores_a], dtype=np.float64)
    p = randomisation_p(b - a, seed=seed)
    difference = bootstrap((b - a).tolist(), seed=seed)
    return Comparison(len(a), float(a.mean()), float(b.mean()), difference, p, p)


def compare_files(
    scores_a: Mapping[str, Mapping[str, float]], scores_b: Mapping[str, Mapping[str, float]], *, seed: int = 0
) -> dict[str, Comparison]:
    """Compare file by file, with Holm's correction over the files.

    Raises:
        BadInput: the two are not of the same files, or a pair is not of the same queries.
    """
    if scores_a.keys() != scores_b.keys():
        odd = ", ".join(sorted(scores_a.keys() ^ scores_b.keys()))
        raise BadInput(f"only one of the runs has {odd}", hint="compare runs of the same query files")
    pairs = {name: compare_scores(scores_a[name], scores_b[name], seed=seed) for name in scores_a}
    adjusted = holm([pair.p for pair in pairs.values()])
    return {
        name: replace(pair, p_adjusted=p) for (name, pair), p in zip(pairs.items(), adjusted, strict=True)
    }


def randomisation_p(differences: NDArray[np.float64], *, seed: int) -> float:
    """Return the two-sided p of "the mean difference is 0" by flipping signs at random.

    Source: Fisher's paired randomisation, recommended for ranking measures by Smucker, Allan &
    Carterette 2007 (CIKM); counted as (extreme + 1) / (drawn + 1), so never 0 (Phipson & Smyth 2010).

    >>> randomisation_p(np.zeros(5), seed=0)
    1.0
    """
    told = differences[differences != 0]
    if not len(told):
        return 1.0
    floor = abs(float(told.sum())) - _NEARLY
    rng = np.random.default_rng(seed)
    extreme = sum(int((np.abs(sums) >= floor).sum()) for sums in _flipped_sums(told, rng))
    return (extreme + 1) / (FLIPS + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p values for being taken together, keeping their order.

    Source: Holm 1979, "A simple sequentially rejective multiple test procedure".

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = highest
    return adjusted


def _flipped_sums(told: NDArray[np.float64], rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    step = max(1, _AT_ONCE // len(told))
    for start in range(0, FLIPS, step):
        signs = rng.integers(2, size=(min(step, FLIPS - start), len(told)), dtype=np.int8) * 2 - 1
        yield signs @ told
