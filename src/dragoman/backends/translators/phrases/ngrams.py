"""A language model of three pieces: how likely one is after two others (interpolated Kneser-Ney 1995)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating[Any]]
Keys: TypeAlias = NDArray[np.integer[Any]]
Arrays: TypeAlias = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Ngrams:
    """Log probabilities, nats; what was not seen after two is looked for after one, then alone.

    The key of pieces a, b, c is (a * size + b) * size + c; keys rise.
    """

    size: int
    one: Floats  # (size,)
    one_less: Floats  # (size,): what it costs to look after nothing instead of this piece
    pairs: Ints  # keys
    two: Floats
    heads: Ints  # keys of the pairs that something was seen after
    two_less: Floats
    triples: Ints  # keys
    three: Floats

    def score(self, before: ArrayLike, last: ArrayLike, piece: ArrayLike) -> Floats:
        """Return (n,): log probability of each piece after two others, nats.

        Args:
            before: (n,) ids two places before.
            last: (n,) ids one place before.
            piece: (n,) ids.
        """
        b, c = np.asarray(last, np.int64), np.asarray(piece, np.int64)
        head, pair = np.asarray(before, np.int64) * self.size + b, b * self.size + c
        at, seen = found_in(self.pairs, pair)
        low = np.where(seen, self.two[at], self.one_less[b] + self.one[c])
        at, seen = found_in(self.heads, head)
        low = low + np.where(seen, self.two_less[at], np.float32(0))
        at, seen = found_in(self.triples, head * self.size + c)
        return np.where(seen, self.three[at], low)


def found_in(keys: Keys, wanted: Keys) -> tuple[Ints, NDArray[np.bool_]]:
    """Return where each wanted key is among rising ones, or some place, and whether it is there."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return at, keys[at] == wanted
