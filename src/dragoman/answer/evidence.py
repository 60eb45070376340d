"""Pages into evidence: pieces of one or several products, each with how likely it bears on the question."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dragoman.answer.asking import Question
from dragoman.answer.cues import folded, has
from dragoman.answer.kept import Page
from dragoman.answer.offers import offer_of
from dragoman.answer.parts import Answering, Evidence, Find, Sheet, Tools
from dragoman.answer.passages import Piece, pieces_of
from dragoman.answer.weigh import weigh
from dragoman.ports import Index
from dragoman.text.segment import terms
from dragoman.types import Passage, Product, Query, Text, Vectors

_SILENT = 0.2  # what is left of the weight of a piece that says it does not know
_NAMED = 0.15  # of the way to 1 that a piece goes up when it names the question's model number
_SHARED = 0.4  # of the way to 1 that an attribute goes up that holds all words of the question


def sheets_of(query: Query, *, index: Index, find: Find | None, tuning: Answering) -> list[Sheet]:
    """Return the pages a question is asked of: of the products it is about, else of those that search finds.

    Raises:
        NotFound: it is about a product that there is not.
    """
    ids = list(query.about)
    nearness = dict.fromkeys(ids, 1.0)
    if not ids and find is not None:
        hits = find(replace(query, k=tuning.pages, cursor="", about=())).hits
        ids = [hit.product.id for hit in hits]
        best = max((hit.score for hit in hits), default=0.0)
        nearness = {hit.product.id: hit.score / best if best > 0 else 1.0 for hit in hits}
    products = index.get(ids)
    pages = [whole_page(product, said) for product, said in zip(products, index.passages(ids), strict=True)]
    made = [page_of(product.id, pieces) for product, pieces in zip(products, pages, strict=True)]
    vectors = tuning.vectors.of(made)
    return [
        _sheet(product, query.market, pieces, rows, nearness[product.id])
        for product, pieces, rows in zip(products, pages, vectors, strict=True)
    ]


def whole_page(product: Product, said: Sequence[Passage]) -> tuple[Piece, ...]:
    """Return the pieces of a page with what its offers say of delivery, whichever market they are made to.

    All of them, so that vectors kept for one market's shoppers serve those of another.
    """
    lang = product.titles[0].lang if product.titles else "und"
    told = dict.fromkeys(offer.delivery.strip() for offer in product.offers if offer.delivery.strip())
    passages = [Passage(product.id, "attribute", Text(words, lang)) for words in told]
    return (*pieces_of(product, said), *(Piece(one, 0, len(one.text.value)) for one in passages))


def page_of(id: str, pieces: Sequence[Piece]) -> Page:
    """Return a page as its vectors are kept."""
    return Page(id, tuple(piece.words for piece in pieces))


def _sheet(
    product: Product, market: str, pieces: tuple[Piece, ...], vectors: Vectors, nearness: float
) -> Sheet:
    """Leave out what is said of delivery to other markets."""
    offer = offer_of(product, market)
    own = offer.delivery.strip() if offer else ""
    kept = [
        place
        for place, piece in enumerate(pieces)
        if piece.passage.kind != "attribute" or piece.fact is not None or piece.quote == own
    ]
    return Sheet(product, offer, tuple(pieces[place] for place in kept), vectors[kept], nearness)


def ranked(
    question: Question, asked: Vectors, sheets: Sequence[Sheet], tools: Tools, tuning: Answering
) -> list[Evidence]:
    """Return the evidence of all sheets, best first; ties in the order of the pages.

    Args:
        asked: (1, dim), the question's vector.
    """
    made = [
        Evidence(piece, float(score) * _bearing(question, piece), at, place)
        for at, sheet in enumerate(sheets)
        if sheet.pieces
        for place, (piece, score) in enumerate(
            zip(sheet.pieces, weigh(asked, sheet.vectors, tuning.weighing), strict=True)
        )
    ]
    made = [replace(one, score=_raised(question, one)) for one in made]
    made.sort(key=lambda one: (-one.score, one.sheet, one.place))
    return _reranked(question, _unlike(made), tools, tuning)


def _bearing(question: Question, piece: Piece) -> float:
    """An answer that does not know is no evidence, however near it is."""
    plain = folded(piece.quote)
    lang = piece.passage.text.lang
    if piece.passage.kind == "answer" and has(plain, lang, "hedge") and len(plain) < 80:
        return _SILENT
    return _SILENT if plain.endswith("?") else 1.0


def _raised(question: Question, one: Evidence) -> float:
    """Words in common tell what a vector of three words cannot; measured for attributes alone to help."""
    up = 0.0
    if question.codes and question.codes <= set(folded(one.piece.words).replace(",", " ").split()):
        up = _NAMED
    if one.piece.fact is not None and question.terms:
        shared = question.terms & frozenset(terms(one.piece.quote))
        up = max(up, _SHARED * len(shared) / len(question.terms))
    return one.score + up * (1.0 - one.score)


def _unlike(made: list[Evidence]) -> list[Evidence]:
    """Leave out a piece whose words came before: sellers repeat themselves in bullets and description."""
    seen: set[tuple[int, str]] = set()
    kept = []
    for one in made:
        key = (one.sheet, folded(one.piece.quote))
        if key not in seen:
            seen.add(key)
            kept.append(one)
    return kept


def _reranked(question: Question, made: list[Evidence], tools: Tools, tuning: Answering) -> list[Evidence]:
    """Let the reranker, if there is one, read the best; its probability and ours are averaged as odds."""
    best, rest = made[: tuning.reranked], made[tuning.reranked :]
    if tools.reranker is None or not best:
        return made
    scores = tools.reranker.score(question.text, [one.piece.words for one in best])
    mixed = [
        replace(one, score=mean_odds(one.score, float(score)))
        for one, score in zip(best, scores, strict=True)
    ]
    mixed.sort(key=lambda one: (-one.score, one.sheet, one.place))
    return mixed + rest


def mean_odds(first: float, second: float) -> float:
    """Return the probability whose odds are the geometric mean of two others'.

    >>> mean_odds(0.5, 0.5), round(mean_odds(0.9, 0.5), 2)
    (0.5, 0.75)
    """
    odds = [np.log((p + 1e-6) / (1 - p + 1e-6)) for p in (first, second)]
    return float(1.0 / (1.0 + np.exp(-np.mean(odds))))
