"""Query vectors kept in memory: a bounded wrapper around any encoder. Knows texts and vectors, no weights."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from dragoman.errors import BadInput
from dragoman.ports import Encoder, Role
from dragoman.types import Vectors


class CachedEncoder:
    """Remembers the vectors of the latest queries; passages go straight through, they seldom come twice."""

    def __init__(self, encoder: Encoder, size: int) -> None:
        """Wrap an encoder.

        Args:
            size: Queries remembered, the least recently asked is forgotten first; 0 remembers none.

        Raises:
            BadInput: the size is negative.
        """
        if size < 0:
            raise BadInput(f"a cache of {size} vectors", hint="0 or more")
        self._encoder, self._size = encoder, size
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._encoder.dim

    @property
    def name(self) -> str:
        """The wrapped encoder's name: the vectors are its own."""
        return self._encoder.name

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return (len(texts), dim) float32, rows of unit length, encoding only queries not remembered."""
        if role != "query" or not self._size:
            return self._encoder.encode(texts, role)
        with self._lock:
            known = {text: row for text in texts if (row := self._recalled(text)) is not None}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            # Outside the lock: encoding takes milliseconds, and other queries need not wait for it.
            fresh = self._encoder.encode(missing, role)
            known.update(zip(missing, fresh, strict=True))
            with self._lock:
                self._remember(missing, fresh)
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        return np.stack([known[text] for text in texts])

    def _recalled(self, text: str) -> Vectors | None:
        row = self._kept.get(text)
        if row is not None:
            self._kept.move_to_end(text)
        return row

    def _remember(self, texts: Sequence[str], rows: Vectors) -> None:
        for text, row in zip(texts, rows, strict=True):
            self._kept[text] = row.copy()  # a view would keep the whole batch alive
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
