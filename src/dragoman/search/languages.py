"""Which languages a catalogue is written in, remembered for a while. Knows the index, no query."""

from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from dragoman.ports import Index
from dragoman.types import Filter, Lang

_USES = 500  # searches before the index is asked again: counting takes milliseconds at a million products
_MOST = 100


@dataclass(slots=True)
class _Known:
    langs: tuple[Lang, ...]
    uses: int = 0


_KNOWN: "WeakKeyDictionary[Index, _Known]" = WeakKeyDictionary()
_LOCK = Lock()


def catalogue_langs(index: Index) -> tuple[Lang, ...]:
    """Return the languages of the titles in an index, the commonest first; at most 500 searches old.

    A language that is missing from it does no harm: its products are found all the same, only
    without the guard against language bias.
    """
    with _LOCK:
        known = _KNOWN.get(index)
        if known and known.uses < _USES:
            known.uses += 1
            return known.langs
    [facet] = index.facets(["lang"], Filter(), _MOST)
    langs = tuple(count.value for count in facet.counts)
    with _LOCK:
        _KNOWN[index] = _Known(langs)
    return langs
