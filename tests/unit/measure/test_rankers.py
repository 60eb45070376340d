"""Laws of the exact rankers over a corpus: they find what they should, among the candidates only."""

from collections.abc import Sequence

import pytest

from dragoman.measure.beir import Document
from dragoman.measure.rankers import as_product, bm25_ranker, dense_ranker, words_ranker
from dragoman.measure.retrieval import Asked, Ranker
from dragoman.testing.encoders import HashEncoder
from dragoman.text.segment import terms

DOCUMENTS = [
    Document("zh", "红色跑鞋", "轻便透气"),
    Document("ja", "掃除機", "コードレス"),
    Document("ko", "", "아기 안전문"),
    Document("ar", "حذاء أحمر", ""),
    Document("de", "Kopfhörer mit Kabel", "für unterwegs"),
    Document("th", "รองเท้าสีแดง", "ผ้าใบ"),
    Document("ru", "красные туфли", "кожа"),
    Document("hi", "लाल जूते", "चमड़ा"),
]
RANKERS = {
    "dense": dense_ranker(DOCUMENTS, encoder=HashEncoder(), k=5),
    "bm25": bm25_ranker(DOCUMENTS, terms=terms, k=5),
    "words": words_ranker(DOCUMENTS, terms=terms, k=5),
}


def asked(only: Sequence[str] | None = None) -> list[Asked]:
    return [Asked(document.title or document.text, only) for document in DOCUMENTS]


@pytest.mark.parametrize("ranker", RANKERS.values(), ids=RANKERS)
def test_a_title_finds_its_document_first_in_every_language(ranker: Ranker) -> None:
    assert [hits[0].id for hits in ranker(asked())] == [document.id for document in DOCUMENTS]


@pytest.mark.parametrize("ranker", RANKERS.values(), ids=RANKERS)
def test_nothing_but_candidates_is_found(ranker: Ranker) -> None:
    for hits in ranker(asked(only=("de", "zh"))):
        assert {hit.id for hit in hits} <= {"de", "zh"}


def test_every_document_becomes_a_product_with_a_title_and_says_nothing_twice() -> None:
    for document in DOCUMENTS:
        product = as_product(document)
        texts = [text.value for text in product.titles + product.descriptions]
        assert texts == [text for text in (document.title, document.text) if text]
