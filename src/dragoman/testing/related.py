"""A Related for tests: what came after what, counted anew at each call. Slow, obvious, in memory."""

from collections import Counter
from collections.abc import Sequence

from dragoman.types import Scored


class MemoryRelated:
    """Counts, over histories given once, which products were met by the same shoppers."""

    name = "memory"

    def __init__(self, histories: Sequence[Sequence[str]]) -> None:
        """Take what each shopper met, oldest first."""
        self._histories = tuple(tuple(dict.fromkeys(one)) for one in histories)

    def related(self, ids: Sequence[str], k: int) -> list[list[Scored]]:
        """Per product, the others by how many shoppers met both."""
        return [self._first(self._beside(id), {id}, k) for id in ids]

    def next_items(self, histories: Sequence[Sequence[str]], k: int) -> list[list[Scored]]:
        """Per history, the products beside any of its own, by how many shoppers that makes."""
        return [
            self._first(sum((self._beside(id) for id in set(one)), Counter()), set(one), k)
            for one in histories
        ]

    def _beside(self, id: str) -> Counter[str]:
        return Counter(other for one in self._histories if id in one for other in one)

    def _first(self, counted: Counter[str], without: set[str], k: int) -> list[Scored]:
        left = [Scored(id, float(count)) for id, count in counted.items() if id not in without]
        return sorted(left, key=lambda one: (-one.score, one.id))[:k]
