"""Laws of the exact rankers: they equal their definitions, ties come in id order, candidates hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import BadInput
from dragoman.measure.bm25 import ExactTerms, bm25_bags
from dragoman.measure.exact import ExactVectors, best
from dragoman.types import Terms, Vectors


def unit_rows(n: int, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(n, 8)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=20), st.integers(1, 25))
def test_the_best_are_a_full_sort_by_score_then_id(values: list[float], k: int) -> None:
    ids = [f"d{i:02}" for i in range(len(values))]
    slow = sorted(zip(values, ids, strict=True), key=lambda pair: (-pair[0], pair[1]))[:k]
    assert [(hit.score, hit.id) for hit in best(np.array(values), ids, k)] == slow


def test_nearest_equals_a_full_sort_of_all_cosines() -> None:
    vectors, queries = unit_rows(200, 0), unit_rows(70, 1)
    ids = [f"d{i}" for i in np.random.default_rng(2).permutation(200)]
    for query, hits in zip(queries, ExactVectors(ids, vectors).nearest(queries, 7), strict=True):
        slow = sorted(range(200), key=lambda i: (-float(query @ vectors[i]), ids[i]))[:7]
        assert [hit.id for hit in hits] == [ids[i] for i in slow]


def test_ties_come_in_id_order_whatever_the_order_they_came_in() -> None:
    same = np.repeat(unit_rows(1, 0), 4, axis=0)
    hits = ExactVectors(["d", "b", "c", "a"], same).nearest(same[:1], 3)[0]
    assert [hit.id for hit in hits] == ["a", "b", "c"]


def test_only_candidates_are_found_and_unknown_ones_ignored() -> None:
    vectors = unit_rows(5, 0)
    found = ExactVectors(list("abcde"), vectors).nearest(
        vectors[:3], 5, only=[["e", "b", "x", "b"], [], None]
    )
    assert [sorted(hit.id for hit in hits) for hits in found] == [["b", "e"], [], list("abcde")]


def test_ids_and_rows_must_be_as_many() -> None:
    with pytest.raises(BadInput, match="1 ids for 2"):
        ExactVectors(["a"], unit_rows(2, 0))
    with pytest.raises(BadInput, match="1 ids for 2"):
        ExactTerms(["a"], [{}, {}])


DOCUMENTS = {
    "a": ["red", "running", "shoe", "red"],
    "b": ["blue", "shoe"],
    "c": ["红色", "跑鞋"],
    "d": ["running", "hat", "blue", "blue", "wide"],
}


def slow_bm25(query: list[str], document: list[str]) -> float:
    """Lucene's BM25 of one document, from the formula."""
    mean = sum(map(len, DOCUMENTS.values())) / len(DOCUMENTS)
    total = 0.0
    for term in query:
        holding = sum(term in other for other in DOCUMENTS.values())
        count = document.count(term)
        idf = math.log(1 + (len(DOCUMENTS) - holding + 0.5) / (holding + 0.5))
        total += idf * count / (count + 1.2 * (1 - 0.75 + 0.75 * len(document) / mean))
    return total


@pytest.mark.parametrize("query", [["red", "shoe"], ["blue"], ["跑鞋", "shoe"], ["nowhere", "running"]])
def test_bm25_equals_its_formula(query: list[str]) -> None:
    ranker = ExactTerms(list(DOCUMENTS), bm25_bags(list(DOCUMENTS.values())))
    hits = ranker.matching([dict.fromkeys(query, 1.0)], 10)[0]
    slow = {name: slow_bm25(query, terms) for name, terms in DOCUMENTS.items()}
    assert {hit.id: hit.score for hit in hits} == pytest.approx(
        {name: score for name, score in slow.items() if score > 0}
    )
    assert [hit.id for hit in hits] == sorted((hit.id for hit in hits), key=lambda name: (-slow[name], name))


def test_a_document_without_a_common_term_is_no_hit() -> None:
    ranker = ExactTerms(["a", "b"], [{"x": 1.0}, {"y": 1.0}])
    assert [hit.id for hit in ranker.matching([{"x": 1.0, "z": 1.0}], 10)[0]] == ["a"]
    assert ranker.matching([{}], 10) == [[]]


def test_the_score_is_weight_times_weight_times_idf() -> None:
    bags: list[Terms] = [{"x": 2.0, "y": 1.0}, {"y": 1.0}]
    ranker = ExactTerms(["a", "b"], bags)
    hits = ranker.matching([{"x": 3.0, "y": 0.5}], 10)[0]
    assert hits[0].score == pytest.approx(3 * 2 * ranker.idf("x") + 0.5 * 1 * ranker.idf("y"))


def test_lexical_ties_come_in_id_order_and_candidates_keep_the_corpus_statistics() -> None:
    ranker = ExactTerms(["c", "a", "b"], [{"x": 1.0}] * 3)
    whole, some = ranker.matching([{"x": 1.0}] * 2, 3, only=[None, ["c", "b", "?"]])
    assert [hit.id for hit in whole] == ["a", "b", "c"]
    assert [hit.id for hit in some] == ["b", "c"]
    assert whole[0].score == some[0].score
