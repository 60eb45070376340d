"""The language-identification model: pieces of words in, one number a language out. Knows no tags, no priors.

Log-linear over character n-grams and whole words (as fastText's classifier: Joulin et al. 2016, "Bag of
tricks"), one table for each group of scripts that several languages share. Pieces are found by hash, so a
table has a fixed size and no dictionary.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dragoman.types import Lang

LONGEST_PIECE: Final = 5  # characters, the space before and after a word among them
_SHORTEST_WORD: Final = 4  # shorter words are pieces already
# Odd constants of well-mixed integer hashes: golden ratio, and murmur3's finaliser.
_SPREAD: Final = np.uint32(0x9E3779B1)
_ROLL: Final = np.uint32(0x85EBCA6B)
_FINISH: Final = np.uint32(0xC2B2AE35)
_ROLL_SHIFT: Final = np.uint32(15)
_FINISH_SHIFT: Final = np.uint32(16)


@dataclass(frozen=True, slots=True)
class PieceTable:
    """The weights of one group of scripts.

    ``weights``: (2 ** bits, languages) int8; times ``scale`` they are natural log-odds.
    """

    langs: tuple[Lang, ...]
    weights: NDArray[np.int8]
    bits: int
    scale: float

    def log_odds(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return (languages,) unnormalised log-probabilities of lower-case words, before any prior."""
        counts: NDArray[np.int32] = self.weights[pieces(words, self.bits)].sum(axis=0, dtype=np.int32)
        return counts * np.float64(self.scale)


def pieces(words: Sequence[str], bits: int) -> NDArray[np.intp]:
    """Return the table rows of every piece of ``words``, repeats kept; below ``2 ** bits``."""
    codes = np.frombuffer(f" {' '.join(words)} ".encode("utf-32-le"), dtype=np.uint32)
    spread = codes * _SPREAD
    rolled = [spread]
    for size in range(1, LONGEST_PIECE):
        last = rolled[-1][:-1]
        rolled.append((last ^ (last >> _ROLL_SHIFT)) * _ROLL + spread[size:])
    mixed = np.concatenate(rolled)
    mixed ^= mixed >> _FINISH_SHIFT
    mixed *= _FINISH
    whole = [zlib.crc32(word.encode()) for word in words if len(word) >= _SHORTEST_WORD]
    if whole:
        mixed = np.concatenate((mixed, np.array(whole, dtype=np.uint32)))
    return (mixed >> np.uint32(32 - bits)).astype(np.intp)


@cache
def shipped() -> Mapping[str, PieceTable]:
    """Return the tables that come with the package, by the name of their group; read once."""
    with files("dragoman.text").joinpath("data", "langid.npz").open("rb") as file, np.load(file) as stored:
        return {
            group: PieceTable(
                langs=tuple(str(lang) for lang in stored[f"{group}_langs"]),
                weights=stored[f"{group}_weights"],
                bits=int(stored[f"{group}_bits"]),
                scale=float(stored[f"{group}_scale"]),
            )
            for group in map(str, stored["groups"])
        }
