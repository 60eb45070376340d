"""The contract every reranker must pass. Knows the port, no backend."""

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np

from dragoman.ports import Reranker
from dragoman.testing.encoders import TEXTS

WORDS = TEXTS[:12]
"""One line in each of twelve languages."""


class RerankerContract:
    """What holds of every reranker. Subclass it, give it ``make``, and run pytest."""

    def make(self) -> Reranker:
        """Return the reranker under test; called once a test, and again for its equal."""
        raise NotImplementedError

    @cached_property
    def reranker(self) -> Reranker:
        """The reranker of this test."""
        return self.make()

    def test_scores_are_float32_from_zero_to_one(self) -> None:
        """Whatever the text, in every script: a threshold on a probability means the same everywhere."""
        for query in WORDS:
            scores = self.reranker.score(query, TEXTS)
            assert scores.dtype == np.float32
            assert scores.shape == (len(TEXTS),)
            assert np.isfinite(scores).all()
            assert scores.min() >= 0
            assert scores.max() <= 1

    def test_no_texts_give_no_scores(self) -> None:
        """Nothing is asked of a server either."""
        assert self.reranker.score("red shoes", []).shape == (0,)

    def test_scores_keep_the_order_of_the_texts(self) -> None:
        """Sorting by length inside must not show."""
        forth = self.reranker.score("red running shoes", TEXTS)
        back = self.reranker.score("red running shoes", TEXTS[::-1])
        np.testing.assert_allclose(forth, back[::-1], atol=1e-4)

    def test_a_score_does_not_depend_on_its_neighbours(self) -> None:
        """Else a text that others push from a page would change the order of those left."""
        together = self.reranker.score("red running shoes", TEXTS)
        alone = np.concatenate([self.reranker.score("red running shoes", [text]) for text in TEXTS])
        np.testing.assert_allclose(together, alone, atol=1e-4)

    def test_what_is_without_words_has_no_score(self) -> None:
        """Query or text: there is nothing to answer, and nothing that could."""
        assert not self.reranker.score("", list(WORDS)).any()
        assert not self.reranker.score(" \t", list(WORDS)).any()
        assert not self.reranker.score("red shoes", ["", " \n"]).any()

    def test_unequal_texts_get_unequal_scores(self) -> None:
        """A reranker that reads no text would order nothing."""
        for query in WORDS:
            assert len(set(self.reranker.score(query, WORDS).tolist())) > 1

    def test_a_long_text_is_taken(self) -> None:
        """A hundred thousand characters, with and without spaces, on both sides."""
        long = ["ab " * 33_334, "ж" * 100_000]
        assert self.reranker.score("tent", long).shape == (2,)
        assert self.reranker.score(long[0], ["tent"]).shape == (1,)

    def test_more_texts_than_a_batch_are_taken(self) -> None:
        """Every place is filled."""
        scores = self.reranker.score("shoe 7", [f"shoe {i}" for i in range(130)])
        assert scores.shape == (130,)
        assert (scores > 0).all()

    def test_calls_from_many_threads_do_not_disturb_each_other(self) -> None:
        """Each thread gets the scores of its own query."""
        expected = [self.reranker.score(query, WORDS) for query in WORDS]
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda query: self.reranker.score(query, WORDS), WORDS))
        np.testing.assert_allclose(np.stack(found), np.stack(expected), atol=1e-4)

    def test_an_equal_reranker_has_the_same_name(self) -> None:
        """The name is what scores may be compared by."""
        assert self.reranker.name
        assert self.make().name == self.reranker.name
