"""Laws of what stands before and after the search of phrases: forms of words, seams, titles, capitals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.backends.translators.phrases.casing import own_forms, titled_casing_of
from dragoman.backends.translators.phrases.letters import letters_of
from dragoman.backends.translators.phrases.rereading import Draft, mended, reread
from dragoman.backends.translators.phrases.respelling import respelt
from dragoman.backends.translators.phrases.spelling import HOLE
from dragoman.backends.translators.phrases.titles import TitleSigns
from dragoman.learn.title_signs import learn_title_signs, tells_titles

WORDS = st.lists(st.text("abcst", min_size=1, max_size=8), max_size=5)


@pytest.mark.parametrize(
    ("word", "known", "read"),
    [
        ("Zithers", "zither", "Zither"),
        ("batteries", "battery", "battery"),
        ("colours", "colors", "colors"),
        ("tuning", "tune", "tune"),
        ("quilt", "quilting", "quilting"),
        ("glass", "glas", "glass"),  # no plural
        ("GLASSES", "glass", "GLASSES"),  # a name
        ("iPads", "ipad", "iPads"),
        ("bus", "bu", "bus"),
    ],
)
def test_a_word_is_read_in_the_form_that_is_known(word: str, known: str, read: str) -> None:
    """With its capital; a name stays as it is."""
    assert respelt(f"{word} 2", {known}.__contains__, cut=False) == f"{read} 2"


@given(WORDS, st.frozensets(st.text("abcst", min_size=1, max_size=8)), st.booleans())
def test_what_is_known_is_never_respelt(words: list[str], known: frozenset[str], cut: bool) -> None:
    """And no word is lost: each is there, in a form or in two parts."""
    text = " ".join(words)
    read = respelt(text, known.__contains__, cut=cut).split()
    assert [word for word in words if word in known or len(word) < 4] == [
        word for word in read if word in words and (word in known or len(word) < 4)
    ] or cut
    assert len(read) >= len(words)


def test_words_are_taken_apart_only_where_asked() -> None:
    """A copied word is right in Latin letters as often as its parts."""
    known = {"bean", "bag", "be", "anbag"}.__contains__
    assert respelt("beanbag", known, cut=True) == "bean bag"
    assert respelt("beanbag", known, cut=False) == "beanbag"


@given(st.text("abc -", max_size=30), st.sampled_from(["de", "en", "ja"]))
def test_mending_changes_no_letter_but_the_joint(text: str, lang: str) -> None:
    """And keeps every hole."""
    for one in mended(f"{text}{HOLE}", lang):
        bare = f"{text}{HOLE}".replace(" ", "").replace("-", "")
        assert one.replace(" ", "").replace("-", "").replace("s", "") == bare
        assert one.count(HOLE) == 1


def draft(plain: str, score: float, *kept: str) -> Draft:
    return Draft(plain, kept, np.zeros(1), score)


def test_what_reads_best_is_taken_where_the_search_hardly_minds() -> None:
    """Nouns are joined where the language joins them."""
    letters = letters_of(["ohrkerzen", "duftkerzen", "ohrstöpsel", "rote kerzen"])
    near = reread([[draft("ohr kerzen", -3.0), draft("kerzen ohr", -3.1)]], letters, "de")
    assert [one.plain for one in near] == ["ohrkerzen"]
    assert (
        reread([[draft("ohr kerzen", -3.0), draft("ohrkerzen", -9.0)]], letters, "en")[0].plain
        == "ohr kerzen"
    )


def test_a_copied_word_is_judged_by_its_letters_and_a_number_is_not() -> None:
    """Both stay holes."""
    one = draft(f"{HOLE} zelt {HOLE}", 0.0, "Grün", "40")
    assert one.read(one.plain) == f"grün zelt {HOLE}"
    assert draft(f"{HOLE} zelt", 0.0, "⟦3⟧").read(f"{HOLE} zelt") == f"{HOLE} zelt"


def test_the_words_of_a_source_tell_a_title() -> None:
    """Plurals of categories, not values."""
    sources = [f"{word}taschen" for word in "abcdefgh"] + [f"helles {word}lila" for word in "abcdefgh"]
    english = [f"{word} Big Bags" for word in "abcdefgh"] + [f"{word} light lilac" for word in "abcdefgh"]
    signs = learn_title_signs(sources, english)
    assert signs.odds("xtaschen") > 0 > signs.odds("helles xlila")
    assert learn_title_signs(sources[:8], english[:8]) == TitleSigns()


def test_a_language_without_capitals_tells_no_title() -> None:
    """Though most texts are none in either language."""
    texts = [{"en": "red bags", "ko": "빨간 가방", "tr": "kırmızı çanta"}] * 20
    texts += [{"en": "Big Bags", "ko": "큰 가방", "tr": "Büyük Çantalar"}]
    assert not tells_titles(texts, "ko")
    assert tells_titles(texts, "tr")


def test_a_title_is_written_as_titles_are() -> None:
    """With small words small, and words that have a form of their own in it."""
    casing = titled_casing_of(
        "en", ["Bags for Cats", "Cases for USB Drives", "red bags of a cat", "some cases"]
    )
    assert casing.write("cats for usb bags", is_capital=True, titled=True) == "Cats for USB Bags"
    assert casing.write("cats for bags", is_capital=True) == "Cats for bags"


def test_codes_and_units_are_written_as_the_source_writes_them() -> None:
    """Unless it shouts."""
    casing = titled_casing_of("en", ["Bags for Cats", "red bags of a cat"])
    like = own_forms("LR44-Batterie 3 mm, NVLink")
    assert casing.write("lr battery 3 mm, nvlink", is_capital=True, like=like) == "LR battery 3 mm, NVLink"
    assert own_forms("ALLES NEU") == {}
