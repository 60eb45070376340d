"""Laws of learning phrases: what belongs together, what may be cut out, what a language says next."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.backends.translators.phrases.casing import casing_of
from dragoman.backends.translators.phrases.counting import learn_ngrams
from dragoman.backends.translators.phrases.letters import letters_of
from dragoman.backends.translators.phrases.spelling import HOLE, SPACE, Spelling, lowered
from dragoman.backends.translators.phrases.texts import Texts, texts_of
from dragoman.learn.alignment import align, linked
from dragoman.learn.phrase_pairs import Counts, cut
from dragoman.learn.phrase_pieces import learn_spelling
from dragoman.learn.phrase_weights import confidence_of, worth

ROWS = st.lists(st.lists(st.integers(3, 8), min_size=1, max_size=7), min_size=1, max_size=20)
LINKS = st.frozensets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12)
SHOP = [
    "Red tent 2 m", "Blue tent, 3 m", "Zelt für 2 Personen", "خيمة حمراء", "लाल तम्बू", "красная палатка",
    "เต็นท์สีแดง", "빨간 텐트", "Tienda de campaña roja", "Tente rouge", "tenda vermelha",
]  # fmt: skip


def test_pieces_that_always_meet_belong_together() -> None:
    """Whatever their order: 3 is 13, 4 is 14, 5 is 15."""
    sources = [[3, 4], [4, 5], [5, 3], *[[3], [4], [5]] * 9]
    targets = [[14, 13], [15, 14], [13, 15], *[[13], [14], [15]] * 9]
    found = align(sources, targets)
    assert [[sources[k][i] + 10 for i in places] for k, places in enumerate(found.places)] == targets


@settings(deadline=None, max_examples=40)
@given(ROWS)
def test_what_a_piece_may_say_adds_up_to_one(rows: list[list[int]]) -> None:
    """Odds of what a piece becomes are shares."""
    odds = align(rows, [row[::-1] for row in rows]).odds
    for source in {source for source, _ in odds}:
        assert sum(share for (own, _), share in odds.items() if own == source) <= 1 + 1e-9


@given(
    st.lists(st.integers(-1, 5), min_size=1, max_size=6), st.lists(st.integers(-1, 5), min_size=1, max_size=6)
)
def test_links_are_vouched_for_by_one_of_both_directions(forth: list[int], back: list[int]) -> None:
    """And those that both vouch for are always there."""
    forth = [i if i < len(back) else -1 for i in forth]
    back = [j if j < len(forth) else -1 for j in back]
    one = {(i, j) for j, i in enumerate(forth) if i >= 0}
    other = {(i, j) for i, j in enumerate(back) if j >= 0}
    assert one & other <= linked(forth, back) <= one | other


@given(LINKS)
def test_no_link_leads_out_of_what_is_cut(links: frozenset[tuple[int, int]]) -> None:
    """Else half of a word's translation would stay behind."""
    for a, b, c, d in cut(6, 6, links):
        inside = [(a <= i < b, c <= j < d) for i, j in links]
        assert all(here == there for here, there in inside)
        assert any(here for here, _ in inside)


def test_a_number_is_never_translated_alone_on_one_side() -> None:
    """A phrase has a hole on both sides or on none."""
    counts = Counts([[3, 9], [4, 9]], [[13, 19], [14, 19]], [1.0, 1.0], (frozenset({9}), frozenset({19})))
    assert counts.joint
    assert all((9 in source) == (19 in target) for source, target in counts.joint)


def test_what_counts_more_weighs_more() -> None:
    """A shop's own terms beside messages of programs."""
    found = Counts([[3], [3]], [[13], [14]], [1.0, 3.0], (frozenset(), frozenset()))
    assert found.joint[(3,), (14,)] == pytest.approx(3 * found.joint[(3,), (13,)])


@settings(deadline=None, max_examples=40)
@given(ROWS, st.integers(1, 2), st.integers(0, 8), st.integers(1, 8))
def test_odds_of_all_pieces_add_up_to_one(rows: list[list[int]], least: int, before: int, last: int) -> None:
    """After any two pieces, seen or not, thinned or not."""
    model = learn_ngrams(rows, 9, least=least)
    whole = np.exp(model.score([before] * 9, [last] * 9, range(9))).sum()
    assert whole == pytest.approx(1, abs=1e-5)


@settings(deadline=None, max_examples=20)
@given(ROWS, st.integers(0, 3), st.integers(1, 3))
def test_stored_texts_make_the_same_model(rows: list[list[int]], chief: int, times: int) -> None:
    """Every text in its place, the chief ones as often as they count."""
    texts = Texts(rows, min(chief, len(rows)), times, 1)
    opened = texts_of(texts.arrays())
    assert [list(row) for row in opened.rows] == rows
    for before, last in ((1, 1), (3, 4), (5, 5)):
        one, other = (some.pieces(9).score([before] * 9, [last] * 9, range(9)) for some in (texts, opened))
        assert np.array_equal(one, other)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.text("ab", max_size=6), min_size=1, max_size=8))
def test_no_more_than_one_is_shared_among_all_texts(seen: list[str]) -> None:
    """Each ends somewhere: all texts of up to six letters have what longer ones leave."""
    every = ["".join(letters) for size in range(7) for letters in product("ab", repeat=size)]
    odds = np.exp(letters_of(seen).score(every))
    assert odds.sum() <= 1 + 1e-5
    assert odds.sum() >= 0.2  # short ones were seen


def test_letters_know_an_ending_that_was_seen_from_one_that_was_not() -> None:
    """And a compound from two words."""
    letters = letters_of(["rote zelte", "rotes zelt", "kerzenständer", "ohrkerzen"])
    fits, fits_not, joined, apart = letters.score(["rote zelte", "roten zelte", "ohrkerzen", "ohr kerzen"])
    assert fits > fits_not
    assert joined > apart


@pytest.mark.parametrize("text", SHOP)
def test_pieces_spell_the_text(text: str) -> None:
    """With its capitals, its numbers in holes."""
    spelling = Spelling(learn_spelling(SHOP * 2, size=400, spaced=True))
    spelled = spelling.read(text)
    whole = "".join(spelled.surface).replace(SPACE, " ").strip()
    for number in spelled.holes:
        whole = whole.replace(HOLE, number, 1)
    assert whole == text


@given(st.text(max_size=40))
def test_lower_case_keeps_every_place(text: str) -> None:
    """So that what is copied can be cut out of the text as it was written."""
    assert len(lowered(text)) == len(text)


@given(st.text("abcdeäöüßi çé'’-", max_size=40), st.sampled_from([True, False, None]))
def test_capitals_change_no_letter(text: str, is_capital: bool | None) -> None:
    """Only how large they are."""
    casing = casing_of("de", ["Ein Zelt", "das LED-Licht", "im Zelt"])
    plain = lowered(text)
    assert lowered(casing.write(plain, is_capital=is_capital)) == plain


def test_a_title_has_its_capitals_throughout() -> None:
    """Where the words around are usually capitals, one that is both goes along."""
    casing = casing_of(
        "en", ["Big Cups & Spoons", "Red Cups & Plates", "a small cups holder", "my spoons here"]
    )
    assert casing.write("measuring cups & spoons", is_capital=True) == "Measuring Cups & Spoons"


def test_turkish_has_a_capital_of_its_own() -> None:
    """i becomes İ."""
    assert casing_of("tr", ["Bir ipek"]).write("ipek gömlek", is_capital=True) == "İpek gömlek"


def test_an_exact_translation_is_worth_most() -> None:
    """Whatever its capitals."""
    assert (
        worth("Rotes Zelt", "rotes zelt") > worth("Rotes Zelte", "Rotes Zelt") > worth("Hemd", "Rotes Zelt")
    )


def test_confidence_rises_with_what_speaks_for_it() -> None:
    """And is the share of good ones where there is nothing to tell by."""
    found = confidence_of(
        [{"sign": float(i % 2)} for i in range(100)], [i % 2 == 1 or i < 20 for i in range(100)]
    )
    assert found["sign"] > 1
    assert confidence_of([], []) == {}
