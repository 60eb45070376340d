"""What a catalogue is like at large: how alike unrelated products are, and what is cheap in which category.

Read from a sample, once, and again when the catalogue has grown; a large one in the background.
"""

import logging
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from threading import Lock, Thread
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from dragoman.errors import DragomanError
from dragoman.ports import Index
from dragoman.rank.profile import ALIKE
from dragoman.text.money import convert, shipped_rates
from dragoman.types import Product

_SAMPLE: Final = 3_000
_COMPARED: Final = 400
_PAGE: Final = 2_000
_AT_ONCE: Final = 5_000  # products up to which the first request does the reading itself: a tenth of a second
_USES: Final = 500  # requests before the index is asked whether it has grown
_RUNGS: Final = 8  # prices from which a category has levels
_DEVIATIONS: Final = 1.75  # above the mean of unrelated pairs: about one pair in thirty

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Survey:
    """A catalogue at large."""

    alike: float = ALIKE  # cosine from which two products are one interest
    ladders: Mapping[str, Sequence[float]] = field(default_factory=dict)  # by category path: sorted prices
    sample: tuple[str, ...] = ()  # ids from all over the catalogue

    def level(self, product: Product) -> float | None:
        """Return where a product's price stands in its category, 0 the cheapest, 1 the dearest, if known."""
        price = price_of(product)
        if price is None:
            return None
        for path in _paths(product.category):
            ladder = self.ladders.get(path, ())
            if len(ladder) >= _RUNGS:
                return (bisect_left(ladder, price) + bisect_right(ladder, price)) / 2 / len(ladder)
        return None


def survey(index: Index) -> Survey:
    """Read a sample of the catalogue."""
    ids = list(_spread(index))
    if not ids:
        return Survey()
    ladders: dict[str, list[float]] = {}
    for product in index.get(ids):
        price = price_of(product)
        for path in _paths(product.category) if price is not None else ():
            ladders.setdefault(path, []).append(price or 0.0)
    return Survey(
        _alike(index, ids),
        {path: sorted(prices) for path, prices in ladders.items() if len(prices) >= _RUNGS},
        # In an order that has nothing to do with theirs, so that the first of them are from all over too.
        tuple(sorted(ids, key=lambda id_: blake2b(id_.encode("utf-8", "replace"), digest_size=8).digest())),
    )


def price_of(product: Product) -> float | None:
    """Return a product's first price in the base of the shipped rates; None where there is none.

    >>> from dragoman.types import Money, Offer
    >>> price_of(Product("1", (), offers=(Offer("", Money(500, "EUR")),)))
    500.0
    """
    offers = product.offers or tuple(offer for variant in product.variants for offer in variant.offers)
    if not offers:
        return None
    rates = shipped_rates()
    try:
        return float(convert(offers[0].price, rates.base, rates).minor)
    except DragomanError:
        return None


@dataclass(slots=True)
class _Known:
    survey: Survey
    products: int = 0
    uses: int = 0
    thread: Thread | None = None


_KNOWN: "WeakKeyDictionary[Index, _Known]" = WeakKeyDictionary()
_LOCK = Lock()


def survey_of(index: Index) -> Survey:
    """Return the survey of an index: read at the first call, anew once the catalogue has grown by a tenth.

    Of a large catalogue the first requests get the defaults, until the reading in the background is done.
    """
    with _LOCK:
        known = _KNOWN.setdefault(index, _Known(Survey()))
        known.uses += 1
        if known.uses % _USES != 1 and known.products:
            return known.survey
        if known.thread and known.thread.is_alive():
            return known.survey
        products = len(index)
        if products and abs(products - known.products) * 10 > known.products:
            known.thread = Thread(target=_read, args=(index, known, products), name="survey", daemon=True)
            known.thread.start()
        thread = known.thread
    if thread and products <= _AT_ONCE:
        thread.join()
    return known.survey


def _read(index: Index, known: _Known, products: int) -> None:
    try:
        known.survey = survey(index)
        known.products = products
    except DragomanError as error:
        log.warning("the catalogue cannot be surveyed, trying again later: %s", error)


def _spread(index: Index) -> Iterator[str]:
    """Ids from all over the catalogue, in their order."""
    every = max(1, len(index) // _SAMPLE)
    after, at = "", 0
    while ids := index.ids(after, _PAGE):
        for id_ in ids:
            if at % every == 0:
                yield id_
            at += 1
        after = ids[-1]


def _alike(index: Index, ids: Sequence[str]) -> float:
    step = max(1, len(ids) // _COMPARED)
    rows = index.vectors(ids[::step][:_COMPARED])
    if len(rows) < 10:
        return ALIKE
    cosines = (rows @ rows.T)[np.triu_indices(len(rows), 1)]
    return float(min(0.95, cosines.mean() + _DEVIATIONS * cosines.std()))


@lru_cache(maxsize=8192)  # a shop's categories; asked for some fifty products a request
def _paths(category: str) -> tuple[str, ...]:
    """The category and those above it, the narrowest first."""
    parts = [part.strip() for part in category.split(">")] if category else []
    return tuple(" > ".join(parts[:end]) for end in range(len(parts), 0, -1))
