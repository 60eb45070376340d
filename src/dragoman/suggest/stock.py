"""Whether a shop has anything for words, told by its index without a vector: a millisecond for a list."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TypeAlias
from weakref import WeakKeyDictionary

from dragoman.ports import Index
from dragoman.text.lexicon import say_in_english
from dragoman.text.segment import terms
from dragoman.types import Filter, Lang

Stocked: TypeAlias = Callable[[Sequence[str], Lang], Sequence[bool]]
"""Per text in a language, whether the shop has something for it."""

_KNOWS = 0.7  # share of a text that the term table must know, as in a search
_REMEMBERED = 20_000  # terms; then all are forgotten, which also ends what products that left have taught
_KNOWN: "WeakKeyDictionary[Index, dict[str, bool]]" = WeakKeyDictionary()
_LOCK = Lock()


def stocked_in(index: Index) -> Stocked:
    """Return what says of texts whether products of ``index`` have all their words, as typed or in English.

    It is a necessary sign, not a promise: the words may be in different products. A text in a language that
    the shop does not write and that the term table does not know cannot be told, and counts as not stocked.
    """

    def stocked(texts: Sequence[str], lang: Lang) -> Sequence[bool]:
        ways = [[terms(text), _in_english(text, lang)] for text in texts]
        held = _held(index, {term for way in ways for found in way for term in found})
        return [any(found and held.issuperset(found) for found in way) for way in ways]

    return stocked


def _in_english(text: str, lang: Lang) -> list[str]:
    said = say_in_english(text, lang)
    return terms(said.english) if said.known >= _KNOWS else []


def _held(index: Index, asked: set[str]) -> set[str]:
    """Return those of the terms that some product has; answers are remembered."""
    with _LOCK:
        known = _KNOWN.setdefault(index, {})
        if len(known) > _REMEMBERED:
            known.clear()
        found = {term: known[term] for term in asked if term in known}
    fresh = sorted(asked - found.keys())
    if fresh:
        rows = index.matching([{term: 1.0} for term in fresh], 1, Filter())
        told = {term: bool(row) for term, row in zip(fresh, rows, strict=True)}
        with _LOCK:
            known.update({term: True for term, is_held in told.items() if is_held})  # a term may come yet
        found |= told
    return {term for term, is_held in found.items() if is_held}
