"""What a catalogue itself offers to complete a prefix: first words of titles, categories, brands."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np

from dragoman.ports import Index
from dragoman.text.normalise import normalise
from dragoman.types import Filter, Lang, Product

_READ = 20_000  # products whose titles are read; a larger catalogue repeats itself
_PAGE = 500
_VALUES = 2_000  # categories and brands
_USES = 500  # requests before the index is asked whether it has changed
_WORDS = 5  # of an offer: a title's first words name the product, or the words from where the shopper began
_OWN = 1e9  # weight of the shopper's language among ranks
_BEGINS = 1e8  # weight of being at a text's beginning: above any count
_TIMES = 4
_HEAD = re.compile(r"\s[-–|]\s|[,:;(\[|،、，（【]")

# Where a word may start inside a text: after a space, and at any character of scripts without spaces.
_STARTS = re.compile(
    r"(?<=\s)\S|[\u0e01-\u0e30\u0e40-\u0e46\u1000-\u102a\u1780-\u17b3\u3041-\u30fa\u3400-\u9fff]"
)


@dataclass(frozen=True, slots=True)
class Offer:
    """Words that lead to products, their language ("und" for names), and to how many."""

    text: str
    lang: Lang
    count: int


class Shelf:
    """Offers sorted by their normalised words, from each word on: "garden hose" is found by "hose" too."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        found = ((key, is_inside, offer) for offer in offers for key, is_inside in _keys(offer.text))
        entries = sorted(found, key=lambda entry: (entry[0], entry[1], entry[2].text, entry[2].lang))
        self._keys = [key for key, _, _ in entries]
        self._offers = [offer for _, _, offer in entries]
        self._langs = sorted({_language(offer.lang) for offer in self._offers})
        places = {lang: place for place, lang in enumerate(self._langs)}
        self._codes = np.array([places[_language(offer.lang)] for offer in self._offers], np.int16)
        self._ranks = np.array([_rank(offer, is_inside) for _, is_inside, offer in entries], np.float64)

    def __len__(self) -> int:
        return len(self._keys)

    def starting(self, prefix: str, lang: Lang, k: int) -> list[Offer]:
        """Return at most ``k`` offers with a word from which on they begin with ``prefix`` and are longer.

        First those in the shopper's language, then those that begin so themselves, then by how many products.
        """
        start = normalise(prefix)
        if not start or k < 1:
            return []
        start += " " * prefix[-1:].isspace()  # the word is whole
        low = bisect_left(self._keys, start)
        high = bisect_left(self._keys, start + "\U0010ffff", low)
        codes = [place for place, own in enumerate(self._langs) if own in {_language(lang), "und"}]
        ranks = self._ranks[low:high] + _OWN * np.isin(self._codes[low:high], codes)
        most = min(len(ranks), _TIMES * k)  # an offer may begin so at two of its words
        best = np.argpartition(-ranks, most - 1)[:most] if most else np.zeros(0, np.intp)
        ordered = sorted(best.tolist(), key=lambda place: (-ranks[place], place))
        some = dict.fromkeys(self._offers[low + place] for place in ordered)
        return [offer for offer in some if normalise(offer.text) != start][:k]


@dataclass(slots=True)
class _Known:
    shelf: Shelf
    products: int
    uses: int = 0


_KNOWN: "WeakKeyDictionary[Index, _Known]" = WeakKeyDictionary()
_LOCK = Lock()


def shelf_of(index: Index) -> Shelf:
    """Return the offers of an index, read at the first call and again when it has grown or shrunk.

    Whether it has is asked once in 500 calls; reading takes about a second for 20,000 products, beyond which
    titles are not read.
    """
    with _LOCK:
        known = _KNOWN.get(index)
        if known:
            known.uses += 1
            if known.uses % _USES or len(index) == known.products:
                return known.shelf
    fresh = _Known(Shelf(_offers(index)), len(index))  # meanwhile others are shown the old one
    if fresh.products:  # an empty catalogue is about to be filled: ask again
        with _LOCK:
            _KNOWN[index] = fresh
    return fresh.shelf


def first_words(title: str) -> str:
    """Return the words of a title that name the product, before its details.

    >>> first_words("Liquid Egg Whites, Cage Free, 32 oz"), first_words("2-in-1 Desk Lamp - dimmable")
    ('Liquid Egg Whites', '2-in-1 Desk Lamp')
    """
    return next((part.strip() for part in _HEAD.split(title) if part.strip()), title.strip())


def _offers(index: Index) -> list[Offer]:
    counts: Counter[tuple[str, Lang]] = Counter()
    for product in _products(index):
        for title in product.titles:
            words = first_words(title.value).split()
            starts = range(len(words)) if len(words) > _WORDS else range(1)
            cut = {
                " ".join(words[at : at + _WORDS]) for at in starts if len(words) - at >= min(2, len(words))
            }
            counts.update((text.lower(), title.lang) for text in cut)
    for facet in index.facets(["category", "brand"], Filter(), _VALUES):
        for value in facet.counts:
            if value.value:
                counts[value.value.split(" > ")[-1].lower(), "und"] += value.count
    return [Offer(text, lang, count) for (text, lang), count in counts.items()]


def _products(index: Index) -> Iterable[Product]:
    after, read = "", 0
    while read < _READ and (ids := index.ids(after, _PAGE)):
        yield from index.get(ids)
        after, read = ids[-1], read + len(ids)


def _language(lang: Lang) -> str:
    return lang.partition("-")[0]


def _rank(offer: Offer, is_inside: bool) -> float:
    """Higher comes first: at the beginning before inside, then for more products, then shorter."""
    return (0.0 if is_inside else _BEGINS) + 10.0 * min(offer.count, 1_000_000) - min(len(offer.text), 9.0)


def _keys(text: str) -> Sequence[tuple[str, bool]]:
    """The normalised text from each of its words on, and whether that is inside it."""
    normal = normalise(text)
    return [(normal[at:], at > 0) for at in (0, *(found.start() for found in _STARTS.finditer(normal, 1)))]
