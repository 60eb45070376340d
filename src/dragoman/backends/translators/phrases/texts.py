"""A language's texts as its pieces: what its language models are made of when it is opened.

They take less room than the models, and two models can be made of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.translators.phrases.counting import Row, learn_ngrams
from dragoman.backends.translators.phrases.letters import Letters, letters_of
from dragoman.backends.translators.phrases.ngrams import Arrays, Ngrams
from dragoman.backends.translators.phrases.spelling import SPACE, Spelling

_NAME = 60  # characters of a text whose letters count: sentences are written otherwise than names


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of one language."""

    rows: Sequence[Row]  # ids of each, the chief ones first
    chief: int  # how many those are
    times: int  # how often they count for the model of pieces
    least: int  # how often three pieces must be seen

    def pieces(self, size: int) -> Ngrams:
        """Return the model of pieces.

        Args:
            size: Pieces that the language has.
        """
        more = list(self.rows[: self.chief]) * (self.times - 1)
        return learn_ngrams([*self.rows, *more], size, least=self.least)

    def letters(self, spelling: Spelling) -> Letters:
        """Return the model of letters, of the chief texts if there are any."""
        rows = self.rows[: self.chief] or self.rows
        written = (spelling.written(list(row)).replace(SPACE, " ").strip() for row in rows)
        return letters_of([text for text in written if len(text) <= _NAME] or [""])

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what is stored."""
        sizes = np.array([len(row) for row in self.rows], np.uint16)
        ids = np.array([i for row in self.rows for i in row], np.uint16)
        about = np.array([self.chief, self.times, self.least], np.uint32)
        return {"ids": ids, "sizes": sizes, "about": about}


def texts_of(arrays: Arrays) -> Texts:
    """Return stored texts."""
    ids = arrays["ids"].astype(np.int64).tolist()
    bounds = [0, *np.cumsum(arrays["sizes"].astype(np.int64)).tolist()]
    chief, times, least = arrays["about"].astype(np.int64).tolist()
    return Texts([ids[first:end] for first, end in pairwise(bounds)], chief, times, least)
