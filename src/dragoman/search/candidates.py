"""The candidates of a query from both legs, fused. Knows ids and scores, no products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dragoman.ports import Index
from dragoman.rank.fuse import best_first, calibrated, reciprocal
from dragoman.rank.level import Levelled, level
from dragoman.search.tuning import Tuning
from dragoman.search.understand import Asked
from dragoman.types import NOTHING, Filter, Scored, Vectors

_FULL = 4.0  # full guard from a quarter of the catalogue in other languages
BROWSED = 1_000  # products listed without words


@dataclass(frozen=True, slots=True)
class Pool:
    """What was found: the ranking, and the parts of each score by id."""

    ranked: Sequence[Scored]
    dense: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    words: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    fused: Mapping[str, float] = field(default_factory=lambda: NOTHING)  # of those that were reread since
    crossed: Mapping[str, float] = field(default_factory=lambda: NOTHING)  # by the words of its translations
    reread: Mapping[str, float] = field(default_factory=lambda: NOTHING)  # by the reranker, 0..1

    def why(self, found: Scored) -> dict[str, float]:
        """Return the parts of a product's score by name, those that it has."""
        id = found.id
        fused = self.fused.get(id, found.score)
        parts = {"dense": self.dense.get(id), "words": self.words.get(id), "fused": fused}
        parts |= {"translated": self.crossed.get(id), "rerank": self.reread.get(id)}
        return {name: part for name, part in parts.items() if part is not None}


def gather(asked: Asked, query: Levelled, where: Filter, *, own: float, index: Index, tuning: Tuning) -> Pool:
    """Return the products that pass ``where``, best first.

    Blank words rank nothing: the products nearest to what the filter says, a thousand at most.

    Args:
        query: One row.
        own: Share of the catalogue that is in the query's language, 0..1.
    """
    if not asked.understood.normal:
        [found] = index.nearest(query.vectors, BROWSED, where)
        return Pool(found)
    [near] = index.nearest(query.vectors, tuning.pool, where) if tuning.fusion != "words" else [[]]
    words, crossed = _by_words(asked, where, index=index, tuning=tuning)
    scale = float(query.lengths[0])
    dense = {found.id: scale * found.score for found in near}
    return Pool(
        _with_crossed(_fused(dense, words, asked, own, tuning), crossed, asked, tuning),
        dense,
        words,
        crossed=crossed,
    )


def seen_from(vectors: Vectors, *, own: float, tuning: Tuning) -> Levelled:
    """Return a query's vector as it looks for products: one unit row, levelled if the shop says how.

    Where nearly all products are in the query's own language there is nothing to level, and the
    encoder knows best; the more of them are not, the more is taken out.

    Args:
        vectors: (n, dim), readings of one query; they are averaged.
        own: Share of the catalogue that is in the query's language, 0..1.
    """
    if len(vectors) > 1:
        mean = vectors.mean(axis=0, keepdims=True)
        vectors = mean / max(float(np.linalg.norm(mean)), 1e-6)
    if tuning.levelling is None:
        return Levelled(vectors, np.ones(len(vectors), np.float32))
    guard = tuning.guard * min(1.0, _FULL * (1.0 - own))
    return level(vectors, tuning.levelling, guard=guard, generic=tuning.generic * (1.0 - own))


def weight_of_words(own: float, tuning: Tuning) -> float:
    """Return what a matched word counts for, 1 or less, in a catalogue of which ``own`` is in its language.

    Words match in the query's own language only, whatever the better product in another says. So
    where a catalogue is mixed they count less, half at the least; where all of it is in the
    query's language they count whole, and where none is, what matches is a name or a number.

    >>> [round(weight_of_words(own, Tuning()), 2) for own in (0.0, 0.1, 0.5, 1.0)]
    [1.0, 0.55, 0.75, 1.0]
    """
    return 1.0 - 0.5 * tuning.doubt * min(1.0, 10.0 * own) * (1.0 - own)


def _by_words(
    asked: Asked, where: Filter, *, index: Index, tuning: Tuning
) -> tuple[dict[str, float], dict[str, float]]:
    """What the query's words find, and what the words of its translations do, by id: one call for both."""
    bags = [bag if tuning.fusion != "dense" else {} for bag in (asked.bag, asked.crossed)]
    rows = iter(index.matching([bag for bag in bags if bag], tuning.pool, where) if any(bags) else ())
    words, crossed = ({found.id: found.score for found in next(rows)} if bag else {} for bag in bags)
    return words, crossed


def _with_crossed(
    ranked: list[Scored], crossed: Mapping[str, float], asked: Asked, tuning: Tuning
) -> list[Scored]:
    """Add the leg of translations to what the others found: evidence of words, as any other."""
    if not crossed:
        return ranked
    if tuning.fusion == "reciprocal":
        return reciprocal([ranked, best_first(crossed)])
    scores = {found.id: found.score for found in ranked}
    weight = tuning.crossing.weight if tuning.crossing else 1.0
    # The weight of a translated word is in its bag; evidence is counted per word asked, as of typed words.
    asked_words = {term: worth / weight for term, worth in asked.crossed.items()}
    return calibrated(scores, crossed, query=asked_words, temperature=tuning.temperature)


def _fused(
    dense: Mapping[str, float], words: Mapping[str, float], asked: Asked, own: float, tuning: Tuning
) -> list[Scored]:
    if tuning.fusion == "reciprocal":
        return reciprocal([best_first(dense), best_first(words)])
    return calibrated(
        dense, words, query=asked.bag, temperature=tuning.temperature * weight_of_words(own, tuning)
    )
