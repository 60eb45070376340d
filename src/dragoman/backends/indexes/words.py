"""The words of the index, for misspelt queries: learned as products come, kept in the index as a log.

Each batch of products adds one block: the words that are new, or twice as frequent as was logged. Blocks add
up, so several writers need not know of each other. Words are never taken out; whether one is still in use,
and how much, is asked of the engine.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dragoman.backends.indexes.conditions import WORDS, AllOf, Is
from dragoman.backends.indexes.engine import Engine, Point
from dragoman.backends.indexes.ids import block_of, dimension
from dragoman.text.spelling import FREQUENT, Spellings, likelihood, slips
from dragoman.types import Scored, Terms

_BLOCKS = AllOf([Is("tag", [WORDS])])
_MANY_BLOCKS = 400  # beyond this, reading them all at the first question takes longer than merging them once


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a batch of products teaches: how often it has each word, and which of them are to be logged."""

    counts: Mapping[str, int]
    logged: Mapping[str, int]

    def points(self) -> list[Point]:
        """Return the block to be written with the products; none if there is nothing to log."""
        return [_block(self.logged)] if self.logged else []


class Vocabulary:
    """Every word the index was ever given, read from its engine when first needed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._known: Spellings | None = None
        self._logged: dict[str, int] = {}

    def lesson(self, bags: Sequence[Terms]) -> Lesson:
        """Return what these bags would teach; nothing is learned yet."""
        known = self._read()
        counts = Counter(term for bag in bags for term, weight in bag.items() if weight and _learnable(term))
        fresh = {}
        for word, count in counts.items():
            total, logged = known.count(word) + count, self._logged.get(word, 0)
            if total >= 2 * logged:
                fresh[word] = total - logged
        return Lesson(counts, fresh)

    def learn(self, lesson: Lesson) -> None:
        """Take in what was written."""
        self._read().add(lesson.counts)
        for word, count in lesson.logged.items():
            self._logged[word] = self._logged.get(word, 0) + count

    def spellings(self, terms: Sequence[str], k: int) -> list[list[Scored]]:
        """Return, per term that no product has, at most k that some product has, the likeliest first."""
        asked = [term for term in terms if slips(term)]
        held = self._held(asked, 1) if asked and k > 0 else {}
        return [self._near(term, k) if held.get(term) == 0 else [] for term in terms]

    def _near(self, term: str, k: int) -> list[Scored]:
        near = self._read().near(term, 2 * k + 4)
        held = self._held([scored.id for scored in near], FREQUENT)
        live = [
            Scored(s.id, likelihood(term, s.id, slipped=3 - int(s.score), count=held[s.id]))
            for s in near
            if held[s.id]
        ]
        return sorted(live, key=lambda s: (-s.score, s.id))[:k]

    def _held(self, terms: Sequence[str], limit: int) -> dict[str, int]:
        """Return in how many products each term is, up to the limit."""
        found = (
            self._engine.matching([{dimension(term): 1.0} for term in terms], limit, AllOf()) if terms else []
        )
        return {term: len(row) for term, row in zip(terms, found, strict=True)}

    def _read(self) -> Spellings:
        with self._lock:
            if self._known is None:
                counts: Counter[str] = Counter()
                blocks = list(self._engine.every(_BLOCKS, WORDS))
                for _, text in blocks:
                    for line in text.split("\n"):
                        word, _, count = line.rpartition(" ")
                        counts[word] += int(count)
                if len(blocks) > _MANY_BLOCKS:
                    self._merge(counts, [point for point, _ in blocks])
                self._logged = dict(counts)
                self._known = Spellings()
                self._known.add(counts)
            return self._known

    def _merge(self, counts: Mapping[str, int], blocks: Sequence[UUID]) -> None:
        whole = _block(counts)
        self._engine.write([whole])
        self._engine.delete([block for block in blocks if block != whole.id])


def _learnable(term: str) -> bool:
    return slips(term) > 0 and "\n" not in term


def _block(counts: Mapping[str, int]) -> Point:
    text = "\n".join(f"{word} {count}" for word, count in counts.items())
    return Point(block_of(text), {"tag": [WORDS], WORDS: text})
