"""The table of shopping words: what it knows it says in English, and how much it knew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.lexicon import Said, say_in_english

LANGS = ["zh", "ja", "ko", "ar", "hi", "ru", "de", "es", "fr", "pt", "th", "it", "pl", "tr"]


@pytest.mark.parametrize(
    ("lang", "text", "word"),
    [
        ("zh-Hans", "吊床", "hammock"),
        ("zh-Hant", "防曬霜", "sunscreen"),
        ("ja", "カスタネット", "castanets"),
        ("ko", "기타", "guitar"),
        ("ar", "كمان", "violin"),
        ("hi", "वायलिन", "violin"),
        ("ru", "скрипка", "violin"),
        ("de", "Kopfhörer", "headphone"),
        ("es", "teclado", "keyboard"),
        ("fr", "rasoir électrique", "electric shaver"),
        ("ko", "아기 안전문", "safety gate"),
        ("de", "Treppenschutzgitter", "stair gate"),
        ("ar", "حقيبة ظهر", "backpack"),
        ("ru", "бутылка для воды", "water bottle"),
        ("hi", "कुत्ते का बिस्तर", "dog bed"),
        ("pt-BR", "violino", "violin"),
        ("th", "เครื่องทำน้ำแข็ง", "ice maker"),
        ("it", "violino", "violin"),
        ("pl", "skrzypce", "violin"),
    ],
)
def test_a_term_of_every_language_is_known_whole(lang: str, text: str, word: str) -> None:
    said = say_in_english(text, lang)
    assert word in said.english
    assert said.known == 1.0


def test_the_longest_term_wins_and_strangers_are_left_out() -> None:
    said = say_in_english("rasoir électrique qwzzy", "fr")
    assert "electric" in said.english
    assert "qwzzy" not in said.english
    assert 0.5 < said.known < 1.0


@pytest.mark.parametrize("lang", ["en", "xx", "", "../de", "de/../fr"])
def test_a_language_without_a_table_says_nothing(lang: str) -> None:
    assert say_in_english("tent", lang).english == ""


@given(st.text(max_size=60), st.sampled_from(LANGS))
def test_any_text_gets_a_share_between_nothing_and_all(text: str, lang: str) -> None:
    said = say_in_english(text, lang)
    assert 0.0 <= said.known <= 1.0
    assert bool(said.english) == (said.known > 0)


@pytest.mark.parametrize(
    ("text", "english", "known"),
    [
        ("고무장갑", "rubber gloves", 1.0),
        ("무선키보드", "wireless keyboard", 1.0),
        ("아기 안전문", "safety gate", 1.0),
        ("스테인리스냄비", "", 0.0),
    ],
)
def test_korean_words_written_together_are_taken_apart_where_most_of_them_is_known(
    text: str, english: str, known: float
) -> None:
    assert say_in_english(text, "ko") == Said(english, known)
