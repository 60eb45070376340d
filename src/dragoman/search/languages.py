"""Which languages a catalogue is written in, remembered for a while. Knows the index, no query."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from dragoman.ports import Index
from dragoman.types import Filter, Lang

_USES = 500  # searches before the index is asked again: counting takes milliseconds at a million products
_MOST = 100


@dataclass(slots=True)
class _Known:
    shares: Mapping[Lang, float]
    uses: int = 0


_KNOWN: "WeakKeyDictionary[Index, _Known]" = WeakKeyDictionary()
_LOCK = Lock()


def catalogue_langs(index: Index) -> Mapping[Lang, float]:
    """Return the share of each language among the titles of an index, the commonest first.

    At most 500 searches old. A language that is missing from it does no harm: its products are
    found all the same.
    """
    with _LOCK:
        known = _KNOWN.get(index)
        if known and known.uses < _USES:
            known.uses += 1
            return known.shares
    [facet] = index.facets(["lang"], Filter(), _MOST)
    titles = sum(count.count for count in facet.counts)
    shares = {count.value: count.count / titles for count in facet.counts}
    if shares:  # an empty catalogue is about to be filled: ask again
        with _LOCK:
            _KNOWN[index] = _Known(shares)
    return shares


def read_by(spoken: Mapping[Lang, float], catalogue: Mapping[Lang, float]) -> float:
    """Return the share of a catalogue that is in the language of a query, 0..1; .5 if nobody knows.

    Args:
        spoken: Odds of the query's languages.
        catalogue: Share of each language among the titles.

    >>> read_by({"de": 0.5, "nl": 0.5}, {"en": 0.8, "de-AT": 0.2}), read_by({}, {"en": 1.0})
    (0.1, 0.5)
    """
    known = {lang: share for lang, share in catalogue.items() if lang != "und"}
    if not spoken or not known:
        return 0.5
    odds: dict[str, float] = {}
    for lang, share in spoken.items():
        odds[_language(lang)] = odds.get(_language(lang), 0.0) + share
    return sum(odds.get(_language(lang), 0.0) * share for lang, share in known.items())


def _language(lang: Lang) -> str:
    return lang.partition("-")[0]
