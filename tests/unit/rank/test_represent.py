"""Laws of what the encoder and the index see of a product."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.rank.represent import (
    K1,
    PASSAGE_BUDGET,
    document_terms,
    estimated_tokens,
    passage_text,
    query_terms,
)
from dragoman.types import Fact, Product, Text, Variant

settings.register_profile("unhurried", deadline=None)  # the law counts, not the clock
settings.load_profile("unhurried")

WORDS = st.text(alphabet="abc漢字шуалقط ", max_size=400)

TITLES = {
    "zh": "户外吊床支架 便携式",
    "ja": "屋外用ハンモックスタンド",
    "ko": "아기 안전문",
    "ar": "غسالة قطع غيار",
    "hi": "बच्चों के जूते",
    "ru": "походный гамак",
    "de": "Kopfhörer mit Kabel",
    "es": "zapatos de niño",
    "fr": "théière en fonte",
    "pt": "cadeira de praia",
    "en": "garden hose reel",
    "th": "รองเท้าวิ่งผู้ชาย",
}


def _terms(text: str) -> list[str]:
    return text.casefold().split()


@pytest.mark.parametrize("lang", TITLES)
def test_the_sellers_title_comes_first_in_every_language(lang: str) -> None:
    title = TITLES[lang]
    other = Text("a title in another language", "xx")
    assert passage_text(Product("1", (Text(title, lang), other), brand="Acme")) == f"{title}. Acme"


@given(WORDS, WORDS)
def test_a_passage_keeps_to_its_budget(title: str, description: str) -> None:
    product = Product("1", (Text(title, "zh"),), descriptions=(Text(description, "zh"),))
    assert estimated_tokens(passage_text(product)) <= PASSAGE_BUDGET + 2


def test_what_was_said_is_not_said_again() -> None:
    product = Product("1", (Text("Acme Wok 30 cm", "de"),), brand="ACME", category="Küche > Wok")
    assert passage_text(product) == "Acme Wok 30 cm"


def test_bullets_are_in_the_titles_language_where_there_are_any() -> None:
    bullets = (Text("light", "en"), Text("leicht", "de"))
    assert passage_text(Product("1", (Text("Zelt", "de"),), bullets=bullets)) == "Zelt. leicht"
    assert passage_text(Product("1", (Text("テント", "ja"),), bullets=bullets)) == "テント. light. leicht"


def test_a_product_without_words_is_an_empty_passage() -> None:
    assert passage_text(Product("1", ())) == ""
    assert document_terms(Product("1", ()), terms=_terms) == {}


def test_a_translated_title_adds_words_and_no_weight() -> None:
    one = Product("1", (Text("nike schuh rot", "de"),))
    both = Product("1", (Text("nike schuh rot", "de"), Text("nike shoe red", "en")))
    alone, translated = document_terms(one, terms=_terms), document_terms(both, terms=_terms)
    assert translated["nike"] == alone["nike"]
    assert translated["shoe"] == alone["schuh"]


def test_a_word_in_the_title_tells_more_than_one_in_the_description() -> None:
    product = Product("1", (Text("red", "en"),), descriptions=(Text("blue", "en"),))
    weights = document_terms(product, terms=_terms)
    assert weights["red"] > weights["blue"]


def test_more_of_a_word_weighs_more_and_never_more_than_the_bound() -> None:
    weights = [
        document_terms(Product("1", (Text("wok " * count, "en"),)), terms=_terms)["wok"]
        for count in (1, 2, 4, 300)
    ]
    assert weights == sorted(weights)
    assert weights[-1] < K1 + 1


def test_codes_options_and_facts_can_be_searched() -> None:
    product = Product(
        "1",
        (),
        facts=(Fact("Power", "700", "W"),),
        variants=(Variant("1a", options=(Fact("Color", "teal"),), gtin="4006381333931"),),
        mpn="WR30X320",
    )
    assert document_terms(product, terms=_terms).keys() == {"700", "w", "teal", "4006381333931", "wr30x320"}


def test_a_word_asked_twice_counts_more_but_not_twice() -> None:
    bag = query_terms(["wok", "wok", "pan"])
    assert bag["pan"] == 1.0 < bag["wok"] < 2.0
