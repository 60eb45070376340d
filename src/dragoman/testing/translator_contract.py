"""The contract every translator must pass. Knows the port, no backend."""

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import pytest

from dragoman.errors import BadInput, Unsupported
from dragoman.ports import Translator
from dragoman.testing.encoders import TEXTS
from dragoman.types import Lang, Text


class TranslatorContract:
    """What holds of every translator. Subclass it, give it ``make``, and run pytest."""

    pair: tuple[Lang, Lang] = ("en", "de")
    """A pair that the translator under test knows."""

    def make(self) -> Translator:
        """Return the translator under test; called once a test, and again for its equal."""
        raise NotImplementedError

    @cached_property
    def translator(self) -> Translator:
        """The translator of this test."""
        return self.make()

    def test_each_text_has_one_translation_in_its_place(self) -> None:
        """With the original beside it, word for word, in every script."""
        found = self.translator.translate(TEXTS, *self.pair)
        assert [one.original for one in found] == [Text(text, self.pair[0]) for text in TEXTS]

    def test_a_translation_says_that_a_machine_wrote_it_and_which(self) -> None:
        """A page must be able to mark it, a cache to know when it is stale."""
        for one in self.translator.translate(TEXTS[:3], *self.pair):
            assert one.text.source == "machine"
            assert one.text.lang == self.pair[1]
            assert one.engine == self.translator.name

    def test_confidence_is_from_zero_to_one(self) -> None:
        """Else a floor would mean nothing."""
        found = self.translator.translate(TEXTS, *self.pair)
        assert all(0 <= one.confidence <= 1 for one in found)

    def test_no_texts_give_no_translations(self) -> None:
        """Nothing is asked of a server either."""
        assert self.translator.translate([], *self.pair) == []

    def test_a_text_without_words_comes_back_as_it_is(self) -> None:
        """There is nothing to translate, and a model would invent something."""
        found = self.translator.translate(["", " \t\n"], *self.pair)
        assert [one.text.value for one in found] == ["", " \t\n"]

    def test_a_translation_does_not_depend_on_its_neighbours(self) -> None:
        """Else a title would read differently on every page of hits."""
        texts = list(TEXTS[:6])
        together = [one.text.value for one in self.translator.translate(texts, *self.pair)]
        alone = [self.translator.translate([text], *self.pair)[0].text.value for text in texts]
        assert together == alone

    def test_the_order_of_texts_is_kept(self) -> None:
        """Sorting by length inside must not show."""
        forth = [one.text.value for one in self.translator.translate(TEXTS, *self.pair)]
        back = [one.text.value for one in self.translator.translate(TEXTS[::-1], *self.pair)]
        assert forth == back[::-1]

    def test_more_texts_than_a_batch_are_taken(self) -> None:
        """Every place is filled."""
        found = self.translator.translate([f"red shoe {i}" for i in range(70)], *self.pair)
        assert [one.original.value for one in found] == [f"red shoe {i}" for i in range(70)]

    def test_half_a_surrogate_pair_is_taken(self) -> None:
        """Broken text is found in feeds, and is no reason to fall over."""
        assert len(self.translator.translate(["tent \ud83c", "tent"], *self.pair)) == 2

    def test_calls_from_many_threads_do_not_disturb_each_other(self) -> None:
        """Each thread gets the translation of its own text."""
        expected = [self.translator.translate([text], *self.pair)[0].text for text in TEXTS]
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda text: self.translator.translate([text], *self.pair)[0].text, TEXTS))
        assert found == expected

    def test_its_pairs_lead_from_one_language_to_another(self) -> None:
        """No language is its own translation."""
        assert all(source != target for source, target in self.translator.pairs())

    def test_what_is_no_language_tag_is_refused(self) -> None:
        """With a remedy, not with a traceback."""
        with pytest.raises((BadInput, Unsupported)):
            self.translator.translate(["tent"], "no tag at all", self.pair[1])

    def test_an_equal_translator_has_the_same_name(self) -> None:
        """The name is what cached translations are kept by."""
        assert self.translator.name
        assert self.make().name == self.translator.name


class PairedTranslatorContract(TranslatorContract):
    """What holds besides of a translator that lists its pairs; one that lists none takes any."""

    def test_a_pair_that_is_not_listed_is_unsupported(self) -> None:
        """Nobody has a translator into Klingon, and the hint says into what there is one."""
        with pytest.raises(Unsupported):
            self.translator.translate(["tent"], self.pair[0], "tlh")

    def test_the_pair_is_listed(self) -> None:
        """Where pairs are listed at all, the one that this contract asks for is among them."""
        assert self.pair in self.translator.pairs()
