"""What each span of a text may become, with what speaks for it: the moves of the search."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.translators.phrases.ngrams import Floats, Ints, Ngrams
from dragoman.backends.translators.phrases.spelling import HOLE, SPACE, Spelled, Spelling
from dragoman.backends.translators.phrases.tables import ODDS, Found, PhraseTable

SIGNS = ("model", *ODDS, "pieces", "phrases", "jump", "copied", "cut")
"""What is weighed: the language model, the table's odds, how many pieces and phrases are written, how far is
jumped, how many words are copied, how many words are cut by the edges of phrases."""
_TABLE = slice(1, 5)
_PIECES, _PHRASES, JUMP, _COPIED, _CUT = range(5, len(SIGNS))
_MOST = 12  # options of a span


@dataclass(frozen=True, slots=True)
class Options:
    """k ways to write a span."""

    start: Ints  # (k,)
    end: Ints  # (k,)
    signs: Floats  # (k, len(SIGNS)); the model's and the jump's are for the search to add
    ids: tuple[tuple[int, ...], ...]  # k: what is written
    copied: Mapping[int, str]  # what a copied word says, by option

    # For the model, which sees two pieces back: pieces at both ends, -1 where there is none.
    first: Ints  # (k, 2)
    last: Ints  # (k, 2)
    inside: Floats  # (k,): log probability of all pieces after the second
    alone: Floats  # (k,): a guess at that of the first two


class Offer:
    """Finds the options of texts, from one language into another."""

    def __init__(
        self, table: PhraseTable, model: Ngrams, target: Spelling, weights: Floats, *, whole_words: bool
    ) -> None:
        """Score the table's targets by the model once.

        Args:
            weights: (len(SIGNS),)
            whole_words: Never cut a word of the source, as a language without closed compounds has it: a
                name that nobody taught is copied then, and not made up of what its parts say.
        """
        self._table, self._model, self._target = table, model, target
        self._whole_words = whole_words
        self._weights = weights
        rows = table.targets.rows
        self._sizes = table.targets.lengths
        self._inside = self._scored(rows)
        self._ids = rows.tolist()
        self._alone = self._guessed(rows)

    def of(self, text: Spelled) -> Options:
        """Return the options of a text; every piece has one."""
        found = self._table.find(text.ids)
        if self._whole_words:
            found = found.only(text.starts[found.start] & text.starts[found.end])
        cut = 2 - text.starts[found.start].astype(int) - text.starts[found.end].astype(int)
        signs = np.zeros((len(found.start), len(SIGNS)), np.float32)
        signs[:, _TABLE] = found.odds
        signs[:, _PIECES], signs[:, _PHRASES], signs[:, _CUT] = self._sizes[found.target], 1, cut
        rank = signs @ self._weights + self._weights[0] * (self._inside + self._alone)[found.target]
        keep = best_of(found.start * 64 + found.end, rank, _MOST)
        target = found.target[keep]
        copies = self._copies(text, found)
        start, end, words = (np.array(part, np.int64) for part in zip(*copies, strict=True))
        own = np.zeros((len(copies), len(SIGNS)), np.float32)
        own[:, _PIECES] = own[:, _PHRASES] = 1
        own[:, _COPIED] = [HOLE not in "".join(text.surface[a:b]) for a, b in zip(start, end, strict=True)]
        ids = [tuple(i for i in self._ids[row] if i >= 0) for row in target.tolist()]
        first = np.stack([words, np.full_like(words, -1)], axis=1)
        rows = self._table.targets.rows[target]
        last = np.take_along_axis(rows, np.stack([self._sizes[target] - 2, self._sizes[target] - 1], 1), 1)
        last[self._sizes[target] < 2, 0] = -1
        return Options(
            np.concatenate([found.start[keep], start]),
            np.concatenate([found.end[keep], end]),
            np.concatenate([signs[keep], own]),
            (*ids, *((int(word),) for word in words)),
            {len(ids) + i: _surface(text, a, b) for i, (a, b, _) in enumerate(copies)},
            np.concatenate([rows[:, :2], first]),
            np.concatenate([last, first[:, ::-1]]),
            np.concatenate([self._inside[target], np.zeros(len(copies), np.float32)]),
            np.concatenate([self._alone[target], self._model.one[words]]),
        )

    def _copies(self, text: Spelled, found: Found) -> list[tuple[int, int, int]]:
        """Every word and every hole as it is, and pieces that might be left over: start, end, id."""
        edges = np.nonzero(text.starts)[0].tolist()
        # Where words may be cut, a phrase may stop before a piece that no other says alone.
        alone = np.zeros(len(text.ids), bool)
        alone[found.start[found.end == found.start + 1]] = True
        bare = [] if self._whole_words else np.nonzero(~alone)[0].tolist()
        holes = [i for i, surface in enumerate(text.surface) if HOLE in surface]
        spans = set(pairwise(edges)) | {(i, i + 1) for i in (*bare, *holes)}
        copies = []
        for start, end in sorted(spans):
            surface = _surface(text, start, end)
            if HOLE not in surface:
                copies.append((start, end, self._target.id_of(surface)))
            elif end == start + 1:
                copies.append((start, end, self._target.hole(spaced=surface.startswith(SPACE))))
        return copies

    def _scored(self, rows: Ints) -> Floats:
        inside = np.zeros(len(rows), np.float32)
        for place in range(2, rows.shape[1]):
            some = np.nonzero(rows[:, place] >= 0)[0]
            a, b, c = (rows[some, place - back] for back in (2, 1, 0))
            inside[some] += self._model.score(a, b, c).astype(np.float32)
        return inside

    def _guessed(self, rows: Ints) -> Floats:
        guess = self._model.one[rows[:, 0]].copy()
        some = np.nonzero(rows[:, 1] >= 0)[0]
        guess[some] += self._model.score(np.zeros(len(some), int), rows[some, 0], rows[some, 1])
        return guess.astype(np.float32)


def _surface(text: Spelled, start: int, end: int) -> str:
    return "".join(text.surface[start:end])


def best_of(groups: Ints, rank: NDArray[np.floating], most: int) -> Ints:
    """Return the places of the best of each group, at most so many of one."""
    order = np.lexsort((-rank, groups))
    sorted_groups = groups[order]
    first = np.concatenate([[True], sorted_groups[1:] != sorted_groups[:-1]]) if len(order) else order > 0
    since = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    return order[since < most]
