"""What ranking needs of a product, and no more: small enough to keep tens of thousands at hand."""

import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from dragoman.errors import NotFound
from dragoman.ports import Index
from dragoman.rank.profile import Trait
from dragoman.recommend.survey import Survey
from dragoman.types import Product, Text

_KEPT: Final = 40_000  # cards, about 100 MB with 384 dims
_FRESH_S: Final = (
    60.0  # a price or a stock that changed is seen in the ranking after this; on the page at once
)
_GONE: Final = ("out_of_stock", "discontinued")


@dataclass(frozen=True, slots=True)
class Card:
    """A product in brief."""

    trait: Trait
    titles: tuple[Text, ...] = ()
    seller: str = ""
    markets: frozenset[str] = frozenset()  # where it can be had; "" is everywhere
    is_priced: bool = False  # whether it has offers at all

    @property
    def vector(self) -> NDArray[np.float32]:
        """Where it lies."""
        assert self.trait.vector is not None
        return self.trait.vector

    def sells_in(self, market: str) -> bool:
        """Say whether it can be had in a market; where nobody said anything of offers, it can."""
        if not self.is_priced:
            return not market
        return bool(self.markets) and (not market or market in self.markets or "" in self.markets)


def card_of(product: Product, vector: NDArray[np.float32], survey: Survey) -> Card:
    """Return a product in brief.

    >>> from dragoman.types import Money, Offer
    >>> offers = (Offer("DE", Money(1, "EUR")), Offer("FR", Money(1, "EUR"), availability="out_of_stock"))
    >>> card = card_of(Product("1", (), offers=offers), np.ones(1, "f4"), Survey())
    >>> card.sells_in("DE"), card.sells_in("FR"), card.sells_in("")
    (True, False, True)
    """
    offers = [*product.offers, *(offer for variant in product.variants for offer in variant.offers)]
    return Card(
        Trait(product.category, product.brand, vector, survey.level(product)),
        product.titles,
        product.seller,
        frozenset(offer.market for offer in offers if offer.availability not in _GONE),
        bool(offers),
    )


class Cards:
    """The cards of one index, those asked for lately kept; safe to use from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, Card]] = OrderedDict()
        self._lock = Lock()

    def get(self, ids: Iterable[str], index: Index, survey: Survey) -> dict[str, Card]:
        """Return the cards of those products that exist."""
        wanted, now = list(dict.fromkeys(ids)), time.monotonic()
        with self._lock:
            known = {id_: card for id_ in wanted if (card := self._recalled(id_, now)) is not None}
        missing = [id_ for id_ in wanted if id_ not in known]
        if missing:
            fresh = dict(_made(missing, index, survey))
            known |= fresh
            with self._lock:
                self._kept.update((id_, (now, card)) for id_, card in fresh.items())
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return {id_: known[id_] for id_ in wanted if id_ in known}

    def _recalled(self, id_: str, now: float) -> Card | None:
        found = self._kept.get(id_)
        if found is None or now - found[0] > _FRESH_S:
            return None
        self._kept.move_to_end(id_)
        return found[1]


_CARDS: "WeakKeyDictionary[Index, Cards]" = WeakKeyDictionary()
_LOCK = Lock()


def cards_of(ids: Iterable[str], index: Index, survey: Survey) -> Mapping[str, Card]:
    """Return the cards of those products that exist, in the order asked."""
    with _LOCK:
        cards = _CARDS.setdefault(index, Cards())
    return cards.get(ids, index, survey)


def _made(ids: list[str], index: Index, survey: Survey) -> Iterable[tuple[str, Card]]:
    try:
        products, vectors = index.get(ids), index.vectors(ids)
    except NotFound:
        if len(ids) == 1:
            return []
        half = len(ids) // 2  # one of them has left the shop: look for it by halves
        return [*_made(ids[:half], index, survey), *_made(ids[half:], index, survey)]
    return [
        (product.id, card_of(product, vector.copy(), survey))
        for product, vector in zip(products, vectors, strict=True)
    ]
