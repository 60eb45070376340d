"""The four ways `dragoman eval retrieval` ranks: dense, words, hybrid, and full (a shopper's search)."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias

from dragoman.guide import Guide, open_encoder, open_index
from dragoman.measure.beir import Document
from dragoman.measure.bm25 import ExactTerms
from dragoman.measure.exact import ExactVectors
from dragoman.measure.retrieval import Asked, Ranker
from dragoman.measure.vectors import CachedVectors
from dragoman.ports import Encoder
from dragoman.rank.fuse import calibrated, reciprocal
from dragoman.rank.represent import document_terms, query_terms
from dragoman.search import Tuning
from dragoman.settings import Settings, brands_of, rates_of
from dragoman.text.segment import terms
from dragoman.types import Filter, Listing, Product, Query, Scored, Text

Method: TypeAlias = Literal["dense", "words", "hybrid", "full"]
DEPTH = 100  # hits kept per query, as TREC runs usually do


def ranker_of(method: Method, documents: Sequence[Document], settings: Settings) -> Ranker:
    """Return a ranker over the documents; dense, words and hybrid are exact, full goes through the index.

    Passage vectors are kept on disk by content hash, so a second run encodes nothing.
    """
    encoder = CachedVectors(open_encoder(settings), Path(settings.home).expanduser() / "vectors")
    if method == "full":
        return _full(documents, settings, encoder)
    if method == "words":
        return _words(documents)
    nearest = _dense(documents, encoder)
    return nearest if method == "dense" else _hybrid(nearest, _words(documents), settings)


def _dense(documents: Sequence[Document], encoder: Encoder) -> Ranker:
    vectors = encoder.encode([document.whole for document in documents], "passage")
    exact = ExactVectors([document.id for document in documents], vectors)

    def nearest(asked: Sequence[Asked]) -> list[list[Scored]]:
        queries = encoder.encode([one.text for one in asked], "query")
        return exact.nearest(queries, DEPTH, only=[one.only for one in asked])

    return nearest


def _words(documents: Sequence[Document]) -> Ranker:
    bags = [document_terms(_product(document), terms=terms) for document in documents]
    exact = ExactTerms([document.id for document in documents], bags)

    def matching(asked: Sequence[Asked]) -> list[list[Scored]]:
        queries = [query_terms(terms(one.text)) for one in asked]
        return exact.matching(queries, DEPTH, only=[one.only for one in asked])

    return matching


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


def _full(documents: Sequence[Document], settings: Settings, encoder: Encoder) -> Ranker:
    """Index the documents as products in a temporary folder, and ask the search that shoppers use."""
    folder = tempfile.TemporaryDirectory(prefix="dragoman-eval-")
    index = open_index(replace(settings, index="edge", shop=f"{folder.name}/shop"), encoder)
    listings = [Listing(_product(document)) for document in documents]
    vectors = encoder.encode([document.whole for document in documents], "passage")
    index.put(listings, vectors, [document_terms(one.product, terms=terms) for one in listings])
    tuning = Tuning(fusion=settings.fusion, brands=brands_of(settings), diversity=0.0)
    guide = Guide(encoder=encoder, index=index, rates=rates_of(settings), tuning=tuning)

    def search(asked: Sequence[Asked]) -> list[list[Scored]]:
        found = [guide.search(Query(one.text, k=DEPTH, where=_only(one))) for one in asked]
        # The order is the answer: scores fall with the rank, whatever diversity did to them.
        return [
            [Scored(hit.product.id, float(DEPTH - place)) for place, hit in enumerate(page.hits)]
            for page in found
        ]

    return _while_open(search, folder)


def _while_open(ranker: Ranker, folder: "tempfile.TemporaryDirectory[str]") -> Ranker:
    """Tie the folder's life to the ranker's."""

    def ranking(asked: Sequence[Asked], _kept: Callable[[], None] = folder.cleanup) -> list[list[Scored]]:
        return ranker(asked)

    return ranking


def _only(asked: Asked) -> Filter:
    return Filter(ids=None if asked.only is None else tuple(asked.only))


def _product(document: Document) -> Product:
    """A document of an evaluation set as a product; its language is not told, so it is not used."""
    titles = (Text(document.title or document.text, "und"),)
    return Product(document.id, titles, (Text(document.text, "und"),) if document.title else ())


def _scores(found: Sequence[Scored]) -> dict[str, float]:
    return {one.id: one.score for one in found}
