"""Laws of endings: whatever is typed, what comes back goes on from it, likeliest first."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_writer import tiny_writer

from dragoman.suggest.beam import begin, endings
from dragoman.suggest.typed import START, typed
from dragoman.suggest.writer import END, Writer

ALPHABET = "tenzlgrdahoscbu üï帐篷茶红خيمةأ -'😀\t"


@pytest.fixture(scope="module")
def writer() -> Writer:
    return tiny_writer()


def bits(writer: Writer, lang: str, ids: list[int]) -> float:
    """Log odds of ids after a language, over the pieces of that language."""
    pieces = writer.pieces_of(lang)
    state = writer.begin([writer.lang_id(lang)])
    total = 0.0
    for i in ids:
        [place] = np.flatnonzero(pieces == i)
        total += float(writer.odds(state, pieces)[0, place])
        state = writer.go_on(state, np.zeros(1, np.intp), np.array([i]))
    return total


@given(
    prefix=st.text(alphabet=ALPHABET, max_size=12), lang=st.sampled_from(["en", "de", "zh-TW", "ar", "xx"])
)
@settings(max_examples=60, deadline=None)
def test_every_ending_goes_on_from_what_was_typed(writer: Writer, prefix: str, lang: str) -> None:
    found = endings(writer, prefix, lang, 5)
    assert len(found) <= 5
    assert len({one.id for one in found}) == len(found)
    for one in found:
        assert one.id.startswith(typed(prefix))
        assert len(one.id) > len(typed(prefix))
        assert one.id == typed(one.id)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@pytest.mark.parametrize(
    ("prefix", "lang", "wanted"),
    [
        ("garden h", "en", "garden hose"),
        ("gartens", "de", "gartenschlauch"),
        ("花园", "zh", "花园水管"),
        ("خرطوم", "ar", "خرطوم حديقة"),
        ("garden hose ", "en", "garden hose red"),
        ("Garden HOSE b", "und", "garden hose blue"),
    ],
)
def test_what_was_learned_is_found_in_every_script_even_mid_word(
    writer: Writer, prefix: str, lang: str, wanted: str
) -> None:
    assert wanted in [one.id for one in endings(writer, prefix, lang, 5)]


@pytest.mark.parametrize(
    ("lang", "text"), [("en", "tent pegs red"), ("de", "teekanne rot"), ("zh", "帐篷 红色")]
)
def test_a_wide_beam_misses_nothing_likelier_than_what_it_gives(writer: Writer, lang: str, text: str) -> None:
    for cut in range(1, len(text)):
        prefix = text[:cut]
        found = endings(writer, prefix, lang, 5, width=64, steps=20)
        stands = bits(writer, lang, list(begin(writer, prefix).ids))
        usual = bits(writer, lang, [*writer.ids(text), END]) - stands
        scores = {one.id: one.score for one in found}
        assert usual <= scores.get(text, found[-1].score) + 1e-3


@given(prefix=st.text(alphabet=ALPHABET, min_size=1, max_size=20))
@settings(max_examples=80, deadline=None)
def test_what_stands_and_what_is_open_are_the_prefix(writer: Writer, prefix: str) -> None:
    begun = begin(writer, prefix)
    whole = (begun.text + begun.open).replace(START, " ")
    if typed(prefix):
        assert whole.removeprefix(" ").rstrip() == typed(prefix)
        assert bool(prefix[-1:].isspace()) == whole.endswith(" ")
    else:
        assert whole == ""


def test_nothing_asked_is_nothing_given(writer: Writer) -> None:
    assert endings(writer, "", "en", 5) == []
    assert endings(writer, "  ", "en", 5) == []
    assert endings(writer, "ten", "en", 0) == []
