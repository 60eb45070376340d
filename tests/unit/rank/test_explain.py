"""Laws of saying why."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.rank.explain import evidence_text, facts_found, words_found
from dragoman.types import Fact, FactFilter, Product, Text, Variant


def test_words_come_as_typed_and_in_the_order_typed() -> None:
    asked = {"Läufer": ["laufer"], "rote": ["rote"], "Schuhe": ["schuhe"]}
    assert words_found(asked, "schuhe fur laufer") == ("Läufer", "Schuhe")


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("耳机", "蓝牙耳机"),
        ("イヤ", "ワイヤレスイヤホン"),
        ("안전", "아기안전문"),
        ("รองเท้า", "ซื้อรองเท้าวิ่ง"),
        ("shoe", "shoes for men"),
    ],
)
def test_a_term_is_found_inside_a_run_or_before_an_ending(term: str, text: str) -> None:
    assert words_found({"w": [term]}, text) == ("w",)


@pytest.mark.parametrize(("term", "text"), [("art", "smart watch"), ("art", "article"), ("عطر", "معطره")])
def test_a_term_inside_another_word_is_not_found(term: str, text: str) -> None:
    assert words_found({"w": [term]}, text) == ()


def test_marks_of_regular_expressions_are_plain_characters() -> None:
    assert words_found({"c++": ["c++"], ".*": [".*"]}, "c++ primer") == ("c++",)


def test_facts_named_by_a_filter_or_said_whole_are_found_once() -> None:
    product = Product(
        "1",
        (),
        facts=(Fact("Color", "Red"), Fact("Color", "Red"), Fact("Material", "oak")),
        variants=(Variant("1a", options=(Fact("Size", "XL"),)),),
    )
    assert [fact.value for fact in facts_found(product, (FactFilter("Material"),), "red shirt xl")] == [
        "Red",
        "oak",
        "XL",
    ]
    assert facts_found(product, (), "reddish soak") == ()


def test_evidence_is_at_most_a_page_however_long_the_book() -> None:
    book = Product("1", (Text("title", "en"),), descriptions=(Text("word " * 50_000, "en"),))
    assert len(evidence_text(book)) < 1500
    assert evidence_text(book).startswith("title")


@given(st.text("ab_-é 1", max_size=12), st.text("abé1", min_size=1, max_size=3))
def test_a_term_stands_where_the_pattern_of_a_stem_does(text: str, term: str) -> None:
    pattern = rf"(?<!\w){re.escape(term)}\w{{0,2}}(?!\w)"
    assert (words_found({"x": [term]}, text) == ("x",)) == (re.search(pattern, text) is not None)
