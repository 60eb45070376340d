"""An encoder without weights, and the contract every encoder must pass. Knows the port, no backend."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from zlib import crc32

import numpy as np

from dragoman.ports import Encoder, Role
from dragoman.types import Vectors

TEXTS = (
    "red running shoes",
    "Kaffeemühle mit Kegelmahlwerk",
    "chaussures de randonnée",
    "mochila escolar con ruedas",
    "panela de pressão 5 litros",
    "зимние ботинки",
    "حقيبة ظهر للسفر",
    "सूती साड़ी",
    "户外折叠椅",
    "登山リュック 40L",
    "무선 이어폰",
    "รองเท้าวิ่ง",
    "",
    " \t\n",
    "🎧",
    "\u202eabc\x00\ufeff",
    "half a pair \ud800",
    "one two three " * 40,
)
"""One line in each of twelve languages, and what a form may send besides."""


class HashEncoder:
    """Hashed character trigrams: equal spellings are near, meanings are not. For tests and first steps."""

    def __init__(self, *, dim: int = 256) -> None:
        self._dim = dim

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._dim

    @property
    def name(self) -> str:
        """Identity of the space: all that matters is how many buckets there are."""
        return f"hash-{self._dim}"

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return (len(texts), dim) float32, rows of unit length, same order; the role changes nothing."""
        out = np.zeros((len(texts), self._dim), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            padded = f"  {text.casefold()}  "
            for i in range(len(padded) - 2):
                row[crc32(padded[i : i + 3].encode("utf-8", "replace")) % self._dim] += 1.0
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        return out


class EncoderContract:
    """What holds of every encoder. Subclass it, give it ``make``, and run pytest."""

    def make(self) -> Encoder:
        """Return the encoder under test; called once a test."""
        raise NotImplementedError

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder of this test."""
        return self.make()

    def test_rows_are_float32_of_unit_length(self) -> None:
        """In both roles, whatever the text."""
        for role in _ROLES:
            vectors = self.encoder.encode(TEXTS, role)
            assert vectors.dtype == np.float32
            assert vectors.shape == (len(TEXTS), self.encoder.dim)
            np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_no_texts_give_no_rows(self) -> None:
        """The shape still tells the dimension."""
        assert self.encoder.encode([], "query").shape == (0, self.encoder.dim)

    def test_rows_keep_the_order_of_the_texts(self) -> None:
        """Sorting by length inside must not show."""
        forth = self.encoder.encode(TEXTS, "passage")
        back = self.encoder.encode(TEXTS[::-1], "passage")
        np.testing.assert_allclose(forth, back[::-1], atol=1e-4)

    def test_a_row_does_not_depend_on_its_neighbours(self) -> None:
        """Else a catalogue ingested in other portions would be another catalogue."""
        together = self.encoder.encode(TEXTS, "query")
        alone = np.concatenate([self.encoder.encode([text], "query") for text in TEXTS])
        np.testing.assert_allclose(together, alone, atol=1e-4)

    def test_equal_texts_get_equal_rows(self) -> None:
        """Within a call and between calls."""
        vectors = self.encoder.encode([TEXTS[0], TEXTS[1], TEXTS[0]], "query")
        np.testing.assert_allclose(vectors[0], vectors[2], atol=1e-6)
        np.testing.assert_allclose(vectors[0], self.encoder.encode([TEXTS[0]], "query")[0], atol=1e-6)

    def test_unequal_texts_get_unequal_rows(self) -> None:
        """In every script: a tokenizer that knows none of a script gives all of it one row."""
        vectors = self.encoder.encode(TEXTS[:12], "query")
        assert np.triu(vectors @ vectors.T, 1).max() < 0.9999

    def test_a_long_text_is_taken(self) -> None:
        """A hundred thousand characters, with and without spaces."""
        vectors = self.encoder.encode(["ab " * 33_334, "ж" * 100_000], "passage")
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_more_texts_than_a_batch_are_taken(self) -> None:
        """Every row is filled."""
        vectors = self.encoder.encode([f"shoe {i}" for i in range(130)], "passage")
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_calls_from_many_threads_do_not_disturb_each_other(self) -> None:
        """Each thread gets the rows of its own texts."""
        expected = self.encoder.encode(TEXTS, "query")
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda text: self.encoder.encode([text], "query")[0], TEXTS))
        np.testing.assert_allclose(np.stack(found), expected, atol=1e-4)

    def test_an_equal_encoder_has_the_same_name(self) -> None:
        """The name is what an index remembers."""
        assert self.encoder.name
        assert self.make().name == self.encoder.name


_ROLES: tuple[Role, ...] = ("query", "passage")
