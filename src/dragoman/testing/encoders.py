"""An encoder without weights, and the contract every encoder must pass. Knows the port, no backend."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from dragoman.ports import Role
from dragoman.types import Vectors


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
