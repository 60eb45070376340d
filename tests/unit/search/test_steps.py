"""Laws of the steps of a search: languages, levelling files, spellings, cursors, prices, relaxing."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.errors import BadInput
from dragoman.ports import Role
from dragoman.search.candidates import seen_from
from dragoman.search.languages import catalogue_langs, read_by
from dragoman.search.levelling import levelling_of, measure_encoder
from dragoman.search.paging import cursor_to, start_of
from dragoman.search.prices import comparable, windows
from dragoman.search.relax import GIVES_WAY, relaxations
from dragoman.search.respell import meant_terms
from dragoman.search.tuning import Tuning
from dragoman.search.understand import plain
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.indexes import MemoryIndex
from dragoman.text.money import digits, shipped_rates
from dragoman.types import (
    FactFilter,
    Filter,
    Listing,
    Money,
    PriceRange,
    Product,
    Query,
    Rates,
    Scored,
    Text,
    Vectors,
)

settings.register_profile("unhurried", deadline=None)  # the law counts, not the clock
settings.load_profile("unhurried")


class CountingEncoder(HashEncoder):
    """Counts what it encodes."""

    def __init__(self) -> None:
        super().__init__(dim=64)
        self.seen = 0

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.seen += len(texts)
        return super().encode(texts, role)


def test_an_encoder_is_measured_once_and_read_from_its_file_then(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    first = levelling_of(encoder, tmp_path / "new")
    measured = encoder.seen
    again = levelling_of(encoder, tmp_path / "new")
    assert encoder.seen == measured > 0
    assert (first.generic == again.generic).all()
    assert (first.directions == again.directions).all()


@pytest.mark.parametrize(
    "damage", [b"", b"PK\x03\x04 not a zip", b"\x00" * 100], ids=["empty", "no zip", "zeros"]
)
def test_a_damaged_levelling_file_is_measured_anew_and_said(
    tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = CountingEncoder()
    whole = levelling_of(encoder, tmp_path)
    [path] = tmp_path.iterdir()
    path.write_bytes(damage)
    with caplog.at_level(logging.WARNING):
        assert (levelling_of(encoder, tmp_path).generic == whole.generic).all()
    assert "levelling_unreadable" in caplog.text
    assert path.stat().st_size > 1000


def test_a_folder_that_cannot_be_written_costs_the_file_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        found = levelling_of(CountingEncoder(), tmp_path / "file")
    assert found.generic.shape == (64,)
    assert "levelling_not_kept" in caplog.text


def test_levelling_grows_with_what_is_in_other_languages() -> None:
    tuning = Tuning(levelling=measure_encoder(HashEncoder(dim=64)))
    query = HashEncoder(dim=64).encode(["gartenschlauch mit rollen"], "query")
    moved = [
        float(np.linalg.norm(seen_from(query, own=own, tuning=tuning).vectors - query))
        for own in (1.0, 0.9, 0.5, 0.0)
    ]
    assert moved[0] < 1e-6
    assert moved == sorted(moved)


def test_several_readings_of_a_query_are_seen_between_them() -> None:
    two = HashEncoder().encode(["gardn hose", "garden hose"], "query")
    seen = seen_from(two, own=1.0, tuning=Tuning())
    assert seen.vectors.shape == (1, 256)
    assert np.isclose(np.linalg.norm(seen.vectors), 1.0)


def _index(*products: Product) -> MemoryIndex:
    index = MemoryIndex()
    bags = [{word: 1.0 for title in product.titles for word in title.value.split()} for product in products]
    index.put([Listing(product) for product in products], np.eye(len(products), 8, dtype=np.float32), bags)
    return index


def test_languages_of_a_catalogue_come_with_their_shares() -> None:
    index = _index(
        *(Product(str(i), (Text("t", lang),)) for i, lang in enumerate(["en", "en", "en", "zh-Hans"]))
    )
    assert catalogue_langs(index) == {"en": 0.75, "zh-Hans": 0.25}


def test_a_catalogue_that_was_empty_is_asked_again() -> None:
    index = MemoryIndex()
    assert catalogue_langs(index) == {}
    index.put([Listing(Product("1", (Text("t", "ja"),)))], np.ones((1, 8), np.float32), [{}])
    assert catalogue_langs(index) == {"ja": 1.0}


def test_readers_of_a_language_read_all_its_scripts_and_regions() -> None:
    assert read_by({"zh": 1.0}, {"zh-Hans": 0.3, "zh-Hant": 0.2, "en": 0.5}) == pytest.approx(0.5)
    assert read_by({"de": 1.0}, {"und": 1.0}) == 0.5


def test_a_word_is_respelled_only_if_no_product_has_it() -> None:
    index = _index(Product("1", (Text("garden hose", "en"),)))
    assert meant_terms(["gardn", "hose", "xylophone"], index) == {
        "gardn": "garden",
        "hose": "",
        "xylophone": "",
    }


def test_the_index_is_asked_once_per_word() -> None:
    class Asked(MemoryIndex):
        asked: tuple[str, ...] = ()

        def spellings(self, terms: Sequence[str], k: int) -> list[list[Scored]]:
            self.asked += tuple(terms)
            return super().spellings(terms, k)

    index = Asked()
    meant_terms(["gardn", "hose"], index)
    meant_terms(["hose", "gardn", "reel"], index)
    assert index.asked == ("gardn", "hose", "reel")


@given(st.integers(0, 2**24 - 1), st.text(max_size=50))
def test_a_cursor_says_where_it_leads(offset: int, text: str) -> None:
    query = Query(text)
    assert start_of(Query(text, k=7, cursor=cursor_to(offset, query))) == offset


@given(st.text(max_size=60))
def test_no_made_up_cursor_is_taken(cursor: str) -> None:
    if cursor:
        with pytest.raises(BadInput):
            start_of(Query("wok", cursor=cursor))


@given(st.integers(0, 10**7), st.sampled_from(["EUR", "USD", "JPY", "KWD", "CHF", "CNY"]))
def test_a_window_holds_its_own_ends_in_every_currency(minor: int, currency: str) -> None:
    rates = shipped_rates()
    end = Money(minor, currency)
    for window in windows(end, end, rates):
        assert window.low is not None
        assert window.high is not None
        assert 0 <= window.high - window.low <= 1
        low, high = (comparable(Money(m, window.currency), rates) for m in (window.low, window.high))
        assert low <= comparable(end, rates) * (1 + 1e-9)
        assert high >= comparable(end, rates) * (1 - 1e-9)


def test_a_currency_without_a_rate_keeps_its_own_window() -> None:
    rates = Rates("EUR", {"USD": 1.1}, "2026-01-01")
    assert windows(Money(5, "XAF"), None, rates) == (PriceRange("XAF", low=5),)
    assert comparable(Money(5, "XAF"), rates) == float("inf")
    with pytest.raises(BadInput, match="XAF"):
        windows(Money(5, "XAF"), Money(5, "USD"), rates)


def test_open_ends_make_no_window() -> None:
    assert windows(None, None, shipped_rates()) == ()
    assert digits("JPY") == 0


def test_conditions_give_way_one_at_a_time_in_the_documented_order() -> None:
    every = Filter(
        market="DE",
        categories=("a",),
        brands=("b",),
        sellers=("s",),
        langs=("de",),
        availability=("in_stock",),
        prices=(PriceRange("EUR", 1, 2),),
        facts=(FactFilter("Size", ("M",)),),
        ids=("1",),
        not_ids=("2",),
    )
    steps = list(relaxations(every))
    assert [len(step.dropped) for step in steps] == list(range(len(GIVES_WAY) + 1))
    assert steps[-1].dropped == GIVES_WAY
    assert steps[-1].where == Filter(market="DE", ids=("1",), not_ids=("2",))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("a\x00b", "a b"),
        ("\u202eabc\u202c", "abc"),
        ("  a \n b ", "a b"),
        ("क्‍ष", "क्‍ष"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("\ud800x", "x"),
        ("\ufeff", ""),
    ],
)
def test_what_cannot_be_seen_is_left_out(typed: str, said: str) -> None:
    assert plain(typed) == said
