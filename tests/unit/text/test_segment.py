"""Laws of index terms: what must meet meets, in every script."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.text import segment
from dragoman.text.normalise import normalise
from dragoman.text.segment import terms


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("耳机", "无线蓝牙耳机"),
        ("蓝牙耳机", "无线蓝牙耳机"),
        ("藍牙耳機", "无线蓝牙耳机"),
        ("イヤホン", "ワイヤレスイヤホン"),
        ("이어폰", "무선이어폰"),
        ("무선 이어폰", "무선이어폰을"),
        ("컵", "컵을"),
        ("หูฟัง", "หูฟังไร้สาย"),
        ("جوتا", "جوتا مردانه"),
        ("हिंदी", "हिन्दी किताबें"),
        ("headphone", "Wireless HEADPHONES, black"),
        ("coche", "coches"),
        ("wr30x10061", "part WR30X10061"),
        ("wr30x10061", "(WR30-X10061)"),
        ("500ml", "Flasche 500 ml"),
        ("500 мл", "500ml"),
        ("500毫升", "500 ML"),
        ("1,5 l", "1.5L"),
        ("1299", "1,299.00"),
        ("iphone 15", "iPhone15手机壳"),
        ("tshirt", "T-Shirt"),
        ("Helm", "Fahrradhelme"),
        ("helm", "Helme"),
        ("hjälm", "Cykelhjälmar"),
        ("huile", "l’huile"),
        ('15.6"', "15.6-inch"),
    ],
)
def test_a_query_shares_all_its_terms_with_what_it_names(part: str, whole: str) -> None:
    assert set(terms(part)) <= set(terms(whole))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("glass", "glas"),
        ("bus", "bu"),
        ("3 in 1", "3 inch"),
        ("耳机", "手表"),
        ("メガネ", "カラス"),
        ("5", "50"),
    ],
)
def test_different_words_share_no_term(one: str, other: str) -> None:
    assert not set(terms(one)) & set(terms(other)) - {"3"}


@settings(deadline=None)  # the first text loads tables
@given(st.text())
def test_terms_of_normalised_text_are_terms_of_the_text(text: str) -> None:
    assert terms(normalise(text)) == terms(text)


@settings(deadline=None)  # the first text loads tables
@given(st.text())
def test_terms_hold_no_space_and_are_never_empty(text: str) -> None:
    assert all(term and not any(c.isspace() for c in term) for term in terms(text))


@pytest.mark.parametrize("text", ["", "   ", "🙂👍🏽", "—…!?", "\u202e\u200f", "\x00"])
def test_text_without_words_has_no_terms(text: str) -> None:
    assert terms(text) == []


def test_threads_get_the_same_terms() -> None:
    texts = [f"{n} หูฟังไร้สายบลูทูธ{'ก' * (n % 7)}" for n in range(400)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(terms, texts)) == [terms(text) for text in texts]


def test_terms_stay_the_same_when_memory_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Flasche 500 ml, ½ Liter"
    before = terms(text)
    monkeypatch.setattr(segment, "_CACHED_CHUNKS", 2)
    assert [terms(text) for _ in range(3)] == [before] * 3


@pytest.mark.parametrize("text", ["a", "9", "1-", "1_a", "耳", "haus", "ก", "1."])
def test_endless_words_take_little_time_and_make_short_terms(text: str) -> None:
    began = time.process_time()
    assert max(map(len, terms(text * (100_000 // len(text)))), default=0) <= 64
    assert time.process_time() - began < 2
