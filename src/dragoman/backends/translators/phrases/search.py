"""The search for the likeliest translation: phrase after phrase, in any order that is not too wild.

Stacks of hypotheses by the number of pieces read (Koehn, "Statistical Machine Translation", 2010, ch. 6),
each stack's moves scored at once. Hypotheses that no later move can tell apart are one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from dragoman.backends.translators.phrases.ngrams import Floats, Ints, Ngrams
from dragoman.backends.translators.phrases.options import JUMP, Options
from dragoman.backends.translators.phrases.spelling import END, START

_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard is searched."""

    stack: int = 6  # hypotheses kept
    moves: int = 40  # of a stack and a size that are scored by the language model
    jump: int = 6  # pieces between the end of one phrase and the start of the next


@dataclass(frozen=True, slots=True)
class Path:
    """One translation: the options it is made of, in order, and what the weights say of it."""

    options: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True)
class _Stack:
    """h hypotheses; the same fields hold moves that are not hypotheses yet."""

    read: Ints  # (h,): bits of the pieces read
    end: Ints  # (h,): where the last phrase ended
    before: Ints  # (h,): the last piece written but one
    last: Ints  # (h,)
    score: Floats  # (h,)
    hope: Floats  # (h,): with what the rest may still bring
    back: Ints  # (h, 3): stack, hypothesis, option

    def at(self, rows: Ints) -> "_Stack":
        return _Stack(*(getattr(self, field.name)[rows] for field in fields(self)))


def search(
    options: Options, n: int, model: Ngrams, weights: Floats, effort: Effort, k: int = 1
) -> list[Path]:
    """Return the ``k`` likeliest translations of a text of ``n`` pieces, best first.

    Args:
        options: What its spans may become; every piece has an option.
        n: Pieces, at most 62.
        weights: (len(SIGNS),)
    """
    moves = _Moves(options, n, model, weights, effort)
    waiting: list[list[_Stack]] = [[] for _ in range(n + 1)]
    start = np.array([START], np.int64)
    none = np.zeros(1, np.int64)
    stacks = [_Stack(none, none, start, start, np.zeros(1), np.zeros(1), np.zeros((1, 3), np.int64))]
    for size in range(n):
        for far, some in moves.after(stacks[size], size):
            waiting[far].append(some)
        stacks.append(_kept(waiting[size + 1], effort.stack if size + 1 < n else k, is_last=size + 1 == n))
    return [_path(stacks, i) for i in range(len(stacks[n].score))]


class _Moves:
    """One text's moves: which phrase may follow, and what it adds."""

    def __init__(self, options: Options, n: int, model: Ngrams, weights: Floats, effort: Effort) -> None:
        self._options, self._n, self._model, self._effort = options, n, model, effort
        self._lm, self._jump = float(weights[0]), float(weights[JUMP])
        self._base = options.signs @ weights + self._lm * options.inside
        self._bits = ((1 << (options.end - options.start)) - 1) << options.start
        self._rest = _hopes(options, self._base + self._lm * options.alone, n)
        self._known: dict[int, float] = {}

    def after(self, stack: _Stack, size: int) -> list[tuple[int, _Stack]]:
        """Return moves from the hypotheses of a stack, by how many pieces are read after them."""
        own, effort = self._options, self._effort
        free = (stack.read[:, None] & self._bits) == 0
        jumps = np.abs(own.start - stack.end[:, None])
        gap = np.array([_first_gap(read) for read in stack.read.tolist()])[:, None]
        near = (own.start == gap) | (own.end - gap <= effort.jump + 2)
        hypothesis, option = np.nonzero(free & near & (jumps <= effort.jump))
        if not len(option):  # what is left is too far away: from the first gap, whatever that costs
            hypothesis, option = np.nonzero(free & (own.start == gap))
        read = stack.read[hypothesis] | self._bits[option]
        score = stack.score[hypothesis] + self._base[option] + self._jump * jumps[hypothesis, option]
        rest = self._hope(read)
        far = size + own.end[option] - own.start[option]
        back = np.stack([np.full(len(option), size), hypothesis, option], axis=1)
        found = []
        for there in np.unique(far).tolist():
            rows = np.nonzero(far == there)[0]
            guess = score[rows] + rest[rows] + self._lm * own.alone[option[rows]]
            if len(rows) > effort.moves:
                rows = rows[np.argpartition(-guess, effort.moves)[: effort.moves]]
            some = _Stack(
                read[rows], own.end[option[rows]], stack.before[hypothesis[rows]],
                stack.last[hypothesis[rows]], score[rows], rest[rows], back[rows],
            )  # fmt: skip
            found.append((there, self._spoken(some, option[rows], is_last=there == self._n)))
        return found

    def _spoken(self, some: _Stack, option: Ints, *, is_last: bool) -> _Stack:
        """Add what the language model says of the first pieces, and of the end."""
        first, second = self._options.first[option].T
        said = self._model.score(some.before, some.last, first)
        long = np.nonzero(second >= 0)[0]
        said[long] += self._model.score(some.last[long], first[long], second[long])
        before, last = self._options.last[option].T
        before = np.where(before >= 0, before, some.last)
        if is_last:
            said = said + self._model.score(before, last, np.full(len(last), END))
        score = some.score + self._lm * said
        return replace(some, before=before, last=last, score=score, hope=score + some.hope)

    def _hope(self, read: Ints) -> Floats:
        """What the unread stretches may bring at best, for each set of read pieces."""
        sets, at = np.unique(read, return_inverse=True)
        for one in sets.tolist():
            if one not in self._known:
                self._known[one] = sum(self._rest[a, b] for a, b in _gaps(one, self._n))
        return np.array([self._known[one] for one in sets.tolist()])[at]


def _kept(some: list[_Stack], most: int, *, is_last: bool) -> _Stack:
    """The best of a stack, each only once."""
    every = (
        _Stack(*(np.concatenate([getattr(one, f.name) for one in some]) for f in fields(_Stack)))
        if some
        else _NOTHING
    )
    rows: list[int] = []
    met: set[tuple[int, ...]] = set()
    state = np.stack([every.read, every.end, every.before, every.last], axis=1)
    for row in np.argsort(-every.hope, kind="stable").tolist():
        key = tuple(state[row].tolist()) if not is_last else (row,)
        if key not in met:
            met.add(key)
            rows.append(row)
        if len(rows) == most:
            break
    return every.at(np.array(rows, np.int64))


def _path(stacks: list[_Stack], row: int) -> Path:
    score, options, size = float(stacks[-1].score[row]), [], len(stacks) - 1
    while size:
        size, row, option = stacks[size].back[row].tolist()
        options.append(option)
    return Path(tuple(reversed(options)), score)


def _hopes(options: Options, guess: Floats, n: int) -> Floats:
    """(n, n + 1): the best that each span may bring, by options side by side (ibid., 6.2)."""
    best = np.full((n, n + 1), _NEVER)
    np.maximum.at(best, (options.start, options.end), guess)
    for size in range(2, n + 1):
        for start in range(n - size + 1):
            end = start + size
            cut = np.arange(start + 1, end)
            best[start, end] = max(best[start, end], (best[start, cut] + best[cut, end]).max())
    return best


def _gaps(read: int, n: int) -> Iterator[tuple[int, int]]:
    """Yield where unread stretches start and end.

    >>> list(_gaps(0b00110, 5))
    [(0, 1), (3, 5)]
    """
    free = ~read & ((1 << n) - 1)
    while free:
        low = free & -free
        beyond = free + low  # the carry runs to the end of the first stretch
        yield low.bit_length() - 1, (beyond & -beyond).bit_length() - 1
        free &= beyond


def _first_gap(read: int) -> int:
    return (~read & (read + 1)).bit_length() - 1


_EMPTY = np.zeros(0, np.int64)
_NOTHING = _Stack(_EMPTY, _EMPTY, _EMPTY, _EMPTY, np.zeros(0), np.zeros(0), np.zeros((0, 3), np.int64))
