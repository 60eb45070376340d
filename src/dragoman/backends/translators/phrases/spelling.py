"""A language's pieces: a text as the ids that phrases and language models are made of.

Numbers and placeholders are one piece, whatever they say: what they say is carried around the translator.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

HOLE = "\ue000"
"""Stands for a number, a placeholder or a copied word; a private character, which texts do not hold."""
SPACE = "▁"  # begins a word
UNKNOWN, START, END = 0, 1, 2  # ids
NAMES = ("<unk>", "<s>", "</s>")  # their names
UNSPACED = frozenset({"ja", "th", "zh", "zh-Hant"})
MOST = 60  # pieces that are searched at once

_KEPT = re.compile(r"⟦\d+⟧|\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text of n pieces."""

    ids: NDArray[np.int64]  # (n,)
    starts: NDArray[np.bool_]  # (n + 1,): whether a word begins before piece i; the end begins one too
    surface: tuple[str, ...]  # n: as written, with the case and SPACE where there was one
    holes: tuple[str, ...]  # what the k-th HOLE stands for

    def part(self, start: int, end: int) -> "Spelled":
        """Return pieces start to end."""
        before = sum(HOLE in one for one in self.surface[:start])
        own = sum(HOLE in one for one in self.surface[start:end])
        return Spelled(
            self.ids[start:end],
            self.starts[start : end + 1],
            self.surface[start:end],
            self.holes[before : before + own],
        )


class Spelling:
    """Texts of one language to pieces and back."""

    def __init__(self, tokenizer: str) -> None:
        """Open a tokenizer.json."""
        self._tokenizer = Tokenizer.from_str(tokenizer)
        self.size: int = self._tokenizer.get_vocab_size()
        self._names = [self._tokenizer.id_to_token(i) or "" for i in range(self.size)]
        self._holes = {self._tokenizer.token_to_id(name) for name in (HOLE, SPACE + HOLE)} - {None}

    def read(self, text: str) -> Spelled:
        """Return a text's pieces.

        >>> from dragoman.learn.phrase_pieces import learn_spelling
        >>> spelled = Spelling(learn_spelling(["red tent 2"] * 3, size=40, spaced=True)).read("Red tent 40")
        >>> spelled.surface, spelled.holes
        (('▁Red', '▁tent', '▁\\ue000'), ('40',))
        """
        plain, holes = hollow(text)
        found = self._tokenizer.encode(lowered(plain))
        surface = tuple(
            (SPACE if name.startswith(SPACE) else "") + plain[start:end].strip()
            for name, (start, end) in zip(found.tokens, found.offsets, strict=True)
        )
        ids = np.array(found.ids, dtype=np.int64)
        return Spelled(ids, np.array(_starts(surface)), surface, holes)

    def ids(self, texts: list[str]) -> list[list[int]]:
        """Return the ids of many texts, their numbers as holes."""
        rows = self._tokenizer.encode_batch_fast([lowered(hollow(text)[0]) for text in texts])
        return [row.ids for row in rows]

    def is_hole(self, i: int) -> bool:
        """Say whether an id is a hole."""
        return i in self._holes

    def hole(self, *, spaced: bool) -> int:
        """Return the id of a hole, after a space or not; UNKNOWN where no text had one."""
        return int(self._tokenizer.token_to_id(SPACE + HOLE if spaced else HOLE) or UNKNOWN)

    def id_of(self, surface: str) -> int:
        """Return the id of a piece as it is written, UNKNOWN if it is none."""
        return int(self._tokenizer.token_to_id(lowered(surface)) or UNKNOWN)

    def written(self, ids: list[int]) -> str:
        """Return what pieces say, in lower case, SPACE for spaces."""
        return "".join(self._names[i] for i in ids)


def hollow(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text with holes for its numbers and placeholders, and what they were.

    >>> hollow("Pack of 12, 3 cm")[1]
    ('12', '3')
    """
    clean = text.replace(HOLE, "")
    return _KEPT.sub(HOLE, clean), tuple(_KEPT.findall(clean))


def lowered(text: str) -> str:
    """Return a text in lower case, each character for itself, so that places stay.

    >>> lowered("İSTANBUL Straße")
    'istanbul straße'
    """
    return "".join(small if len(small := char.lower()) == 1 else small[0] for char in text)


def _starts(surface: tuple[str, ...]) -> list[bool]:
    """A word begins at a space, at a sign, after a sign, and where the text begins."""
    found = [True] * (len(surface) + 1)
    for i in range(1, len(surface)):
        found[i] = surface[i].startswith(SPACE) or _is_sign(surface[i]) or _is_sign(surface[i - 1])
    return found


def _is_sign(piece: str) -> bool:
    return not any(char.isalpha() for char in piece)
