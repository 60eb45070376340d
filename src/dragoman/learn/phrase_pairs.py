"""Phrases that say each other: cut out of aligned texts, counted, weighed and thinned (Och & Ney 2004)."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from dragoman.backends.translators.phrases.counting import Row
from dragoman.backends.translators.phrases.tables import LONGEST, Entries, Phrases, phrases_of
from dragoman.learn.alignment import Alignment, Links, align, linked

Pair: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
Odds: TypeAlias = tuple[float, ...]

_DISCOUNT, _LEAST = 0.3, 0.05  # of a count, so that what was seen once is believed less
_OF_ONE = 12  # translations of a phrase that are kept, either way
_BEHIND = 4.0  # nats behind the likeliest at which a translation is dropped: a seventh of all, .04 chrF
_FLOOR = 1e-9
_NONE = (0.0, (-1,))


def cut(source: int, target: int, links: Links) -> Iterator[tuple[int, int, int, int]]:
    """Yield the spans that say each other: no link leads out of either (ibid., 3.1).

    Args:
        source: Pieces of the source.
        target: Pieces of the target.
        links: Between them.

    >>> sorted(cut(2, 2, frozenset({(0, 1), (1, 0)})))
    [(0, 1, 1, 2), (0, 2, 0, 2), (1, 2, 0, 1)]
    """
    there: dict[int, list[int]] = defaultdict(list)
    here: dict[int, list[int]] = defaultdict(list)
    for i, j in links:
        there[i].append(j)
        here[j].append(i)
    for start in range(source):
        low, high = target, -1
        for end in range(start + 1, min(source, start + LONGEST) + 1):
            low, high = min([low, *there[end - 1]]), max([high, *there[end - 1]])
            if high < 0 or high - low >= LONGEST:
                continue
            if all(start <= i < end for j in range(low, high + 1) for i in here[j]):
                for first, last in _wider(low, high, target, here):
                    yield start, end, first, last + 1


def _wider(low: int, high: int, target: int, here: dict[int, list[int]]) -> Iterator[tuple[int, int]]:
    """The span with what stands beside it and belongs to nothing."""
    first = low
    while True:
        last = high
        while last - first < LONGEST:
            yield first, last
            last += 1
            if last >= target or here[last]:
                break
        first -= 1
        if first < 0 or here[first] or high - first >= LONGEST:
            return


class Counts:
    """How often phrases were seen saying each other, and by which pieces."""

    def __init__(
        self,
        sources: Sequence[Row],
        targets: Sequence[Row],
        shares: Sequence[float],
        holes: tuple[frozenset[int], frozenset[int]],
    ) -> None:
        """Align the texts and count.

        Args:
            sources: Ids of a text each.
            targets: Ids of its translation.
            shares: How much each pair counts.
            holes: Pieces of either language that stand for numbers: a phrase has one on both sides, or none.
        """
        self.joint: dict[Pair, float] = defaultdict(float)
        self.seen: Counter[Pair] = Counter()
        self.words: dict[Pair, tuple[float, float]] = {}
        forth, back = align(sources, targets), align(targets, sources)
        aligned = zip(sources, targets, shares, forth.places, back.places, strict=True)
        for source, target, share, one, other in aligned:
            links = linked(one.tolist(), other.tolist())
            for a, b, c, d in cut(len(source), len(target), links):
                pair = (tuple(source[a:b]), tuple(target[c:d]))
                if not _is_fit(pair, holes):
                    continue
                self.joint[pair] += share
                self.seen[pair] += 1
                if pair not in self.words:
                    inner = [(i - a, j - c) for i, j in links if a <= i < b and c <= j < d]
                    self.words[pair] = (
                        _lexical(pair[0], pair[1], inner, forth),
                        _lexical(pair[1], pair[0], [(j, i) for i, j in inner], back),
                    )

    def table(self, *, least: int, short: int) -> tuple[Phrases, Phrases, Entries]:
        """Return sources, targets and their pairs with odds.

        Args:
            least: How often a long phrase must have been seen.
            short: Pieces up to which a phrase may have been seen less often.
        """
        left: dict[tuple[int, ...], float] = defaultdict(float)
        right: dict[tuple[int, ...], float] = defaultdict(float)
        for (source, target), n in self.joint.items():
            left[source] += n
            right[target] += n
        seen = [
            (pair, (_odds(n, left[pair[0]]), _odds(n, right[pair[1]]), *map(_log, self.words[pair])))
            for pair, n in self.joint.items()
            if self.seen[pair] >= least or max(len(pair[0]), len(pair[1])) <= short
        ]
        kept = self._needed(_thinned(seen))
        sources, targets = (sorted({pair[side] for pair, _ in kept}) for side in (0, 1))
        at, to = ({phrase: i for i, phrase in enumerate(some)} for some in (sources, targets))
        entries = Entries(
            np.array([at[pair[0]] for pair, _ in kept], np.int64),
            np.array([to[pair[1]] for pair, _ in kept], np.int64),
            np.array([odds for _, odds in kept], np.float32).reshape(-1, 4),
        )
        return phrases_of(sources), phrases_of(targets), entries

    def _needed(self, seen: list[tuple[Pair, Odds]]) -> list[tuple[Pair, Odds]]:
        """Those seen once that are not what two shorter ones side by side would be anyway."""
        best: dict[tuple[int, ...], tuple[float, tuple[int, ...]]] = {}
        for (source, target), odds in seen:
            best[source] = max(best.get(source, (-math.inf, ())), (odds[0], target))
        return [one for one in seen if self.seen[one[0]] > 1 or not _is_sum(one[0], best)]


def _is_sum(pair: Pair, best: Mapping[tuple[int, ...], tuple[float, tuple[int, ...]]]) -> bool:
    source, target = pair
    return any(
        best.get(source[:i], _NONE)[1] + best.get(source[i:], _NONE)[1] == target
        for i in range(1, len(source))
    )


def _thinned(seen: list[tuple[Pair, Odds]]) -> list[tuple[Pair, Odds]]:
    """Those among the likeliest of their source, or of their target, and not far behind for either."""
    kept: set[Pair] = set()
    for side in (0, 1):
        groups: dict[tuple[int, ...], list[tuple[float, Pair]]] = defaultdict(list)
        for pair, odds in seen:
            groups[pair[side]].append((-odds[side] - 0.3 * odds[2 + side], pair))
        for group in groups.values():
            kept |= {pair for _, pair in sorted(group)[:_OF_ONE]}
    best: tuple[dict[tuple[int, ...], float], ...] = ({}, {})
    for pair, odds in seen:
        for side, phrase in enumerate(pair):
            best[side][phrase] = max(best[side].get(phrase, -math.inf), odds[side])
    return sorted(
        (pair, odds)
        for pair, odds in seen
        if pair in kept and all(odds[side] > best[side][pair[side]] - _BEHIND for side in (0, 1))
    )


def _is_fit(pair: Pair, holes: tuple[frozenset[int], frozenset[int]]) -> bool:
    left, right = (sum(i in some for i in side) for side, some in zip(pair, holes, strict=True))
    return left == right <= 1 and 0 not in pair[0] and 0 not in pair[1]


def _odds(n: float, whole: float) -> float:
    return math.log(max(n - _DISCOUNT, _LEAST) / whole)


def _log(share: float) -> float:
    return math.log(share + _FLOOR)


def _lexical(
    source: tuple[int, ...], target: tuple[int, ...], links: list[tuple[int, int]], found: Alignment
) -> float:
    """Product over target pieces of the mean odds of the source pieces they are linked to."""
    by: dict[int, list[int]] = defaultdict(list)
    for i, j in links:
        by[j].append(i)
    share = 1.0
    for j, piece in enumerate(target):
        own = [source[i] for i in by[j]] or [-1]
        share *= sum(found.of(one, piece) for one in own) / len(own)
    return share
