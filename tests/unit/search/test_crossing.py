"""Laws of queries that cross the language line by their words, and of titles translated at ingest."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dragoman.catalog import Expansion, expanded
from dragoman.errors import Unavailable
from dragoman.rank.represent import document_terms
from dragoman.search import Crossing, Tuning, search
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.indexes import MemoryIndex
from dragoman.text.segment import terms
from dragoman.types import Filter, Found, Lang, Listing, Product, Query, Rates, Text

RATES = Rates("EUR", {}, "2026-01-01")
TITLES = {"pot": "cast iron teapot", "wok": "steel wok", "shoe": "running shoes"}
SAID = {"чайник": ("teapot", "kettle"), "急須": ("teapot",), "théière": ("teapot",), "กาน้ำชา": ("teapot",)}
WORDS_ONLY = Tuning(fusion="words", diversity=0.0, lexicon=2.0)


def speak(text: str, source: Lang, target: Lang) -> Sequence[str]:
    return SAID.get(text, ()) if target == "en" else ()


def shop() -> MemoryIndex:
    index, encoder = MemoryIndex(), HashEncoder()
    listings = [Listing(Product(id, (Text(title, "en"),)), digest=f"d-{id}") for id, title in TITLES.items()]
    vectors = encoder.encode([one.product.titles[0].value for one in listings], "passage")
    index.put(listings, vectors, [document_terms(one.product, terms=terms) for one in listings])
    return index


def found(words: str, crossing: Crossing | None, tuning: Tuning = WORDS_ONLY) -> Found:
    asking = Query(words, langs=("ru",))
    return search(
        asking, encoder=HashEncoder(), index=shop(), rates=RATES, tuning=replace(tuning, crossing=crossing)
    )


@pytest.mark.parametrize("words", SAID)
def test_a_translated_query_finds_by_words_and_says_so(words: str) -> None:
    page = found(words, Crossing(speak, mode="all"))
    assert page.hits[0].product.id == "pot"
    assert page.hits[0].why["translated"] > 0
    assert page.understood.translated.startswith("teapot")


def test_further_translations_count_less() -> None:
    page = found("чайник", Crossing(speak, mode="all"))
    assert page.understood.translated == "teapot · kettle"


@pytest.mark.parametrize(
    "crossing",
    [
        None,
        Crossing(speak, mode="off"),
        Crossing(speak),
        Crossing(speak, gains={"ru-en": -0.1, "de-en": 0.2}),
    ],
)
def test_without_a_measured_gain_nothing_is_translated(crossing: Crossing | None) -> None:
    page = found("чайник", crossing)
    assert page.understood.translated == ""
    assert page.hits == ()


@pytest.mark.parametrize(
    ("gains", "is_allowed"),
    [
        ({"*-en": 0.02}, True),
        ({"*-en": 0.02, "ru-en": 0.0}, False),
        ({"*-de": 0.02}, False),
        ({"de-en": 0.02}, False),
    ],
)
def test_a_pair_that_nobody_measured_goes_by_the_others_into_its_target(
    gains: dict[str, float], is_allowed: bool
) -> None:
    """A figure of its own, even of no gain, comes first."""
    assert Crossing(speak, gains=gains).allows("ru", "en") is is_allowed


def test_a_pair_that_gains_is_translated() -> None:
    assert found("чайник", Crossing(speak, gains={"ru-en": 0.02})).hits[0].product.id == "pot"


def test_a_query_in_the_catalogue_s_language_is_left_alone() -> None:
    with_it, without = found("teapot", Crossing(speak, mode="all")), found("teapot", None)
    assert with_it == without


def test_the_leg_adds_to_the_others_and_takes_nothing_away() -> None:
    tuning = Tuning(diversity=0.0, lexicon=2.0)
    without, with_it = found("чайник", None, tuning), found("чайник", Crossing(speak, mode="all"), tuning)
    assert {hit.product.id for hit in without.hits} <= {hit.product.id for hit in with_it.hits}
    assert with_it.hits[0].product.id == "pot"


def test_a_translator_that_is_down_costs_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    def down(text: str, source: Lang, target: Lang) -> Sequence[str]:
        raise Unavailable("nobody answers")

    page = found("чайник", Crossing(down, mode="all"))
    assert page.understood.translated == ""
    assert [record for record in caplog.records if "query_translation=failed" in record.getMessage()]


def german(titles: Sequence[Text], lang: Lang, brands: Sequence[str]) -> list[Text]:
    words = {"cast iron teapot": "Teekanne", "steel wok": "steel wok"}
    return [Text(words.get(title.value, title.value), lang) for title in titles]


EXPANSION = Expansion(("de",), german, "words-1")


def put(index: MemoryIndex, expansion: Expansion | None) -> None:
    encoder = HashEncoder()
    listing = Listing(Product("pot", (Text("cast iron teapot", "en"),)), digest="same")
    bags = [document_terms(listing.product, terms=terms)]
    expanded(index, expansion).put([listing], encoder.encode(["x"], "passage"), bags)


def test_a_product_is_found_by_the_words_of_its_translated_title_and_stays_as_written() -> None:
    index = MemoryIndex()
    put(index, EXPANSION)
    [hits] = index.matching([{"teekanne": 1.0}], 5, Filter())
    assert [hit.id for hit in hits] == ["pot"]
    assert index.get(["pot"])[0].titles == (Text("cast iron teapot", "en"),)


def test_what_was_expanded_otherwise_is_written_anew() -> None:
    index = MemoryIndex()
    put(index, EXPANSION)
    assert expanded(index, EXPANSION).digests(["pot", "new"]) == ["same", ""]
    assert expanded(index, replace(EXPANSION, engine="words-2")).digests(["pot"]) != ["same"]
    assert expanded(index, None).digests(["pot"]) != ["same"]
    put(index, None)
    assert expanded(index, EXPANSION).digests(["pot"]) != ["same"]
