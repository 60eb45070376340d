"""What a mistyped word was meant to be, asked of the index once per word. Knows terms, no query."""

from collections.abc import Sequence
from threading import Lock
from weakref import WeakKeyDictionary

from dragoman.ports import Index
from dragoman.types import Scored

_SURE = 2.2  # of 3: one slip and the same first letter (text.spelling.likelihood)
_NEAR = 3  # spellings compared
_REMEMBERED = 20_000  # terms; then all are forgotten, which also ends what products that left have taught

_ANSWERS: "WeakKeyDictionary[Index, dict[str, str]]" = WeakKeyDictionary()
_LOCK = Lock()


def meant_terms(terms: Sequence[str], index: Index) -> dict[str, str]:
    """Return per term the indexed one it was surely meant to be; "" if itself indexed, or nothing is sure.

    Shoppers use the same words again and again, and asking takes a millisecond, so answers are
    remembered. An old one does no harm: what was typed is searched in any case.
    """
    with _LOCK:
        known = _ANSWERS.setdefault(index, {})
        if len(known) > _REMEMBERED:
            known.clear()
        meant = {term: known[term] for term in terms if term in known}
    asked = [term for term in terms if term not in meant]
    if asked:
        fresh = dict(zip(asked, map(_surest, index.spellings(asked, _NEAR)), strict=True))
        meant |= fresh
        with _LOCK:
            known.update(fresh)
    return meant


def _surest(near: Sequence[Scored]) -> str:
    """The likeliest spelling if likely enough; of equals the longest: a stem stands beside its word."""
    sure = [found for found in near if found.score >= _SURE]
    return max(sure, key=lambda found: (found.score, len(found.id), found.id)).id if sure else ""
