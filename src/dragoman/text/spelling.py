"""Which known words a mistyped word may have meant. Knows words and how often they occur, never products."""

import threading
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from dragoman.types import Scored

_SHORTEST = 3  # of two letters, every third word is one slip away
_LONGEST = 40  # beyond this it is no word, and lengths stay within a byte
_ONE_SLIP_BELOW = 5  # the usual edge, as in Elasticsearch's fuzziness AUTO:3,6, one lower for short languages

# Scripts whose terms are not typed letter by letter as words: Thai and Lao, Myanmar, Hangul jamo, Khmer,
# then ideographs, kana and Hangul syllables, and the further ideographs.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x2E80, 0xD7FF),
             (0xF900, 0xFAFF), (0x20000, 0x3FFFF))  # fmt: skip


def slips(term: str) -> int:
    """Return how many typing slips are looked through for ``term``: 0, 1 or 2.

    None in words of fewer than three letters, with digits (a model number is right or wrong), or of scripts
    that are not spelled letter by letter.

    >>> [slips(word) for word in ("tv", "shoe", "shoes", "rtx4090", "登山鞋")]
    [0, 1, 2, 0, 0]
    """
    if not _SHORTEST <= len(term) <= _LONGEST or not all(map(_is_letter, term)):
        return 0
    return 1 if len(term) < _ONE_SLIP_BELOW else 2


@lru_cache(maxsize=4096)
def _is_letter(char: str) -> bool:
    point = ord(char)
    return not char.isnumeric() and not any(low <= point <= high for low, high in _UNSPACED)


def _letters(term: str) -> int:
    """The set of letters as 64 bits: one slip changes at most two of them, whichever letters share a bit."""
    bits = 0
    for char in term:
        bits |= 1 << (ord(char) & 63)
    return bits


class Spellings:
    """Words with their counts, looked up by words that are nearly the same.

    A slip is a letter added, left out, replaced, or swapped with its neighbour (optimal string alignment).
    Two numpy comparisons leave about one word in a hundred to be measured letter by letter, so that 200,000
    words take under a millisecond and 10 bytes each beside their text. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._words: list[str] = []
        self._counts: list[int] = []
        self._letters: NDArray[np.uint64] = np.zeros(1024, np.uint64)
        self._lengths: NDArray[np.int8] = np.zeros(1024, np.int8)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._words)

    def add(self, counts: Mapping[str, int]) -> None:
        """Count these words too; those that nobody misspells (see `slips`) are left out."""
        with self._lock:
            for word, count in counts.items():
                row = self._rows.get(word)
                if row is not None:
                    self._counts[row] += count
                elif slips(word):
                    self._append(word, count)

    def near(self, term: str, k: int) -> list[Scored]:
        """Return at most k words within `slips` of ``term``, itself excepted, the likeliest first.

        Likelier is: fewer slips, then the same first letter, then more frequent; ties by word. The score
        (1..3, higher is likelier) carries these three.

        >>> known = Spellings()
        >>> known.add({"shoes": 9, "shows": 30, "hoes": 1, "chair": 5})
        >>> [found.id for found in known.near("shoess", 3)]
        ['shoes', 'shows']
        """
        limit = slips(term)
        if not limit or k <= 0:
            return []
        with self._lock:
            words = [self._words[row] for row in self._candidates(term, limit)]
            counts = [self._counts[self._rows[word]] for word in words]
        if not words:
            return []
        distances = cdist([term], words, scorer=OSA.distance, score_cutoff=limit)[0]
        found = [
            Scored(word, likelihood(term, word, slipped=int(distance), count=count))
            for word, count, distance in zip(words, counts, distances, strict=True)
            if 0 < distance <= min(limit, slips(word))
        ]
        return sorted(found, key=lambda scored: (-scored.score, scored.id))[:k]

    def _candidates(self, term: str, limit: int) -> NDArray[np.intp]:
        size = len(self._words)
        apart = np.bitwise_count(self._letters[:size] ^ np.uint64(_letters(term)))
        close = np.abs(self._lengths[:size] - np.int8(len(term))) <= limit
        return np.flatnonzero((apart <= 2 * limit) & close)

    def _append(self, word: str, count: int) -> None:
        row = len(self._words)
        if row == len(self._letters):
            self._letters = np.concatenate([self._letters, np.zeros_like(self._letters)])
            self._lengths = np.concatenate([self._lengths, np.zeros_like(self._lengths)])
        self._letters[row] = _letters(word)
        self._lengths[row] = len(word)
        self._rows[word] = row
        self._words.append(word)
        self._counts.append(count)


def likelihood(term: str, word: str, *, slipped: int, count: int) -> float:
    """Return 1..3: how likely ``term`` was meant to be ``word``, which occurs ``count`` times.

    >>> likelihood("shose", "shoes", slipped=1, count=1)
    2.75
    """
    return (3 - slipped) + 0.5 * (term[:1] == word[:1]) + 0.5 * count / (count + 1)
