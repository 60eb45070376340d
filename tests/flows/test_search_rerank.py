"""Laws of the last stage of a search: the best hits are read again, and nothing breaks without it."""

import logging
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from dragoman.errors import Unavailable
from dragoman.ports import Reranker
from dragoman.rank.represent import document_terms, passage_text
from dragoman.search import Tuning, search
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.indexes import MemoryIndex
from dragoman.text.segment import terms
from dragoman.types import Found, Listing, Product, Query, Rates, Text

RATES = Rates("EUR", {"USD": 1.1}, "2026-01-01")
QUERIES = {
    "zh": "户外吊床", "ja": "登山リュック", "ko": "무선 이어폰", "ar": "حقيبة سفر", "hi": "ऊनी टोपी",
    "ru": "чайник", "de": "Kopfhörer", "es": "zapatillas", "fr": "théière", "pt": "cadeira", "en": "hose",
    "th": "กระทะ",
}  # fmt: skip
SHOP = [
    Product(f"{lang}-{i}", (Text(f"{words} {i}", lang),)) for lang, words in QUERIES.items() for i in range(8)
]


class Liking:
    """Likes what ends in a number, and counts what it reads."""

    name = "liking"

    def __init__(self, number: int) -> None:
        self.number = str(number)
        self.read: list[str] = []

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.read += texts
        return np.array([0.99 if text.endswith(self.number) else 0.001 for text in texts], dtype=np.float32)


class Down:
    """Does not answer."""

    name = "down"

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        raise Unavailable("http://host does not answer", hint="is it up?")


def index_of(products: Sequence[Product]) -> MemoryIndex:
    index = MemoryIndex()
    vectors = HashEncoder().encode([passage_text(product) for product in products], "passage")
    words = [document_terms(one, terms=terms) for one in products]
    index.put([Listing(product) for product in products], vectors, words)
    return index


INDEX = index_of(SHOP)


def find(query: Query, reranker: Reranker | None, *, rerank: int = 10, index: MemoryIndex = INDEX) -> Found:
    tuning = Tuning(rerank=rerank, diversity=0.0)
    return search(query, encoder=HashEncoder(), index=index, rates=RATES, tuning=tuning, reranker=reranker)


def ids(found: Found) -> list[str]:
    return [hit.product.id for hit in found.hits]


@pytest.mark.parametrize("lang", QUERIES)
def test_what_the_reranker_likes_moves_up_and_says_so(lang: str) -> None:
    query = Query(QUERIES[lang], k=8)
    plain, read = find(query, None), find(query, Liking(7))
    assert set(ids(plain)) == set(ids(read))
    assert ids(read).index(f"{lang}-7") <= ids(plain).index(f"{lang}-7")
    assert next(hit for hit in read.hits if hit.product.id == f"{lang}-7").why["rerank"] == pytest.approx(
        0.99
    )
    assert all("rerank" not in hit.why for hit in plain.hits)


def test_without_the_setting_nothing_is_read() -> None:
    reranker = Liking(7)
    query = Query("hose", k=8)
    assert ids(find(query, reranker, rerank=0)) == ids(find(query, None))
    assert reranker.read == []


def test_only_the_best_are_read_and_stay_before_the_others() -> None:
    query, reranker = Query("hose", k=40), Liking(7)
    plain, read = find(query, None, rerank=5), find(query, reranker, rerank=5)
    assert len(reranker.read) == 5
    assert set(ids(read)[:5]) == set(ids(plain)[:5])
    assert ids(read)[5:] == ids(plain)[5:]
    scores = [hit.score for hit in read.hits]
    assert scores == sorted(scores, reverse=True)


def test_pages_are_cut_from_one_order() -> None:
    whole = ids(find(Query("hose", k=12), Liking(3), rerank=6))
    first = find(Query("hose", k=4), Liking(3), rerank=6)
    second = find(Query("hose", k=4, cursor=first.cursor), Liking(3), rerank=6)
    third = find(Query("hose", k=4, cursor=second.cursor), Liking(3), rerank=6)
    assert [*ids(first), *ids(second), *ids(third)] == whole


def test_a_reranker_that_is_down_costs_one_warning_and_no_hit(caplog: pytest.LogCaptureFixture) -> None:
    query = Query("hose", k=8)
    with caplog.at_level(logging.WARNING):
        found = find(query, Down())
    assert ids(found) == ids(find(query, None))
    assert all("rerank" not in hit.why for hit in found.hits)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "does not answer" in caplog.text


@pytest.mark.parametrize("query", [Query("", k=8), Query("hose", k=8, sort="price_up")])
def test_browsing_and_prices_order_without_it(query: Query) -> None:
    reranker = Liking(7)
    found = find(query, reranker)
    assert reranker.read == []
    assert ids(found) == ids(find(query, None))


def test_an_empty_shop_is_searched_all_the_same() -> None:
    assert find(Query("hose"), Liking(7), index=index_of([])).hits == ()
