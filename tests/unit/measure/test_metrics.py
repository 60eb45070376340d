"""Laws of the measures: they are trec_eval's, and equal a slow and obvious version of themselves."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
import pytrec_eval

from dragoman.errors import BadInput
from dragoman.measure.metrics import metric, per_query
from dragoman.types import Scored

NAMES = ("ndcg@10", "ndcg", "recall@10", "mrr@10", "map", "map@5", "p@5", "success@1")


def slow(name: str, ranked: Sequence[str], judged: Mapping[str, int]) -> float:
    """The definitions, word for word, for grades of 0 and more."""
    family, _, cutoff = name.partition("@")
    top = list(ranked)[: int(cutoff)] if cutoff else list(ranked)
    relevant = {document for document, grade in judged.items() if grade > 0}
    found = [document in relevant for document in top]
    if family == "ndcg":
        ideal = sorted((grade for grade in judged.values() if grade > 0), reverse=True)
        ideal = ideal[: int(cutoff)] if cutoff else ideal
        best = sum(grade / math.log2(rank + 1) for rank, grade in enumerate(ideal, 1))
        gained = sum(max(0, judged.get(d, 0)) / math.log2(rank + 1) for rank, d in enumerate(top, 1))
        return gained / best if best else 0.0
    if family == "recall":
        return sum(found) / len(relevant) if relevant else 0.0
    if family == "mrr":
        return 1 / (1 + found.index(True)) if any(found) else 0.0
    if family == "map":
        hits = [sum(found[: i + 1]) / (i + 1) for i, is_relevant in enumerate(found) if is_relevant]
        return sum(hits) / len(relevant) if relevant else 0.0
    return sum(found) / int(cutoff) if family == "p" else float(any(found))


def judged_run(seed: int) -> tuple[dict[str, list[Scored]], dict[str, dict[str, int]]]:
    rng = np.random.default_rng(seed)
    run, qrels = {}, {}
    for query in range(20):
        pool = [f"d{i}" for i in rng.permutation(40)]
        run[f"q{query}"] = [Scored(document, 0.5) for document in pool[: rng.integers(1, 30)]]
        qrels[f"q{query}"] = {document: int(rng.integers(0, 4)) for document in pool[5:15]}
    return run, qrels


@pytest.mark.parametrize("name", NAMES)
def test_every_measure_equals_its_slow_definition(name: str) -> None:
    run, qrels = judged_run(seed=1)
    fast = per_query(run, qrels, [metric(name)])[name]
    assert fast == pytest.approx(
        {query: slow(name, [hit.id for hit in run[query]], qrels[query]) for query in qrels}, abs=1e-12
    )


def test_ndcg_is_trec_evals_on_a_case_done_by_hand() -> None:
    run = {"q": [Scored("one", 3.0), Scored("none", 2.0), Scored("two", 1.0)]}
    qrels = {"q": {"one": 1, "none": 0, "two": 2, "lost": 1}}
    by_hand = (1 / 1 + 2 / 2) / (2 / 1 + 1 / math.log2(3) + 1 / 2)
    theirs = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut_10"}).evaluate(
        {"q": {hit.id: hit.score for hit in run["q"]}}
    )
    ours = per_query(run, qrels, [metric("ndcg@10")])["ndcg@10"]["q"]
    assert ours == pytest.approx(by_hand, abs=1e-12)
    assert ours == pytest.approx(theirs["q"]["ndcg_cut_10"], abs=1e-12)


def test_the_gain_is_linear_in_the_grade() -> None:
    run = {"q": [Scored("one", 2.0), Scored("three", 1.0)]}
    ours = per_query(run, {"q": {"one": 1, "three": 3}}, [metric("ndcg@10")])["ndcg@10"]["q"]
    assert ours == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))


def test_only_the_order_counts_not_the_scores() -> None:
    run, qrels = judged_run(seed=2)
    rising = {query: [Scored(hit.id, float(i)) for i, hit in enumerate(hits)] for query, hits in run.items()}
    metrics = [metric(name) for name in NAMES]
    assert per_query(run, qrels, metrics) == per_query(rising, qrels, metrics)


def test_a_query_without_hits_or_without_relevant_documents_scores_zero_and_counts() -> None:
    qrels = {"lost": {"a": 1}, "barren": {"a": 0}, "found": {"a": 1}}
    run = {"barren": [Scored("a", 1.0)], "found": [Scored("a", 1.0)], "unjudged": [Scored("a", 1.0)]}
    for scores in per_query(run, qrels, [metric(name) for name in NAMES if name != "p@5"]).values():
        assert scores == {"lost": 0.0, "barren": 0.0, "found": 1.0}


def test_a_run_without_any_hit_scores_zero() -> None:
    assert per_query({}, {"q": {"a": 1}}, [metric("ndcg@10")]) == {"ndcg@10": {"q": 0.0}}


def test_a_document_ranked_twice_is_refused() -> None:
    with pytest.raises(BadInput, match="twice"):
        per_query({"q": [Scored("a", 2.0), Scored("a", 1.0)]}, {"q": {"a": 1}}, [metric("ndcg@10")])


@pytest.mark.parametrize(("wrong", "meant"), [("ncdg@10", "ndcg"), ("recal@5", "recall"), ("mrrr", "mrr")])
def test_an_unknown_name_is_refused_with_the_nearest(wrong: str, meant: str) -> None:
    with pytest.raises(BadInput, match="no metric") as refused:
        metric(wrong)
    assert meant in refused.value.hint


@pytest.mark.parametrize(
    "name", ["recall", "p", "ndcg@0", "ndcg@-1", "ndcg@ten", "ndcg@", "ndcg@٣", "mrr@1e9"]
)
def test_a_missing_or_senseless_cutoff_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="cutoff"):
        metric(name)


def test_names_are_the_same_in_any_case() -> None:
    assert metric(" nDCG@010 ") == metric("ndcg@10")
