"""The query cache: the same vectors, fewer encodings, never more than its size."""

from collections.abc import Sequence

import numpy as np
import pytest

from dragoman.backends.encoders.cached import CachedEncoder
from dragoman.errors import BadInput
from dragoman.ports import Role
from dragoman.testing.encoders import HashEncoder
from dragoman.types import Vectors

WORDS = [
    "吊床",
    "ハンモック",
    "해먹",
    "أرجوحة",
    "झूला",
    "гамак",
    "Hängematte",
    "hamaca",
    "hamac",
    "rede",
    "เปล",
]


class Counting(HashEncoder):
    """Counts the texts that reach it."""

    encoded = 0

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.encoded += len(texts)
        return super().encode(texts, role)


def test_a_query_asked_twice_is_encoded_once_and_has_the_same_vector() -> None:
    inner = Counting()
    cached = CachedEncoder(inner, 100)
    first = cached.encode(WORDS, "query")
    again = cached.encode(WORDS[::-1], "query")
    assert inner.encoded == len(WORDS)
    np.testing.assert_array_equal(first, again[::-1])
    np.testing.assert_array_equal(first, HashEncoder().encode(WORDS, "query"))


def test_the_least_recently_asked_is_forgotten_first() -> None:
    inner = Counting()
    cached = CachedEncoder(inner, 2)
    for text in ("a", "b", "a", "c", "a"):
        cached.encode([text], "query")
    assert inner.encoded == 3
    cached.encode(["b"], "query")
    assert inner.encoded == 4


def test_more_queries_at_once_than_it_remembers_all_come_back() -> None:
    found = CachedEncoder(HashEncoder(), 3).encode([*WORDS, *WORDS], "query")
    np.testing.assert_array_equal(found, HashEncoder().encode([*WORDS, *WORDS], "query"))


def test_passages_and_a_cache_of_zero_go_straight_through() -> None:
    inner = Counting()
    CachedEncoder(inner, 9).encode(["a", "a"], "passage")
    CachedEncoder(inner, 0).encode(["a"], "query")
    assert inner.encoded == 3


def test_no_texts_give_no_rows() -> None:
    assert CachedEncoder(HashEncoder(), 9).encode([], "query").shape == (0, 256)


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(BadInput, match="-1"):
        CachedEncoder(HashEncoder(), -1)
