"""How a language's texts are written, letter by letter: a model of six of them (Witten & Bell 1991).

It knows what the pieces of phrases do not: whether a compound is one, whether an ending fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.translators.phrases.ngrams import Floats, Ints, found_in

_ORDER = 6
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_START, _END = 2, 3  # code points that no text has
_Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class _Grams:
    """Grams of one length: how likely their last letter is, and what is left for others after their first."""

    keys: _Keys  # (n,), rising
    odds: NDArray[np.float32]  # (n,): probabilities
    heads: _Keys  # (m,), rising
    left: NDArray[np.float32]  # (m,): share of what was never seen after them


@dataclass(frozen=True, slots=True)
class Letters:
    """A model of the letters of texts."""

    grams: tuple[_Grams, ...]  # by their length, from one letter
    floor: float  # probability of a letter that no text has

    def score(self, texts: Sequence[str]) -> Floats:
        """Return (n,): log probability of each text and its end, nats.

        >>> letters = letters_of(["red tent", "red tents"])
        >>> bool(letters.score(["red tents"])[0] > letters.score(["red tnets"])[0])
        True
        """
        if not texts:
            return np.zeros(0)
        codes, places = _codes(texts)
        chances = np.full(len(places), self.floor)
        for size, grams in enumerate(self.grams, 1):
            head, whole = _keys(codes, places, size)
            at, seen = found_in(grams.keys, whole)
            behind, met = found_in(grams.heads, head)
            lower = np.where(met, grams.left[behind], 1.0) * chances
            chances = np.where(seen, grams.odds[at], lower)
        owner = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])
        return np.asarray(np.bincount(owner, np.log(chances), minlength=len(texts)), np.float64)


def letters_of(texts: Sequence[str]) -> Letters:
    """Return the model of texts in lower case, at least one."""
    codes, places = _codes(texts)
    floor = 1.0 / (len(np.unique(codes)) + 1)
    grams: list[_Grams] = []
    chances = np.full(len(places), floor)  # of each letter, by what is shorter
    for size in range(1, _ORDER + 1):
        head, whole = _keys(codes, places, size)
        keys, first, of, counts = np.unique(whole, return_index=True, return_inverse=True, return_counts=True)
        heads, of_head = np.unique(head[first], return_inverse=True)
        total = np.bincount(of_head, counts)
        kinds = np.bincount(of_head)
        odds = (counts + kinds[of_head] * chances[first]) / (total + kinds)[of_head]
        grams.append(
            _Grams(keys, odds.astype(np.float32), heads, (kinds / (total + kinds)).astype(np.float32))
        )
        chances = odds[of]
    return Letters(tuple(grams), floor)


def _codes(texts: Sequence[str]) -> tuple[_Keys, Ints]:
    """All texts one after the other, each with room before it; and where their letters and ends are."""
    joint = chr(_END) + chr(_START) * (_ORDER - 1)
    written = chr(_START) * (_ORDER - 1) + joint.join(texts) + chr(_END)
    codes = np.frombuffer(written.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    return codes, np.nonzero(codes != _START)[0]


def _keys(codes: _Keys, places: Ints, size: int) -> tuple[_Keys, _Keys]:
    """Return keys of the letters before each place, and of these with the letter there."""
    head = np.zeros(len(codes), np.uint64)
    with np.errstate(over="ignore"):
        for back in range(size - 1, 0, -1):
            head[back:] = (head[back:] ^ codes[: len(codes) - back]) * _FACTOR
            head ^= head >> np.uint64(29)
        whole = (head ^ (codes + np.uint64(1 << 32))) * _FACTOR
    return head[places], (whole ^ (whole >> np.uint64(29)))[places]
