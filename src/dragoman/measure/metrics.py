"""Measures of one ranking by their short names, computed by ir_measures; knows no interval.

nDCG is trec_eval's: the gain is the grade itself (linear; Järvelin & Kekäläinen 2002), the
discount log2(rank + 1), the ideal taken over all judged documents of the query.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import ir_measures

from dragoman.errors import BadInput
from dragoman.measure.beir import Qrels
from dragoman.measure.trec import Run

DEFAULT = ("ndcg@10", "recall@10", "mrr@10")
DEEPEST = 1000  # how far down a measure without a cutoff looks, as TREC runs traditionally go


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure and how many hits it looks at.

    | name | what it says of one query |
    |---|---|
    | ``ndcg`` ``ndcg@10`` | gain over ideal gain, discounted by rank |
    | ``recall@10`` | share of the relevant documents found |
    | ``mrr`` ``mrr@10`` | one over the rank of the first relevant document |
    | ``map`` ``map@10`` | mean precision at the ranks of the relevant documents |
    | ``p@5`` | share of the hits that are relevant |
    | ``success@1`` | 1 if any of the hits is relevant |
    | ``judged@10`` | share of the hits that have a judgement at all |
    """

    name: str
    cutoff: int | None = None

    @property
    def depth(self) -> int:
        """How many hits a ranking needs for this measure."""
        return self.cutoff or DEEPEST


_MEASURES = MappingProxyType(
    {
        "ndcg": ir_measures.nDCG,
        "recall": ir_measures.R,
        "mrr": ir_measures.RR,
        "map": ir_measures.AP,
        "p": ir_measures.P,
        "success": ir_measures.Success,
        "judged": ir_measures.Judged,
    }
)
_WHOLE = frozenset({"ndcg", "mrr", "map"})  # the ones that make sense without a cutoff


def metric(name: str) -> Metric:
    """Return the measure of that name, in any case.

    Raises:
        BadInput: no such measure; the hint holds the nearest names.

    >>> metric("nDCG@10")
    Metric(name='ndcg@10', cutoff=10)
    """
    family, at, cutoff = name.strip().casefold().partition("@")
    if family not in _MEASURES:
        near = difflib.get_close_matches(family, _MEASURES, n=2, cutoff=0.4) or list(_MEASURES)
        raise BadInput(f"no metric {name!r}", hint=f"did you mean {' or '.join(near)}?")
    if not at and family in _WHOLE:
        return Metric(family)
    if not (cutoff.isascii() and cutoff.isdigit() and 0 < int(cutoff) <= DEEPEST):
        raise BadInput(f"metric {name!r} needs a cutoff from 1 to {DEEPEST}", hint=f"like {family}@10")
    return Metric(f"{family}@{int(cutoff)}", int(cutoff))


def per_query(run: Run, qrels: Qrels, metrics: Sequence[Metric]) -> dict[str, dict[str, float]]:
    """Score every judged query, by metric name and query id.

    As ``trec_eval -c``: a judged query that the run lacks scores 0, a query judged without any
    relevant document scores 0, and a query of the run that nobody judged does not count. Only the
    order of a run matters, not its scores.

    Raises:
        BadInput: a document comes twice in one ranking.

    >>> from dragoman.types import Scored
    >>> per_query({"q": [Scored("no", 2.0), Scored("yes", 1.0)]}, {"q": {"yes": 1}}, [metric("mrr@10")])
    {'mrr@10': {'q': 0.5}}
    """
    names = {_measure(wanted): wanted.name for wanted in metrics}
    depth = max((wanted.depth for wanted in metrics), default=0)
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(qrels, 0.0) for name in names.values()}
    for found in ir_measures.iter_calc(list(names), qrels, _ranked(run, qrels, depth)):
        values[names[found.measure]][found.query_id] = found.value
    return values


def _measure(wanted: Metric) -> ir_measures.measures.Measure:
    measure = _MEASURES[wanted.name.partition("@")[0]]
    return measure if wanted.cutoff is None else measure @ wanted.cutoff


def _ranked(run: Run, qrels: Qrels, depth: int) -> Mapping[str, Mapping[str, float]]:
    """Judged queries only, with scores that say the rank and nothing else: no provider has ties to break."""
    ranked: dict[str, dict[str, float]] = {}
    for query in qrels:
        hits = run.get(query, ())
        ranked[query] = {hit.id: float(-rank) for rank, hit in enumerate(hits[:depth])}
        if len(ranked[query]) != min(len(hits), depth):
            raise BadInput(f"a document comes twice among the hits of query {query!r}", hint="rank it once")
    return {query: hits for query, hits in ranked.items() if hits}
