"""The moves of the search: which phrases may follow what was read, and what each adds. Keeps nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.translators.phrases.ngrams import Floats, Ints, Ngrams
from dragoman.backends.translators.phrases.options import JUMP, Options, best_of
from dragoman.backends.translators.phrases.spelling import END, START

_NEVER = -1e9
_ROOM = 64  # more than a text has pieces


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard is searched."""

    stack: int = 6  # hypotheses kept
    moves: int = 40  # of a text's stack and a size that are scored by the language model
    jump: int = 6  # pieces between the end of one phrase and the start of the next


@dataclass(frozen=True, slots=True)
class Stack:
    """h hypotheses of any texts; the same fields hold moves that are not hypotheses yet."""

    text: Ints  # (h,)
    read: Ints  # (h,): bits of the pieces read
    end: Ints  # (h,): where the last phrase ended
    before: Ints  # (h,): the last piece written but one
    last: Ints  # (h,)
    score: Floats  # (h,)
    hope: Floats  # (h,): with what the rest may still bring
    back: Ints  # (h, 3): stack, hypothesis, option

    def at(self, rows: Ints) -> "Stack":
        """Return these of them."""
        return Stack(*(getattr(self, field.name)[rows] for field in fields(self)))


def beginning(n: int) -> Stack:
    """Return the hypotheses that n texts begin with: nothing is read."""
    none, start = np.zeros(n, np.int64), np.full(n, START, np.int64)
    return Stack(np.arange(n), none, none, start, start, np.zeros(n), np.zeros(n), np.zeros((n, 3), np.int64))


def joined(some: Sequence[Stack]) -> Stack:
    """Return all hypotheses of several stacks."""
    every = some or [beginning(0)]
    return Stack(*(np.concatenate([getattr(one, field.name) for one in every]) for field in fields(Stack)))


class Moves:
    """The moves of all texts: their options one after the other, by where they start."""

    def __init__(self, options: Sequence[Options], model: Ngrams, weights: Floats, effort: Effort) -> None:
        self._model, self._effort = model, effort
        self._lm, self._jump = float(weights[0]), float(weights[JUMP])
        self.sizes: Ints = np.array([int(one.end.max(initial=0)) for one in options], np.int64)
        orders = [np.argsort(one.start, kind="stable") for one in options]
        held = [0, *np.cumsum([len(order) for order in orders])]
        self._place = np.concatenate([np.zeros(0, np.int64), *orders])

        def of_all(name: str) -> NDArray[Any]:  # Any: whole numbers or not
            return np.concatenate(
                [getattr(one, name)[order] for one, order in zip(options, orders, strict=True)]
            )

        self._start, self._end = of_all("start"), of_all("end")
        self._first, self._last = of_all("first"), of_all("last")
        self._base: Floats = of_all("signs") @ weights + self._lm * of_all("inside")
        self._alone: Floats = self._lm * of_all("alone")
        self._bits = ((1 << (self._end - self._start)) - 1) << self._start
        # (texts, _ROOM + 1): the first option of a text that starts at a place or after it
        self._from = np.stack(
            [
                first + np.searchsorted(self._start[first:end], np.arange(_ROOM + 1))
                for first, end in pairwise(held)
            ]
        )
        of_text = np.repeat(np.arange(len(orders)), np.diff(held))
        self._rest = _hopes(of_text, self._start, self._end, self._base + self._alone, self.sizes)

    def place(self, option: int) -> int:
        """Return where an option stands among its text's."""
        return int(self._place[option])

    def after(self, stack: Stack, size: int) -> Iterator[tuple[int, Stack]]:
        """Yield moves from the hypotheses of a stack, by how many pieces are read after them."""
        hypothesis, option = self._allowed(stack, size)
        text = stack.text[hypothesis]
        read = stack.read[hypothesis] | self._bits[option]
        jumps = np.abs(self._start[option] - stack.end[hypothesis])
        score = stack.score[hypothesis] + self._base[option] + self._jump * jumps
        rest = self._hope(text, read)
        far = size + self._end[option] - self._start[option]
        guess = score + rest + self._alone[option]
        rows = best_of(text * _ROOM + far, guess, self._effort.moves)
        hypothesis, option, far = hypothesis[rows], option[rows], far[rows]
        back = np.stack([np.full(len(rows), size), hypothesis, option], axis=1)
        some = Stack(
            text[rows], read[rows], self._end[option], stack.before[hypothesis], stack.last[hypothesis],
            score[rows], rest[rows], back,
        )  # fmt: skip
        spoken = self._spoken(some, option, far)
        for there in np.unique(far).tolist():
            yield there, spoken.at(np.nonzero(far == there)[0])

    def _allowed(self, stack: Stack, size: int) -> tuple[Ints, Ints]:
        """Return which option may follow which hypothesis."""
        jump = self._effort.jump
        gap = _place_of(~stack.read & (stack.read + 1))  # the first piece not read
        gap = np.where(self.sizes[stack.text] > size, gap, _ROOM)
        until = np.minimum(gap + jump + 2, _ROOM)
        low, high = self._from[stack.text, gap], self._from[stack.text, until]
        hypothesis = np.repeat(np.arange(len(gap)), high - low)
        option = np.arange(len(hypothesis)) + np.repeat(low - np.cumsum(high - low) + high - low, high - low)
        free = (stack.read[hypothesis] & self._bits[option]) == 0
        at_gap = self._start[option] == gap[hypothesis]
        near = at_gap | (self._end[option] - gap[hypothesis] <= jump + 2)
        close = np.abs(self._start[option] - stack.end[hypothesis]) <= jump
        found = free & near & close
        stuck = np.bincount(stack.text[hypothesis[found]], minlength=len(self.sizes)) == 0
        # Where what is left is too far away: from the first gap, whatever that costs.
        found |= free & at_gap & stuck[stack.text[hypothesis]]
        return hypothesis[found], option[found]

    def _spoken(self, some: Stack, option: Ints, far: Ints) -> Stack:
        """Add what the language model says of the first pieces, and of the end."""
        first, second = self._first[option].T
        said = self._model.score(some.before, some.last, first)
        long = np.nonzero(second >= 0)[0]
        said[long] += self._model.score(some.last[long], first[long], second[long])
        before, last = self._last[option].T
        before = np.where(before >= 0, before, some.last)
        whole = np.nonzero(far == self.sizes[some.text])[0]
        said[whole] += self._model.score(before[whole], last[whole], np.full(len(whole), END))
        score = some.score + self._lm * said
        return replace(some, before=before, last=last, score=score, hope=score + some.hope)

    def _hope(self, text: Ints, read: Ints) -> Floats:
        """What the unread stretches may bring at best."""
        hope = np.zeros(len(read))
        free = ~read & ((1 << self.sizes[text]) - 1)
        while True:
            some = np.nonzero(free)[0]
            if not len(some):
                return hope
            low = free[some] & -free[some]
            beyond = free[some] + low  # the carry runs to the end of the first stretch
            start = _place_of(low)
            hope[some] += self._rest[text[some], start, _place_of(np.bitwise_and(beyond, -beyond)) - start]
            free[some] &= beyond


def _place_of(bit: Ints) -> Ints:
    """Return which bit each number has, if it has one.

    >>> _place_of(np.array([1, 2, 1 << 62])).tolist()
    [0, 1, 62]
    """
    return np.frexp(bit.astype(np.float64))[1].astype(np.int64) - 1


def _hopes(text: Ints, start: Ints, end: Ints, guess: Floats, sizes: Ints) -> Floats:
    """(texts, n, n + 1): by start and length, what a span may bring at best, by options side by side."""
    n = int(sizes.max(initial=0))
    best = np.full((len(sizes), n, n + 1), _NEVER)
    np.maximum.at(best, (text, start, end - start), guess)
    for length in range(2, n + 1):
        whole = best[:, : n - length + 1, length]
        for cut in range(1, length):
            right = best[:, cut : n - length + 1 + cut, length - cut]
            np.maximum(whole, best[:, : n - length + 1, cut] + right, out=whole)
    return best
