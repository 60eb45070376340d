"""Which phrases were seen translated by which: a table of two languages, read in either direction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.translators.phrases.ngrams import Arrays, Floats, Ints

LONGEST = 7  # pieces of a phrase
ODDS = ("forth", "back", "words_forth", "words_back")
"""Log probabilities: of the phrase in the other language given this one, the other way round, and both again
by the single pieces (lexical weighting, Koehn et al. 2003, eq. 4)."""

_STEPS = np.array((0.2, 0.2, 0.5, 0.5), np.float32)  # nats between two odds as they are stored, in a byte
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of one language: ids in rows of LONGEST, -1 after the end."""

    rows: Ints  # (n, LONGEST)

    @property
    def lengths(self) -> Ints:
        """(n,): pieces of each."""
        return np.asarray((self.rows >= 0).sum(axis=1))

    def keys(self) -> NDArray[np.uint64]:
        """(n,): a number of each phrase."""
        found = np.zeros(len(self.rows), np.uint64)
        for column in self.rows.T:
            found = np.where(column >= 0, _mixed(found, column), found)
        return found


@dataclass(frozen=True, slots=True)
class Entries:
    """Pairs of phrases by their rows, with their odds, ODDS in columns."""

    source: Ints  # (m,)
    target: Ints  # (m,)
    odds: Floats  # (m, 4)


@dataclass(frozen=True, slots=True)
class Found:
    """Entries that a text's spans have."""

    start: Ints  # (k,)
    end: Ints  # (k,)
    target: Ints  # (k,): rows of the table's targets
    odds: Floats  # (k, 4)

    def only(self, wanted: NDArray[np.bool_]) -> "Found":
        """Return some of them.

        Args:
            wanted: (k,)
        """
        return Found(self.start[wanted], self.end[wanted], self.target[wanted], self.odds[wanted])


class PhraseTable:
    """Phrases of a source, and what each may become."""

    def __init__(self, sources: Phrases, targets: Phrases, entries: Entries) -> None:
        order = np.argsort(entries.source, kind="stable")
        self.targets = targets
        self._target, self._odds = entries.target[order], entries.odds[order]
        bounds = np.searchsorted(entries.source[order], np.arange(len(sources.rows) + 1))
        keys = sources.keys()
        by_key = np.argsort(keys)
        self._keys, self._first, self._last = keys[by_key], bounds[by_key], bounds[by_key + 1]

    def has(self, ids: Ints) -> bool:
        """Say whether a text as a whole is a phrase.

        Args:
            ids: (n,) pieces.
        """
        if not 0 < len(ids) <= LONGEST:
            return False
        key = np.zeros(1, np.uint64)
        for place in range(len(ids)):
            key = _mixed(key, ids[place : place + 1])
        at = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
        return bool(self._keys[at] == key)

    def find(self, ids: Ints) -> Found:
        """Return the entries of all spans of a text.

        Args:
            ids: (n,) pieces.
        """
        spans, keys = [], []
        key = np.zeros(len(ids), np.uint64)
        for size in range(1, min(len(ids), LONGEST) + 1):
            key = _mixed(key[: len(ids) - size + 1], ids[size - 1 :])
            first = np.arange(len(key))
            spans.append(np.stack([first, first + size]))
            keys.append(key)
        starts, ends = np.concatenate(spans, axis=1)
        wanted = np.concatenate(keys)
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        hit = np.nonzero(self._keys[at] == wanted)[0]
        counts = (self._last - self._first)[at[hit]]
        rows = np.repeat(self._first[at[hit]] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        return Found(
            np.repeat(starts[hit], counts),
            np.repeat(ends[hit], counts),
            self._target[rows],
            self._odds[rows],
        )


def phrases_of(some: Sequence[Sequence[int]]) -> Phrases:
    """Return phrases of rows of ids."""
    rows = np.full((len(some), LONGEST), -1, np.int64)
    for row, ids in zip(rows, some, strict=True):
        row[: len(ids)] = ids
    return Phrases(rows)


def stored(english: Phrases, other: Phrases, entries: Entries) -> dict[str, NDArray[np.generic]]:
    """Return a table of English and another language as arrays; English is the source of its entries."""
    order = np.lexsort((entries.target, entries.source))
    sides = {
        f"{side}_{part}": one
        for side, some in (("english", english), ("other", other))
        for part, one in _fronted(some).items()
    }
    return {
        **sides,
        "source": np.diff(entries.source[order], prepend=0).astype(np.uint32),
        "target": entries.target[order].astype(np.uint32),
        "odds": np.clip(np.round(-entries.odds[order] / _STEPS), 0, 255).astype(np.uint8),
    }


def opened(arrays: Arrays, *, from_english: bool) -> PhraseTable:
    """Return the table of stored arrays in one of its directions."""
    english, other = (_unfronted(arrays, side) for side in ("english", "other"))
    source = np.cumsum(arrays["source"], dtype=np.int64)
    target = arrays["target"].astype(np.int64)
    odds = arrays["odds"].astype(np.float32) * -_STEPS
    if from_english:
        return PhraseTable(english, other, Entries(source, target, odds))
    return PhraseTable(other, english, Entries(target, source, odds[:, [1, 0, 3, 2]]))


def _fronted(phrases: Phrases) -> dict[str, NDArray[np.generic]]:
    """Phrases in order, without the pieces at the front that are those of the phrase before."""
    rows = phrases.rows
    alike = np.zeros(rows.shape, bool)
    alike[1:] = (rows[1:] == rows[:-1]) & (rows[1:] >= 0)
    same = np.logical_and.accumulate(alike, axis=1).sum(axis=1)
    places = np.arange(LONGEST)
    rest = rows[(places >= same[:, None]) & (rows >= 0)]
    sizes = {"same": same.astype(np.uint8), "size": phrases.lengths.astype(np.uint8)}
    return {**sizes, "rest": rest.astype(np.uint16)}


def _unfronted(arrays: Arrays, side: str) -> Phrases:
    same, size = (arrays[f"{side}_{part}"].astype(np.int64)[:, None] for part in ("same", "size"))
    places = np.arange(LONGEST)
    rows = np.full((len(same), LONGEST), -1, np.int64)
    own = (places >= same) & (places < size)
    rows[own] = arrays[f"{side}_rest"].astype(np.int64)
    # What is not its own is that of the last phrase before that had it of its own.
    since = np.maximum.accumulate(np.where(places >= same, np.arange(len(same))[:, None], 0), axis=0)
    return Phrases(np.where(places < size, np.take_along_axis(rows, since, axis=0), -1))


def _mixed(key: NDArray[np.uint64], piece: Ints) -> NDArray[np.uint64]:
    """One more piece: overflow is wanted."""
    with np.errstate(over="ignore"):
        mixed: NDArray[np.uint64] = (key ^ (piece.astype(np.uint64) + np.uint64(1))) * _FACTOR
        return mixed ^ (mixed >> np.uint64(29))
