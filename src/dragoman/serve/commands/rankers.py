"""The ways `dragoman eval retrieval` ranks: one leg, both fused, or the search that shoppers use."""

import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias

from dragoman.guide import Guide
from dragoman.measure.beir import Document
from dragoman.measure.rankers import as_product, bm25_ranker, dense_ranker, words_ranker
from dragoman.measure.retrieval import Asked, Ranker
from dragoman.measure.vectors import CachedVectors
from dragoman.opening import crossing_of, desk_of, open_encoder, open_index, reranker_of, tuning_of
from dragoman.ports import Encoder
from dragoman.rank.fuse import calibrated, reciprocal
from dragoman.rank.represent import document_terms, query_terms
from dragoman.settings import Settings, rates_of
from dragoman.text.segment import terms
from dragoman.types import Filter, Lang, Listing, Query, Scored

Method: TypeAlias = Literal["bm25", "dense", "words", "hybrid", "full"]
DEPTH = 100  # hits kept per query, as TREC runs usually do


def ranker_of(
    method: Method, documents: Sequence[Document], settings: Settings, *, lang: Lang = "und"
) -> Ranker:
    """Return a ranker over the documents; dense, words and hybrid are exact, full goes through the index.

    Passage vectors are kept on disk by content hash, so a second run encodes nothing.
    """
    encoder = CachedVectors(open_encoder(settings), Path(settings.home).expanduser() / "vectors")
    if method == "full":
        return _full(documents, settings, encoder, lang)
    if method == "bm25":
        return bm25_ranker(documents, terms=terms, k=DEPTH)
    if method == "words":
        return words_ranker(documents, terms=terms, k=DEPTH)
    nearest = dense_ranker(documents, encoder=encoder, k=DEPTH)
    if method == "dense":
        return nearest
    return _hybrid(nearest, words_ranker(documents, terms=terms, k=DEPTH), settings)


def _hybrid(nearest: Ranker, matching: Ranker, settings: Settings) -> Ranker:
    def fused(asked: Sequence[Asked]) -> list[list[Scored]]:
        pairs = zip(asked, nearest(asked), matching(asked), strict=True)
        if settings.fusion == "reciprocal":
            return [reciprocal([dense, words])[:DEPTH] for _, dense, words in pairs]
        return [
            calibrated(_scores(dense), _scores(words), query=query_terms(terms(one.text)))[:DEPTH]
            for one, dense, words in pairs
        ]

    return fused


def _full(documents: Sequence[Document], settings: Settings, encoder: Encoder, lang: Lang) -> Ranker:
    """Index the documents as products in a temporary folder, and ask the search that shoppers use."""
    folder = tempfile.TemporaryDirectory(prefix="dragoman-eval-")
    index = open_index(replace(settings, index="edge", shop=f"{folder.name}/shop"), encoder)
    listings = [Listing(as_product(document, lang)) for document in documents]
    vectors = encoder.encode([document.whole for document in documents], "passage")
    index.put(listings, vectors, [document_terms(one.product, terms=terms) for one in listings])
    crossing = crossing_of(settings, desk_of(replace(settings, index="memory")))
    tuning = replace(tuning_of(settings, encoder), diversity=0.0, crossing=crossing)
    reranker = reranker_of(settings)
    guide = Guide(encoder=encoder, index=index, rates=rates_of(settings), tuning=tuning, reranker=reranker)

    def search(asked: Sequence[Asked]) -> list[list[Scored]]:
        found = [guide.search(Query(one.text, k=DEPTH, where=_only(one))) for one in asked]
        # The order is the answer: scores fall with the rank, whatever diversity did to them.
        return [
            [Scored(hit.product.id, float(DEPTH - place)) for place, hit in enumerate(page.hits)]
            for page in found
        ]

    # The index goes before its folder: its upkeep may be at work there, and would find half of the files.
    weakref.finalize(search, _let_go, guide, folder)
    return search


def _let_go(guide: Guide, folder: "tempfile.TemporaryDirectory[str]") -> None:
    guide.close()
    folder.cleanup()


def _only(asked: Asked) -> Filter:
    return Filter(ids=None if asked.only is None else tuple(asked.only))


def _scores(found: Sequence[Scored]) -> dict[str, float]:
    return {one.id: one.score for one in found}
