"""The candidates of a query from both legs, fused, freed of language bias. Knows ids and scores, no products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dragoman.ports import Index
from dragoman.rank.fuse import best_first, calibrated, reciprocal
from dragoman.search.tuning import Tuning
from dragoman.search.understand import Asked
from dragoman.types import NOTHING, Filter, Lang, Scored, Vectors

BROWSED = 1_000  # products listed without words, in the order of the filter's own words


@dataclass(frozen=True, slots=True)
class Pool:
    """What was found: the ranking, and the parts of each score."""

    ranked: Sequence[Scored] = ()
    dense: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    words: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    guard: Mapping[str, float] = field(
        default_factory=lambda: NOTHING
    )  # taken off products in the query's language

    @property
    def is_browsed(self) -> bool:
        """Nothing was asked for in words: the whole filter's content is the pool."""
        return not self.dense and not self.words

    @property
    def ids(self) -> tuple[str, ...]:
        """The candidates, best first."""
        return tuple(found.id for found in self.ranked)

    def why(self, found: Scored) -> dict[str, float]:
        """Return the parts of a product's score by name, those that it has."""
        parts = {"dense": self.dense, "words": self.words, "guard": self.guard}
        return {name: part[found.id] for name, part in parts.items() if found.id in part} | {
            "fused": found.score
        }


def gather(
    asked: Asked, vectors: Vectors, where: Filter, *, index: Index, tuning: Tuning, langs: Sequence[Lang]
) -> Pool:
    """Return the products that pass ``where``, best first.

    Args:
        vectors: (1, dim), the query.
        langs: Languages of the catalogue.
    """
    if not asked.understood.normal:
        [found] = index.nearest(vectors, BROWSED, where)
        return Pool(found)
    [near] = index.nearest(vectors, tuning.pool, where)
    dense = {found.id: found.score for found in near}
    words = _matching(asked, where, index, tuning)
    return Pool(_fused(dense, words, asked, tuning), dense, words)


def _matching(asked: Asked, where: Filter, index: Index, tuning: Tuning) -> dict[str, float]:
    if not asked.bag:
        return {}
    [found] = index.matching([asked.bag], tuning.pool, where)
    return {one.id: one.score for one in found}


def _fused(
    dense: Mapping[str, float], words: Mapping[str, float], asked: Asked, tuning: Tuning
) -> list[Scored]:
    if tuning.fusion == "reciprocal":
        return reciprocal([best_first(dense), best_first(words)])
    if tuning.fusion == "words":
        return best_first(words)
    return calibrated(dense, words if tuning.fusion == "calibrated" else {}, query=asked.bag)
