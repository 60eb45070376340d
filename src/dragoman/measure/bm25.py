"""Exact lexical ranking over bags of terms, and BM25's weights: baseline, and truth for an index.

Slow and obvious on purpose: every posting of every query term is added up. Knows terms, no text.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dragoman.errors import BadInput
from dragoman.measure.exact import best, known_rows
from dragoman.types import Scored, Terms

K1 = 1.2  # Lucene's defaults, as most published BM25 baselines use them
B = 0.75


class ExactTerms:
    """Every document's bag of terms; keeps the promise of ``Index.matching`` to the letter."""

    def __init__(self, ids: Sequence[str], bags: Sequence[Terms]) -> None:
        """Take one bag per id; ids are unique.

        Raises:
            BadInput: the numbers of ids and bags differ.
        """
        if len(ids) != len(bags):
            raise BadInput(f"{len(ids)} ids for {len(bags)} bags", hint="one each")
        order = sorted(range(len(ids)), key=ids.__getitem__)
        self._ids = [ids[i] for i in order]
        self._row = {document: row for row, document in enumerate(self._ids)}
        self._postings: dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]] = _postings(
            [bags[i] for i in order]
        )

    def idf(self, term: str) -> float:
        """Return ln(1 + (N - n + .5) / (n + .5)), n of N documents holding the term; 0 if none does.

        Source: Lucene's BM25Similarity, as given by Kamphuis et al. 2020, "Which BM25 do you
        mean?"; never below 0, and the same as Qdrant's idf modifier.
        """
        holding = len(self._postings[term][0]) if term in self._postings else 0
        return math.log1p((len(self._ids) - holding + 0.5) / (holding + 0.5)) if holding else 0.0

    def matching(
        self, queries: Sequence[Terms], k: int, *, only: Sequence[Sequence[str] | None] | None = None
    ) -> list[list[Scored]]:
        """Return per bag at most k documents sharing a term, by sum of weight x weight x idf, ties by id.

        Args:
            only: Per query, the ids it may find; ``None`` is any, unknown ids are ignored. Document
                frequencies are always those of the whole corpus.
        """
        allowed = only if only is not None else [None] * len(queries)
        return [self._match(bag, k, ids) for bag, ids in zip(queries, allowed, strict=True)]

    def _match(self, bag: Terms, k: int, only: Sequence[str] | None) -> list[Scored]:
        scores = np.zeros(len(self._ids))
        touched = np.zeros(len(self._ids), dtype=np.bool_)
        for term in sorted(bag):  # one order of adding, so that equal bags get equal sums
            if term in self._postings:
                rows, weights = self._postings[term]
                scores[rows] += bag[term] * weights * self.idf(term)
                touched[rows] = True
        if only is not None:
            inside = np.zeros(len(self._ids), dtype=np.bool_)
            inside[known_rows(only, self._row)] = True
            touched &= inside
        return best(scores, self._ids, k, np.flatnonzero(touched))


def bm25_bags(documents: Sequence[Sequence[str]], *, k1: float = K1, b: float = B) -> list[Terms]:
    """Weigh each document's terms by BM25 without idf, against the documents' mean length.

    weight = f / (f + k1 (1 - b + b length / mean length)), in 0..1. Lucene leaves out the constant
    factor k1 + 1, which changes no order.

    Args:
        documents: The terms of each document, repeated as often as they occur.

    Source: Robertson & Zaragoza 2009, eq. 3.15; Kamphuis et al. 2020 for Lucene's variant.

    >>> bm25_bags([["red", "shoe"], ["shoe", "shoe"]], k1=1.0, b=0.0)
    [{'red': 0.5, 'shoe': 0.5}, {'shoe': 0.6666666666666666}]
    """
    mean = sum(map(len, documents)) / len(documents) if documents else 0.0
    return [
        {
            term: count / (count + k1 * (1 - b + b * len(terms) / mean))
            for term, count in Counter(terms).items()
        }
        for terms in documents
    ]


def _postings(bags: Sequence[Terms]) -> dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]]:
    gathered: dict[str, tuple[list[int], list[float]]] = {}
    for row, bag in enumerate(bags):
        for term, weight in bag.items():
            rows, weights = gathered.setdefault(term, ([], []))
            rows.append(row)
            weights.append(weight)
    return {
        term: (np.array(rows, dtype=np.intp), np.array(weights)) for term, (rows, weights) in gathered.items()
    }
