"""Laws of every fact: its quote is verbatim, the seller's word stands, hostile text fakes nothing."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.extract import Extractor, Page, extract, page_of
from dragoman.extract.page import fact_source, stated_facts
from dragoman.testing.encoders import HashEncoder
from dragoman.types import Fact, Product, Span, Text

WORDS = [
    "1,5", "кг", "٢٫٥", "كجم", "200", "毫升", "防水", "не", "nicht", "wasserdicht", "黒", "Ｍ", "９", "sizes",
    "39码", "EU 39",
    "ส", "สีดำ", "काला", "किग्रा", "½", "inches", "x", "30 × 20", "cm", "Color:", "red", "\u200b", "材质：",
    "不锈钢", "\u202e",
    "$19.99", "warranty", "2 Jahre", "fits", "WR30X320", ",", ".", "ﷺ", "ß", "İ", "e\u0301", "\U0001f600",
    "Pack of", "1/2", "(L x W)",
]  # fmt: skip
LANGS = ["en", "de", "ru", "ar", "hi", "th", "ja", "ko", "zh-Hant", "vi", "und", "sw"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14), st.sampled_from(LANGS), st.sampled_from(["", " "]))
def test_every_quote_is_a_part_of_its_source(words: list[str], lang: str, gap: str) -> None:
    text = gap.join(words)
    [found] = extract([Page(titles=(Text(text, lang),))], floor=0.0)
    assert all(fact.quote and fact.quote in text for fact in found)
    assert all(0 <= fact.confidence < 1 for fact in found)


def test_a_quote_of_a_stated_fact_is_a_part_of_what_the_seller_stated() -> None:
    stated = (Fact("重量", "540", "g", "540 g"), Fact("材质", "紫砂"), Fact("颜色", "黑色、红色"))
    [found] = extract([Page(titles=(Text("壶", "zh"),), facts=stated)])
    said = {fact.name: fact for fact in found}
    assert (said["Weight"].value, said["Weight"].unit) == ("540", "g")
    assert {fact.value for fact in found if fact.name == "Color"} == {"Black", "Red"}
    assert all(any(fact.quote in fact_source(one) for one in stated) for fact in found)


def test_what_the_seller_states_is_never_read_from_words() -> None:
    page = Page(titles=(Text("Red cotton shirt, 200 g", "en"),), facts=(Fact("Color", "Crimson"),))
    [found] = extract([page])
    assert {fact.name for fact in found} == {"Material", "Weight"}


def test_products_keep_their_own_facts_and_get_unsure_ones_behind() -> None:
    own = Fact("Color", "Crimson")
    product = Product("1", (Text("Red cotton shirt", "en"),), facts=(own,))
    [more] = Extractor()([product], HashEncoder(dim=8).encode(["x"], "passage"))
    assert more.facts[0] == own
    assert [fact.name for fact in more.facts[1:]] == ["Material"]
    assert all(fact.confidence < 1 and fact.quote for fact in more.facts[1:])
    assert stated_facts(more) == (own,)


def test_reading_a_read_product_again_changes_nothing() -> None:
    product = Product("1", (Text("Red cotton shirt, 200 g", "en"),))
    vectors = HashEncoder(dim=8).encode(["x"], "passage")
    [once] = Extractor()([product], vectors)
    assert extract([page_of(once)]) == extract([page_of(product)])


def test_pages_do_not_depend_on_their_neighbours() -> None:
    pages = [
        Page(titles=(Text(text, "en"),)) for text in ("Red cup, 300 ml", "Oak table", "", "Cotton shirt")
    ]
    assert extract(pages) == [extract([page])[0] for page in pages]


def test_agreeing_places_make_a_fact_surer_and_never_certain() -> None:
    text = Text("Weight: 2 kg", "en")
    [once] = extract([Page(titles=(text,))])
    [often] = extract([Page(titles=(text,), bullets=(text,) * 9)])
    assert once[0].confidence < often[0].confidence < 1


def test_zero_width_characters_neither_break_nor_fake_facts() -> None:
    [broken] = extract([Page(titles=(Text("9.5 inc\u200bhes wi\u200bde, wei\u2060ght: 2 k\u200dg", "en"),))])
    assert {(fact.name, fact.value) for fact in broken} == {("Width", "24.13"), ("Weight", "2000")}
    [hidden] = extract([Page(titles=(Text("n\u200bot water\u200bproof", "en"),))])
    assert [(fact.name, fact.value) for fact in hidden] == [("Waterproof", "no")]


def test_facts_come_surest_first_with_ties_by_name() -> None:
    [found] = extract([Page(titles=(Text("Red oak table, 20 kg, 100 x 60 x 75 cm, not waterproof", "en"),))])
    assert list(found) == sorted(found, key=lambda fact: (-fact.confidence, fact.name, fact.value))


HOSTILE = [
    "1 x ",
    "color: ",
    "not ",
    "fits a1, ",
    "9.5 inches ",
    "1.1.",
    "\u200bred\u200b ",
    "防水不",
    '1" ',
    "(((",
    "$1 ",
    "ก",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_long_texts_come_to_an_end(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    [found] = extract([Page(descriptions=(Text(text, "zh"),))])
    assert all(fact.quote in text for fact in found)


def test_text_beyond_the_limit_is_left() -> None:
    [found] = extract([Page(descriptions=(Text("x " * 60_000 + "weight: 2 kg", "en"),))])
    assert found == ()


class Marker:
    """A reader that marks the first word of each text for the ask it knows."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def read(self, texts: Sequence[str], asks: Sequence[str]) -> list[list[Span]]:
        self.asked.append(tuple(asks))
        return [[Span("Brand", 0, len(text.split()[0]), 0.9), Span("Weight", 0, 3, 0.9)] for text in texts]


def test_a_reader_is_asked_for_what_rules_did_not_find_and_its_words_are_quoted() -> None:
    reader = Marker()
    page = Page(titles=(Text("Acme kettle, weight: 900 g", "en"),))
    [found] = extract([page], reader=reader)
    said = {fact.name: fact for fact in found}
    assert said["Brand"].value == said["Brand"].quote == "Acme"
    assert said["Weight"].quote == "900 g"
    assert "Weight" not in reader.asked[0]
    assert "Brand" in reader.asked[0]


def test_spans_outside_their_text_are_left_out() -> None:
    class Broken:
        def read(self, texts: Sequence[str], asks: Sequence[str]) -> list[list[Span]]:
            return [[Span("Brand", 50, 90, 0.9), Span("Brand", 3, 3, 0.9)] for _ in texts]

    [found] = extract([Page(titles=(Text("A cup", "en"),))], reader=Broken())
    assert found == ()


def test_the_order_of_bullets_does_not_matter() -> None:
    bullets = [Text(text, "en") for text in ("Weight: 2 kg", "Made of oak", "Waterproof", "30 x 20 x 10 cm")]
    [first] = extract([Page(bullets=tuple(bullets))])
    random.Random(7).shuffle(bullets)
    assert extract([Page(bullets=tuple(bullets))]) == [first]
