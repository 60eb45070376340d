"""An exact index in memory, obvious enough to judge the real ones by. Keeps nothing when the process ends."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from dragoman.errors import BadInput, NotFound
from dragoman.testing.index_contract import IndexContract
from dragoman.text.measures import compared, kind_of
from dragoman.text.spelling import Spellings
from dragoman.types import (
    Facet,
    FacetCount,
    Fact,
    FactFilter,
    Filter,
    Listing,
    Offer,
    Passage,
    PriceRange,
    Product,
    Scored,
    Terms,
    Vectors,
)

__all__ = ["IndexContract", "MemoryIndex"]

_NUMBER = re.compile(r"\s*[+-]?[0-9]+(\.[0-9]+)?\s*")


class MemoryIndex:
    """Compares every product with every query: the reference for `IndexContract` and a fake for tests."""

    def __init__(self, *, dim: int = 0) -> None:
        """``dim`` 0 takes the dim of the first batch."""
        self._dim = dim
        self._listings: dict[str, Listing] = {}
        self._vectors: dict[str, Vectors] = {}
        self._terms: dict[str, Terms] = {}

    def put(self, listings: Sequence[Listing], vectors: Vectors, terms: Sequence[Terms]) -> None:
        """Insert or replace by product id."""
        if not len(listings) == len(vectors) == len(terms):
            raise BadInput(f"{len(listings)} listings, {len(vectors)} vectors, {len(terms)} bags of terms")
        if listings and vectors.shape[1] != (self._dim or vectors.shape[1]):
            raise BadInput(f"vectors of dim {vectors.shape[1]} for an index of dim {self._dim}")
        if not all(listing.product.id for listing in listings):
            raise BadInput("a product has no id")
        for listing, vector, bag in zip(listings, vectors, terms, strict=True):
            self._dim = len(vector)
            self._listings[listing.product.id] = listing
            self._vectors[listing.product.id] = vector / (np.linalg.norm(vector) or 1)
            self._terms[listing.product.id] = {term: weight for term, weight in bag.items() if weight}

    def remove(self, ids: Sequence[str]) -> None:
        """Forget these products; unknown ids are ignored."""
        for kept in (self._listings, self._vectors, self._terms):
            for id_ in ids:
                kept.pop(id_, None)

    def get(self, ids: Sequence[str]) -> list[Product]:
        """Products in the order asked; raises NotFound naming the missing ids."""
        return [self._listings[id_].product for id_ in self._known(ids)]

    def passages(self, ids: Sequence[str]) -> list[tuple[Passage, ...]]:
        """What was put beside each product, in the order asked; raises NotFound."""
        return [self._listings[id_].passages for id_ in self._known(ids)]

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return (len(ids), dim), the unit rows that were put, in the order asked; raises NotFound."""
        rows = [self._vectors[id_] for id_ in self._known(ids)]
        return np.array(rows, dtype=np.float32).reshape(len(ids), self._dim)

    def digests(self, ids: Sequence[str]) -> list[str]:
        """Content digests in the order asked; "" for an unknown id."""
        return [self._listings[id_].digest if id_ in self._listings else "" for id_ in ids]

    def ids(self, after: str, k: int) -> list[str]:
        """At most k product ids greater than ``after``, in ascending id order."""
        return sorted(id_ for id_ in self._listings if id_ > after)[: max(k, 0)]

    def nearest(self, vectors: Vectors, k: int, where: Filter) -> list[list[Scored]]:
        """Per row, at most k products by cosine, best first, ties by id."""
        if len(vectors) and self._dim and vectors.shape[1] != self._dim:
            raise BadInput(f"query vectors of dim {vectors.shape[1]} for an index of dim {self._dim}")
        pool = self._passing(where)
        return [
            _best(
                (Scored(id_, float(self._vectors[id_] @ row / (np.linalg.norm(row) or 1))) for id_ in pool), k
            )
            for row in vectors
        ]

    def matching(self, queries: Sequence[Terms], k: int, where: Filter) -> list[list[Scored]]:
        """Per bag, at most k products sharing a term, by sum of weight x weight x idf."""
        pool = self._passing(where)
        held = Counter(term for bag in self._terms.values() for term in bag)
        count = sum(map(bool, self._terms.values()))
        # Robertson-Sparck Jones, smoothed as in Lucene: never negative.
        idf = {term: math.log((count - df + 0.5) / (df + 0.5) + 1) for term, df in held.items()}
        found = []
        for query in queries:
            shared = {id_: [t for t in query if query[t] and t in self._terms[id_]] for id_ in pool}
            scored = (
                Scored(id_, sum(query[t] * self._terms[id_][t] * idf[t] for t in both))
                for id_, both in shared.items()
                if both
            )
            found.append(_best(scored, k))
        return found

    def facets(self, names: Sequence[str], where: Filter, k: int) -> list[Facet]:
        """Per name, the k commonest values among products that pass ``where``, most first, ties by value."""
        pool = [self._listings[id_].product for id_ in self._passing(where)]
        found = []
        for name in names:
            counted = Counter(
                value for product in pool for value in set(_values(product, name, where.market))
            )
            counts = sorted(
                (FacetCount(*pair) for pair in counted.items()), key=lambda c: (-c.count, c.value)
            )
            found.append(Facet(name, tuple(counts[: max(k, 0)])))
        return found

    def spellings(self, terms: Sequence[str], k: int) -> list[list[Scored]]:
        """Per term, at most k indexed terms one or two typing slips away, the likeliest first."""
        held = Counter(term for bag in self._terms.values() for term in bag)
        known = Spellings()
        known.add(held)
        return [[] if term in held else known.near(term, k) for term in terms]

    def upkeep(self) -> None:
        """Nothing to keep up."""

    def close(self) -> None:
        """Nothing to release."""

    def __len__(self) -> int:
        return len(self._listings)

    def _known(self, ids: Sequence[str]) -> Sequence[str]:
        if missing := [id_ for id_ in ids if id_ not in self._listings]:
            raise NotFound(f"no products {missing}", hint="list them with `dragoman products`")
        return ids

    def _passing(self, where: Filter) -> list[str]:
        return [id_ for id_, listing in self._listings.items() if _passes(listing.product, where)]


def _best(scored: Iterable[Scored], k: int) -> list[Scored]:
    return sorted(scored, key=lambda s: (-s.score, s.id))[: max(k, 0)]


def _passes(product: Product, where: Filter) -> bool:
    asked_of_offer = where.market or where.availability or where.prices
    return (
        (where.ids is None or product.id in where.ids)
        and product.id not in where.not_ids
        and (not where.brands or product.brand in where.brands)
        and (not where.sellers or product.seller in where.sellers)
        and (not where.langs or any(title.lang in where.langs for title in product.titles))
        and (not where.categories or not set(_paths(product)).isdisjoint(map(_tidy, where.categories)))
        and all(_has_fact(product, fact) for fact in where.facts)
        and (not asked_of_offer or any(_suits(offer, where) for offer in _offers(product)))
    )


def _suits(offer: Offer, where: Filter) -> bool:
    return (
        (not where.market or offer.market in {where.market, ""})
        and (not where.availability or offer.availability in where.availability)
        and (not where.prices or any(_within(offer, price) for price in where.prices))
    )


def _within(offer: Offer, price: PriceRange) -> bool:
    return (
        offer.price.currency == price.currency
        and (price.low is None or offer.price.minor >= price.low)
        and (price.high is None or offer.price.minor <= price.high)
    )


def _has_fact(product: Product, asked: FactFilter) -> bool:
    own = [fact for fact in _facts(product) if fact.name == asked.name]
    values = [fact.value for fact in own]
    if not asked.values and asked.low is None and asked.high is None:
        return bool(values)
    if not set(values).isdisjoint(asked.values):
        return True
    if asked.low is None and asked.high is None:
        return False
    ends = [_in_kind(end, asked.unit) for end in (asked.low, asked.high)]
    low, high = (-math.inf if ends[0] is None else ends[0], math.inf if ends[1] is None else ends[1])
    kind = kind_of(asked.unit)
    numbers = [
        fact
        for fact in own
        if _NUMBER.fullmatch(fact.value) and (not asked.unit or kind_of(fact.unit) == kind != "")
    ]
    amounts = [_in_kind(float(fact.value), fact.unit if asked.unit else "") for fact in numbers]
    return any(low <= amount <= high for amount in amounts if amount is not None)


def _in_kind(number: float | None, unit: str) -> float | None:
    amount = compared(number, unit) if number is not None and unit else None
    return amount.value if amount else number


def _offers(product: Product) -> list[Offer]:
    return [*product.offers, *(offer for variant in product.variants for offer in variant.offers)]


def _facts(product: Product) -> list[Fact]:
    return [*product.facts, *(option for variant in product.variants for option in variant.options)]


def _tidy(path: str) -> str:
    return " > ".join(part.strip() for part in path.split(">"))


def _paths(product: Product) -> list[str]:
    parts = _tidy(product.category).split(" > ")
    return [" > ".join(parts[: i + 1]) for i in range(len(parts))] if product.category else []


def _values(product: Product, name: str, market: str) -> list[str]:
    if name.startswith("fact:"):
        return [fact.value for fact in _facts(product) if fact.name == name.removeprefix("fact:")]
    plain: dict[str, list[str]] = {
        "brand": [product.brand],
        "seller": [product.seller],
        "category": _paths(product),
        "lang": [title.lang for title in product.titles],
        "market": [offer.market for offer in _offers(product)],
        "availability": [o.availability for o in _offers(product) if not market or o.market in {market, ""}],
        "facts": [fact.name for fact in _facts(product)],
    }
    if name not in plain:
        raise BadInput(f"no facet named {name!r}", hint=f"there are {', '.join(plain)} and fact:<name>")
    return [value for value in plain[name] if value]
