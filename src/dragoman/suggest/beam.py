"""What a language model would go on to type after a prefix: the likeliest endings, by beam search."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dragoman.suggest.typed import START, typed
from dragoman.suggest.writer import Floats, State, Writer, is_byte
from dragoman.types import Lang, Scored

WIDTH = 8  # beginnings kept
STEPS = 12  # pieces added
_REDONE = 3  # pieces of the word being typed that are cut anew
_BARRED = -1e9


@dataclass(frozen=True, slots=True)
class Begun:
    """A prefix as ids that stand, and the characters after them, whose cut into pieces is still open."""

    ids: tuple[int, ...]
    text: str  # of the ids
    open: str


@dataclass(frozen=True, slots=True)
class Beam:
    """Beginnings under way: their texts after the standing ids, what of the prefix each has yet to spell."""

    texts: tuple[str, ...]
    open: tuple[str, ...]
    scores: Floats  # (n,) log odds
    state: State
    length: int  # ids of each


def endings(
    writer: Writer, prefix: str, lang: Lang, k: int, *, width: int = WIDTH, steps: int = STEPS
) -> list[Scored]:
    """Return at most ``k`` whole queries that begin with ``prefix`` and are longer, the likeliest first.

    The last word is cut into pieces anew, under the constraint that it begins as typed, for "sneak" is not
    cut as the beginning of "sneakers" is. A score is the log of the query's odds, up to what all share.

    Args:
        prefix: As typed; a space at its end says that the word is whole.
        width: Beginnings that are followed up in each step.
        steps: Pieces added at most.
    """
    begun = begin(writer, prefix)
    if not begun.open or k < 1:
        return []
    first = (writer.lang_id(lang), *begun.ids)
    beam = Beam(("",), (begun.open,), np.zeros(1, np.float32), writer.begin(first), len(first))
    pieces = writer.pieces_of(lang)
    found: dict[str, float] = {}
    for _ in range(steps):
        odds = beam.scores[:, None] + writer.odds(beam.state, pieces)
        _take_ended(beam, odds[:, 0], begun, found)
        if writer.is_full(beam.length + 1) or _is_settled(found, beam.scores, k):
            break
        step = _chosen(writer, beam, odds, lang, width)
        if step is None:
            break
        beam = step
    best = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return [Scored(text, score) for text, score in best[:k]]


def begin(writer: Writer, prefix: str) -> Begun:
    """Return a prefix with its last word open, or the last three pieces of a longer one."""
    whole = START + typed(prefix).replace(" ", START) + (START if prefix[-1:].isspace() else "")
    if not typed(prefix):
        return Begun((), "", "")
    at = whole.rindex(START)
    ids = writer.ids(whole[:at].replace(START, " ")) if at else []
    last = writer.ids(whole[at + 1 :]) if whole[at + 1 :] else []
    names = [writer.pieces[i] for i in last]
    kept = max(0, len(last) - _REDONE)
    while any(is_byte(name) for name in names[kept:]):  # what is spelled in bytes stands as it is
        kept += 1
    stands = "".join(names[:kept])
    if any(is_byte(name) for name in names[:kept]):
        stands = _plain(whole[at:], names[kept:])
    return Begun((*ids, *last[:kept]), whole[:at] + stands, "".join(names[kept:]) if last else START)


def _plain(word: str, after: Sequence[str]) -> str:
    """The part of a word before its last pieces."""
    return word[: len(word) - len("".join(after))]


def _take_ended(beam: Beam, odds: Floats, begun: Begun, found: dict[str, float]) -> None:
    """Note the beginnings that may end here; two ways to spell one text add up."""
    typed_so_far = _spaced(begun.text + begun.open)
    for text, left, score in zip(beam.texts, beam.open, odds.tolist(), strict=True):
        whole = _spaced(begun.text + text)
        if not left and len(whole) > len(typed_so_far):
            found[whole] = float(np.logaddexp(found.get(whole, -np.inf), score))


def _spaced(pieces: str) -> str:
    return " ".join(pieces.replace(START, " ").split())


def _is_settled(found: dict[str, float], scores: Floats, k: int) -> bool:
    """Whether nothing under way can still be among the best."""
    return len(found) >= k and sorted(found.values())[-k] > float(scores.max())


def _chosen(writer: Writer, beam: Beam, odds: Floats, lang: Lang, width: int) -> Beam | None:
    """Return the likeliest beginnings one piece longer; None where there are none."""
    odds[:, 0] = _BARRED  # the end
    for row, left in enumerate(beam.open):
        if left:
            allowed = writer.fitting(left, lang)
            kept = odds[row, allowed]
            odds[row] = _BARRED
            odds[row, allowed] = kept
    flat = odds.ravel()
    best = np.argpartition(flat, -width)[-width:] if flat.size > width else np.arange(flat.size)
    best = best[flat[best] > _BARRED / 2]
    if not best.size:
        return None
    rows, columns = np.divmod(best, odds.shape[1])
    ids = writer.pieces_of(lang)[columns]
    names = [writer.pieces[i] for i in ids.tolist()]
    return Beam(
        tuple(beam.texts[row] + name for row, name in zip(rows, names, strict=True)),
        tuple(beam.open[row][len(name) :] for row, name in zip(rows, names, strict=True)),
        flat[best].astype(np.float32),
        writer.go_on(beam.state, rows, ids),
        beam.length + 1,
    )
