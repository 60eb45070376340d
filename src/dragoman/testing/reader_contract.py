"""The contract every reader must pass. Knows the port, no backend."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise

import pytest

from dragoman.ports import Reader
from dragoman.types import Span

ASKS = ("color", "size", "what is it made of?", "Farbe", "尺寸")

TEXTS = (
    "Red running shoes, size 42, leather",
    "Kaffeemühle mit Kegelmahlwerk, schwarz, 40 cm",
    "chaussures de randonnée en cuir, noires",
    "mochila escolar con ruedas, azul, 30 l",
    "panela de pressão 5 litros, alumínio",
    "зимние ботинки, чёрные, размер 42",
    "حقيبة ظهر للسفر، لون أسود، 40 لتر",
    "लाल सूती साड़ी, 5.5 मीटर",
    "户外折叠椅 红色 铝合金 承重120公斤",
    "登山リュック 40L 黒 ナイロン",
    "무선 이어폰 검정 5.3g",
    "รองเท้าวิ่งสีแดง เบอร์ 42",
    "",
    " \t\n",
    "🎧 red 👟🏽 42",
    "\u202eabc\x00\ufeff red",
    "half a pair \ud800 red",
    "e\u0301te\u0301 rouge 42",
    "one two three red " * 12,
)
"""One line in each of twelve languages, and what a page may hold besides."""


class ReaderContract:
    """What holds of every reader. Subclass it, give it ``make``, and run pytest.

    ``make`` shall find something in most of `TEXTS`: a reader that never finds anything passes unseen.
    """

    def make(self) -> Reader:
        """Return the reader under test; called once a test."""
        raise NotImplementedError

    @cached_property
    def reader(self) -> Reader:
        """The reader of this test."""
        return self.make()

    def test_there_is_something_to_look_at(self) -> None:
        """In at least one text, or the other laws say nothing."""
        assert any(self.reader.read(TEXTS, ASKS))

    def test_every_text_has_its_list(self) -> None:
        """Empty ones too, in their order."""
        assert len(self.reader.read(TEXTS, ASKS)) == len(TEXTS)
        assert self.reader.read([], ASKS) == []

    def test_spans_lie_within_their_text_and_are_not_empty(self) -> None:
        """Offsets are characters, whatever the script or plane."""
        for text, spans in zip(TEXTS, self.reader.read(TEXTS, ASKS), strict=True):
            for one in spans:
                assert 0 <= one.start < one.end <= len(text)
                assert text[one.start : one.end] == text[one.start : one.end].strip()

    def test_spans_answer_what_was_asked(self) -> None:
        """No ask of the reader's own, and scores are shares."""
        for spans in self.reader.read(TEXTS, ASKS):
            assert {one.ask for one in spans} <= set(ASKS)
            assert all(0 < one.score <= 1 for one in spans)

    def test_the_best_comes_first(self) -> None:
        """Whatever it answers."""
        for spans in self.reader.read(TEXTS, ASKS):
            scores = [one.score for one in spans]
            assert scores == sorted(scores, reverse=True)

    def test_spans_of_one_ask_do_not_overlap(self) -> None:
        """Else the same words would be shown twice."""
        for spans in self.reader.read(TEXTS, ASKS):
            for ask in ASKS:
                mine = sorted((one.start, one.end) for one in spans if one.ask == ask)
                assert all(one[1] <= other[0] for one, other in pairwise(mine))

    def test_a_text_is_read_alike_alone_and_among_others(self) -> None:
        """Else what a page says would depend on what was read beside it."""
        together = self.reader.read(TEXTS, ASKS)
        alone = [self.reader.read([text], ASKS)[0] for text in TEXTS]
        for one, other in zip(together, alone, strict=True):
            _assert_alike(one, other)

    def test_an_ask_is_answered_alike_alone_and_among_others(self) -> None:
        """A further question does not change the answer to the first."""
        together = self.reader.read(TEXTS, ASKS)
        for ask in ASKS:
            for one, other in zip(together, self.reader.read(TEXTS, [ask]), strict=True):
                _assert_alike([span for span in one if span.ask == ask], other)

    def test_an_ask_said_twice_is_answered_once(self) -> None:
        """The asks are a set that has an order."""
        once = self.reader.read(TEXTS, ASKS)
        twice = self.reader.read(TEXTS, [*ASKS, *ASKS])
        for one, other in zip(once, twice, strict=True):
            _assert_alike(one, other)

    def test_nothing_is_found_where_nothing_is_asked_or_said(self) -> None:
        """No ask, no text, or blanks for either."""
        assert self.reader.read(TEXTS, []) == [[] for _ in TEXTS]
        assert self.reader.read(["", " \t\n"], ASKS) == [[], []]
        assert self.reader.read(TEXTS[:3], ["", "  "]) == [[], [], []]

    def test_a_long_text_is_taken(self) -> None:
        """A hundred thousand characters, with and without spaces; what is found lies within."""
        texts = ["red ab " * 14_286, "ж" * 100_000, "红" * 100_000]
        for text, spans in zip(texts, self.reader.read(texts, ["color"]), strict=True):
            assert all(0 <= one.start < one.end <= len(text) for one in spans)

    def test_calls_from_many_threads_do_not_disturb_each_other(self) -> None:
        """Each thread gets the spans of its own text."""
        expected = self.reader.read(TEXTS, ASKS)
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda text: self.reader.read([text], ASKS)[0], TEXTS))
        for one, other in zip(found, expected, strict=True):
            _assert_alike(one, other)


def _assert_alike(some: Sequence[Span], others: Sequence[Span]) -> None:
    """The same spans; scores to four digits, for sums in another order differ in the seventh."""
    assert {(one.ask, one.start, one.end) for one in some} == {
        (one.ask, one.start, one.end) for one in others
    }
    mine = {(one.ask, one.start, one.end): one.score for one in others}
    for one in some:
        assert one.score == pytest.approx(mine[one.ask, one.start, one.end], abs=1e-3)
