"""Judged queries through a ranker: one run and its figures per query file.

The story of ``dragoman eval retrieval``. Knows rankings and judgements; the ranker comes in as a
function, so it may be a verb, an index or a baseline.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from dragoman.errors import BadInput
from dragoman.measure.beir import Qrels, Queries, read_queries, stem
from dragoman.measure.intervals import Interval, bootstrap
from dragoman.measure.metrics import Metric, per_query
from dragoman.measure.trec import Candidates, Run
from dragoman.types import Scored

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """One query put to a ranker; ``only`` are the ids it may answer with, ``None`` is any."""

    text: str
    only: Sequence[str] | None = None


Ranker: TypeAlias = Callable[[Sequence[Asked]], list[list[Scored]]]
"""Answers each query with its hits, best first; the order counts, the scores are only kept."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured on one query file: the run, each query's scores, their means."""

    run: Run
    scores: Mapping[str, Mapping[str, float]]  # by metric name, then query id
    means: Mapping[str, Interval]  # by metric name
    n: int  # judged queries

    def as_json(self) -> dict[str, int | dict[str, float]]:
        """Return ``{"n": …, "<metric>": {"mean", "low", "high"}}``."""
        return {"n": self.n, **{name: mean.as_json() for name, mean in self.means.items()}}


def evaluate_retrieval(
    files: Sequence[Path],
    qrels: Qrels,
    *,
    ranker: Ranker,
    metrics: Sequence[Metric],
    candidates: Candidates | None = None,
    seed: int = 0,
) -> dict[str, Figures]:
    """Rank and score every query of every file, by the file's stem, in the order given.

    The judgements of a file are those of its own queries. Queries nobody judged are ranked but do
    not count; see ``per_query`` for those without a relevant document or a hit.

    Args:
        candidates: If given, only these documents are ranked for a query; a query without any
            has no hits and scores 0.
        seed: Of the bootstrap.

    Raises:
        BadInput: two files of one stem, a file without a judged query, or a ranker that broke its word.
    """
    named = _named(files)
    results: dict[str, Figures] = {}
    for name, path in named.items():
        queries = read_queries(path)
        own = _judged(queries, qrels, name)
        run = rank(queries, ranker, candidates)
        results[name] = figures(run, own, metrics, seed=seed)
    return results


def rank(queries: Queries, ranker: Ranker, candidates: Candidates | None = None) -> Run:
    """Return the ranker's run for these queries.

    Raises:
        BadInput: the ranker answered another number of queries, or with a document outside the candidates.
    """
    asked = [
        Asked(text, None if candidates is None else candidates.get(query, ()))
        for query, text in queries.items()
    ]
    answers = ranker(asked)
    if len(answers) != len(asked):
        raise BadInput(f"the ranker answered {len(answers)} of {len(asked)} queries", hint="one list each")
    for question, hits in zip(asked, answers, strict=True):
        _refuse_strangers(question, hits)
    return dict(zip(queries, answers, strict=True))


def figures(run: Run, qrels: Qrels, metrics: Sequence[Metric], *, seed: int = 0) -> Figures:
    """Score a run that exists already: each query, and the mean with its interval."""
    scores = per_query(run, qrels, metrics)
    means = {name: bootstrap(list(values.values()), seed=seed) for name, values in scores.items()}
    return Figures(run, scores, means, len(qrels))


def restricted(qrels: Qrels, queries: Queries) -> Qrels:
    """Return the judgements of these queries only, in the order of the queries.

    >>> restricted({"a": {"x": 1}, "b": {"y": 1}}, {"b": "red shoe", "c": "blue shoe"})
    {'b': {'y': 1}}
    """
    return {query: qrels[query] for query in queries if query in qrels}


def warn_of_strangers(qrels: Qrels, documents: Sequence[str]) -> int:
    """Count the relevant documents that the corpus lacks, which no ranker can find, and log a warning.

    >>> warn_of_strangers({"q": {"a": 1, "b": 0}}, ["a"])
    0
    """
    known = frozenset(documents)
    strangers = {
        document
        for judged in qrels.values()
        for document, grade in judged.items()
        if grade > 0 and document not in known
    }
    if strangers:
        log.warning("relevant_documents_missing=%d first=%s", len(strangers), min(strangers))
    return len(strangers)


def _named(files: Sequence[Path]) -> dict[str, Path]:
    named: dict[str, Path] = {}
    for path in files:
        if stem(path) in named:
            raise BadInput(f"{named[stem(path)]} and {path} have one stem", hint="rename one of them")
        named[stem(path)] = path
    return named


def _judged(queries: Queries, qrels: Qrels, name: str) -> Qrels:
    own = restricted(qrels, queries)
    if not own:
        raise BadInput(f"no query of {name} is judged", hint="do queries and judgements belong together?")
    if len(own) < len(queries):
        log.warning("queries=%s judged=%d of=%d", name, len(own), len(queries))
    return own


def _refuse_strangers(asked: Asked, hits: Sequence[Scored]) -> None:
    if asked.only is None:
        return
    strangers = {hit.id for hit in hits} - set(asked.only)
    if strangers:
        raise BadInput(
            f"the ranker answered {asked.text!r} with {min(strangers)!r}, which is no candidate",
            hint="rank the candidates only",
        )
