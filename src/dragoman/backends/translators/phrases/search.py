"""The search for the likeliest translations: phrase after phrase, in any order that is not too wild.

Stacks of hypotheses by the number of pieces read (Koehn, "Statistical Machine Translation", 2010, ch. 6).
Many texts are searched side by side, so that a step of all of them is a few calls of numpy. Hypotheses of
a text that no later move can tell apart are one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dragoman.backends.translators.phrases.moves import Effort, Moves, Stack, beginning, joined
from dragoman.backends.translators.phrases.ngrams import Floats, Ints, Ngrams
from dragoman.backends.translators.phrases.options import Options

__all__ = ["Effort", "Path", "search"]


@dataclass(frozen=True, slots=True)
class Path:
    """One translation: the options it is made of, in order, and what the weights say of it."""

    options: tuple[int, ...]
    score: float


def search(
    options: Sequence[Options], model: Ngrams, weights: Floats, effort: Effort, k: int = 1
) -> list[list[Path]]:
    """Return, per text, its ``k`` likeliest translations, best first; each as if it were searched alone.

    Args:
        options: Per text, what its spans may become; every piece has an option.
        weights: (len(SIGNS),)
    """
    if not options:
        return []
    moves = Moves(options, model, weights, effort)
    sizes = moves.sizes
    waiting: list[list[Stack]] = [[] for _ in range(int(sizes.max(initial=0)) + 1)]
    stacks = [beginning(len(options))]
    for size in range(len(waiting) - 1):
        for far, some in moves.after(stacks[size], size):
            waiting[far].append(some)
        is_whole = sizes == size + 1
        stacks.append(_kept(joined(waiting[size + 1]), np.where(is_whole, k, effort.stack), is_whole))
    return [
        [_path(stacks, moves, size, row) for row in np.nonzero(stacks[size].text == text)[0].tolist()]
        for text, size in enumerate(sizes.tolist())
    ]


def _kept(every: Stack, most: Ints, is_whole: np.ndarray) -> Stack:
    """The best of each text, each state only once; whole texts have no state that matters any more."""
    order = np.lexsort((-every.hope, every.text))
    bounds = np.searchsorted(every.text[order], np.arange(len(most) + 1)).tolist()
    state = np.stack([every.read, every.end, every.before, every.last], axis=1)
    rows: list[int] = []
    for text, (first, end) in enumerate(pairwise(bounds)):
        if is_whole[text]:
            rows += order[first : min(end, first + int(most[text]))].tolist()
            continue
        met: set[tuple[int, ...]] = set()
        for row in order[first:end].tolist():
            key = tuple(state[row].tolist())
            if key not in met:
                met.add(key)
                rows.append(row)
            if len(met) == most[text]:
                break
    return every.at(np.array(rows, np.int64))


def _path(stacks: Sequence[Stack], moves: Moves, size: int, row: int) -> Path:
    score, options = float(stacks[size].score[row]), []
    while size:
        size, row, option = stacks[size].back[row].tolist()
        options.append(moves.place(option))
    return Path(tuple(reversed(options)), score)
