"""Texts read lately, so that a product many shoppers see is not read from the engine each time."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from sys import getsizeof
from threading import Lock
from typing import Final
from uuid import UUID

_MOST: Final = 50_000  # texts
_ROOM: Final = 96 << 20  # bytes: a text with one letter beyond Latin-1 takes two a letter, or four
_LONGEST: Final = 8_192  # characters; what is longer is not kept


class Kept:
    """A bounded memory of points' texts, the last used kept; safe to use from several threads.

    Whoever writes or deletes points calls `forget` afterwards. A text read before that and kept after it
    would be stale for good, so nothing is kept of a reading during which something was forgotten.
    """

    def __init__(self, most: int = _MOST, room: int = _ROOM) -> None:
        self._most, self._room = most, room
        self._held = 0  # bytes
        self._texts: OrderedDict[UUID, str] = OrderedDict()
        self._forgotten = 0  # how often; tells readings apart
        self._lock = Lock()

    def read(self, points: Sequence[UUID], look: Callable[[list[UUID]], dict[UUID, str]]) -> dict[UUID, str]:
        """Return the texts of those points that exist, asking ``look`` for those that are not at hand."""
        with self._lock:
            before = self._forgotten
            found = {point: self._texts[point] for point in points if point in self._texts}
            for point in found:
                self._texts.move_to_end(point)
        missing = [point for point in points if point not in found]
        if not missing:
            return found
        fresh = look(missing)
        with self._lock:
            if self._forgotten == before:
                for point, text in fresh.items():
                    if len(text) <= _LONGEST:
                        self._drop(point)
                        self._texts[point] = text
                        self._held += getsizeof(text)
                while len(self._texts) > self._most or self._held > self._room:
                    self._held -= getsizeof(self._texts.popitem(last=False)[1])
        return found | fresh

    def forget(self, points: Iterable[UUID]) -> None:
        """Drop what is known of these points; call it when their change is visible."""
        with self._lock:
            self._forgotten += 1
            for point in points:
                self._drop(point)

    def _drop(self, point: UUID) -> None:
        if (text := self._texts.pop(point, None)) is not None:
            self._held -= getsizeof(text)
