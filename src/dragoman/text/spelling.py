"""Which known words a mistyped word may have meant. Knows words and how often they occur, never products."""

import re
import threading
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from dragoman.types import Scored

_SHORTEST = 3  # of two letters, every third word is one slip away
_LONGEST = 40  # beyond this it is no word
_ONE_SLIP_BELOW = 5
FREQUENT = 64  # a word that occurs so often is as likely as any: the counts of few words decide

# Digits, and the scripts whose terms are not typed letter by letter: Thai and Lao, Myanmar, Hangul jamo,
# Khmer, then ideographs, kana and Hangul syllables, and the further ideographs.
_NO_LETTER = re.compile(
    "[\\d\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def slips(term: str) -> int:
    """Return how many typing slips are looked through for ``term``: 0, 1 or 2.

    None in words of fewer than three letters, with digits (a model number is right or wrong), or of scripts
    that are not spelled letter by letter.

    >>> [slips(word) for word in ("tv", "shoe", "shoes", "rtx4090", "登山鞋")]
    [0, 1, 2, 0, 0]
    """
    if not _SHORTEST <= len(term) <= _LONGEST or _NO_LETTER.search(term):
        return 0
    return 1 if len(term) < _ONE_SLIP_BELOW else 2


class Spellings:
    """Words with their counts, looked up by words that are nearly the same.

    A slip is a letter added, left out, replaced, or swapped with its neighbour (optimal string alignment).
    Each word has its letters as a set of 64 bits, of which one slip changes at most two, whichever letters
    share a bit: two numpy comparisons leave about one word in a hundred to be measured letter by letter.
    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._words: list[str] = []
        self._counts: list[int] = []
        self._letters: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._lengths: NDArray[np.int8] = np.zeros(0, np.int8)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._words)

    def count(self, word: str) -> int:
        """Return how often the word was counted; 0 for an unknown one."""
        row = self._rows.get(word)
        return 0 if row is None else self._counts[row]

    def add(self, counts: Mapping[str, int]) -> None:
        """Count these words too; those that nobody misspells (see `slips`) are left out."""
        with self._lock:
            fresh: list[str] = []
            for word, count in counts.items():
                row = self._rows.get(word)
                if row is not None:
                    self._counts[row] += count
                elif slips(word):
                    self._rows[word] = len(self._words)
                    self._words.append(word)
                    self._counts.append(count)
                    fresh.append(word)
            if fresh:
                self._letters = np.concatenate([self._letters, _letters(fresh)])
                self._lengths = np.concatenate([self._lengths, np.array([len(w) for w in fresh], np.int8)])

    def near(self, term: str, k: int) -> list[Scored]:
        """Return at most k words within `slips` of ``term``, itself excepted, the likeliest first.

        Likelier is: fewer slips, then the same first letter, then more frequent; ties by word. The score
        (1..3, higher is likelier) carries these three.

        >>> known = Spellings()
        >>> known.add({"shoes": 9, "shows": 30, "hoes": 1, "chair": 5})
        >>> [found.id for found in known.near("shoess", 3)]
        ['shoes', 'shows']
        """
        found: list[Scored] = []
        for limit in range(1, slips(term) + 1):  # one slip beats two: often there is no need to look further
            if len(found) < k:
                found = self._within(term, limit)
        return sorted(found, key=lambda scored: (-scored.score, scored.id))[: max(k, 0)]

    def _within(self, term: str, limit: int) -> list[Scored]:
        with self._lock:
            apart = np.bitwise_count(self._letters ^ _letters([term])[0])
            close = np.abs(self._lengths - np.int8(len(term))) <= limit
            rows = np.flatnonzero((apart <= 2 * limit) & close).tolist()
            words = [self._words[row] for row in rows]
        if not words:
            return []
        distances = cdist([term], words, scorer=OSA.distance, score_cutoff=limit)[0]
        near = np.flatnonzero((distances > 0) & (distances <= limit)).tolist()
        return [
            Scored(
                words[i], likelihood(term, words[i], slipped=int(distances[i]), count=self._counts[rows[i]])
            )
            for i in near
            if distances[i] <= slips(words[i])
        ]


def likelihood(term: str, word: str, *, slipped: int, count: int) -> float:
    """Return 1..3: how likely ``term`` was meant to be ``word``, which occurs ``count`` times.

    Counts above `FREQUENT` are taken for it.

    >>> likelihood("shose", "shoes", slipped=1, count=1)
    2.75
    """
    return (
        (3 - slipped) + 0.5 * (term[:1] == word[:1]) + 0.5 * min(count, FREQUENT) / (min(count, FREQUENT) + 1)
    )


def _letters(words: Sequence[str]) -> NDArray[np.uint64]:
    """The set of letters of each word, none of them empty, as 64 bits."""
    points = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
    bits = np.uint64(1) << (points & 63).astype(np.uint64)
    starts = np.cumsum([0, *(len(word) for word in words[:-1])])
    return np.bitwise_or.reduceat(bits, starts)
