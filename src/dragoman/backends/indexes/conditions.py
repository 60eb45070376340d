"""A filter as a few kinds of condition that every engine of the family can push down. Knows no engine.

Also says which fields a product is filtered, counted and walked by: one place, so that what is written and
what is asked cannot drift apart.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from dragoman.backends.indexes.ids import id_of, order_keys, point_of
from dragoman.backends.indexes.prices import EVERYWHERE, price_codes, price_field, price_span
from dragoman.text.measures import compared, kind_of
from dragoman.types import Fact, FactFilter, Filter, Listing, Offer, Product

FieldKind: TypeAlias = Literal["keyword", "integer", "float"]

FIELDS: dict[str, FieldKind] = {
    "brand": "keyword",
    "category": "keyword",  # every path on the way
    "fact": "keyword",  # name and value
    "tag": "keyword",  # languages, sellers, names of facts, markets with their states: few values each
    "nums[].k": "keyword",  # name of a fact that is a number
    "nums[].v": "float",
    "order0": "integer",
    "order1": "integer",
    "order2": "integer",
}
"""Every field an engine indexes. ``a[].b`` is field b of each object of the list a. Each costs files, and a
disk sync of each file at every flush: what can share a field does. Beside them, each currency of the shop has
an integer field (`price_field`), made when its first price arrives."""

TAGGED, WORDS = "product", "words"  # the tag of every product, and of the blocks of the vocabulary
_APART = "\x1f"  # stands between the parts of a value: in no one's text

_NUMBER = re.compile(r"\s*[+-]?[0-9]+(\.[0-9]+)?\s*")


@dataclass(frozen=True, slots=True)
class Is:
    """The field holds one of the values."""

    key: str
    values: Sequence[str] | Sequence[int]


@dataclass(frozen=True, slots=True)
class Between:
    """The field holds a number of low..high, ends included; ``None`` is open."""

    key: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Above:
    """The field holds a number greater than this."""

    key: str
    low: int


@dataclass(frozen=True, slots=True)
class Among:
    """The point is one of these."""

    points: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class One:
    """One object of the list ``key`` meets all."""

    key: str
    conditions: Sequence["Condition"]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the conditions holds."""

    conditions: Sequence["Condition"]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition of ``must`` holds and none of ``never``."""

    must: Sequence["Condition"] = ()
    never: Sequence["Condition"] = ()


Condition: TypeAlias = Is | Between | Above | Among | One | AnyOf | AllOf


def conditions(where: Filter, currencies: Container[str] = ()) -> AllOf:
    """Return the filter as conditions on the `FIELDS`.

    ``currencies`` are those that have a field: a price in any other is no one's, and asking an engine for a
    field it does not index would make it read every product.

    >>> conditions(Filter(brands=("Nike", "Adidas"))).must
    [Is(key='brand', values=['Nike', 'Adidas'])]
    """
    must: list[Condition] = []
    if where.ids is not None:
        must.append(Among([point_of(id_) for id_ in where.ids]))
    plain = (
        ("brand", where.brands),
        ("category", [tidy_path(path) for path in where.categories]),
        ("tag", [joined("seller", seller) for seller in where.sellers]),
        ("tag", [joined("lang", lang) for lang in where.langs]),
    )
    must += [Is(key, list(values)) for key, values in plain if values]
    must += [_fact(asked) for asked in where.facts]
    must += _offer(where, currencies)
    return AllOf(must, [Among([point_of(id_) for id_ in where.not_ids])] if where.not_ids else ())


def joined(*parts: str) -> str:
    """Return the parts as one value of a field, with a character between them that no text has."""
    return _APART.join(parts)


def _offer(where: Filter, currencies: Container[str]) -> list[Condition]:
    """Conditions that must hold of one and the same offer."""
    markets = [where.market, EVERYWHERE] if where.market else [""]
    states = where.availability or ("",)
    if where.prices:
        ways = [
            Between(price_field(price.currency), *price_span(market, state, price.low, price.high))
            for price in where.prices
            if price.currency in currencies
            for market in markets
            for state in states
        ]
        return [AnyOf(ways) if ways else Among(())]
    if where.market or where.availability:
        return [Is("tag", [joined("offer", market, state) for market in markets for state in states])]
    return []


def _fact(asked: FactFilter) -> Condition:
    ways: list[Condition] = []
    if asked.values:
        ways.append(Is("fact", [joined(asked.name, value) for value in asked.values]))
    if asked.low is not None or asked.high is not None:
        name, low, high = _ends(asked)
        ways.append(One("nums", [Is("k", [name]), Between("v", low, high)]))
    if not ways:
        return Is("tag", [joined("fact", asked.name)])
    return ways[0] if len(ways) == 1 else AnyOf(ways)


def _ends(asked: FactFilter) -> tuple[str, float | None, float | None]:
    """Return the name that a range is kept under, and its ends in the unit that amounts of it are kept in."""
    if not asked.unit:
        return asked.name, asked.low, asked.high
    low, high = (compared(end, asked.unit) if end is not None else None for end in (asked.low, asked.high))
    # A unit that nobody knows is no product's.
    kind = kind_of(asked.unit) or asked.unit
    return joined(asked.name, kind), low.value if low else asked.low, high.value if high else asked.high


def fields(listing: Listing) -> dict[str, object]:
    """Return what a listing is filtered, counted and walked by; absent fields are left out."""
    product = listing.product
    offers, facts = _offers(product), _facts(product)
    every: dict[str, object] = {
        "id": "" if id_of(point_of(product.id)) else product.id,  # most ids are spelled out in the point's
        "digest": listing.digest,
        "brand": product.brand,
        "category": category_paths(product.category),
        "fact": list(dict.fromkeys(joined(fact.name, fact.value) for fact in facts)),
        "tag": _tags(product, offers, facts),
        "nums": _numbers(facts),
        "price": price_codes(offers),
    }
    kept = {key: value for key, value in every.items() if value}
    return kept | {f"order{level}": key for level, key in enumerate(order_keys(product.id))}


def _tags(product: Product, offers: Sequence[Offer], facts: Sequence[Fact]) -> list[str]:
    tags = {joined("lang", title.lang) for title in product.titles if title.lang}
    tags |= {joined("fact", fact.name) for fact in facts if fact.name}
    tags |= {joined("seller", product.seller)} if product.seller else set()
    return [TAGGED, *sorted(tags | _states(offers))]


def _states(offers: Sequence[Offer]) -> set[str]:
    """States by market; each market's with those for every market, under "*" those alone, under "" any.

    The state "" stands for any: that there is an offer.
    """
    found: set[str] = set()
    everywhere = {offer.availability for offer in offers if not offer.market}
    for offer in offers:
        for state in (offer.availability, ""):
            found |= {joined("offer", "", state), joined("offer", offer.market or EVERYWHERE, state)}
        if offer.market:
            found |= {joined("offer", offer.market, state) for state in everywhere}
    return found


def _numbers(facts: Sequence[Fact]) -> list[dict[str, object]]:
    """Return the numbers as written, and amounts once more, in the unit that their kind is compared in."""
    found: list[dict[str, object]] = []
    for fact in facts:
        if _NUMBER.fullmatch(fact.value):
            found.append({"k": fact.name, "v": float(fact.value)})
            amount = compared(float(fact.value), fact.unit) if fact.unit else None
            if amount:
                found.append({"k": joined(fact.name, amount.unit), "v": amount.value})
    return found


def category_paths(category: str) -> list[str]:
    """Return every path on the way to this one, broad to narrow.

    >>> category_paths("Home>Kitchen")
    ['Home', 'Home > Kitchen']
    """
    parts = tidy_path(category).split(" > ")
    return [" > ".join(parts[: i + 1]) for i in range(len(parts))] if category else []


def tidy_path(path: str) -> str:
    """Return the path with one space around each ">"."""
    return " > ".join(part.strip() for part in path.split(">"))


def _offers(product: Product) -> list[Offer]:
    return [*product.offers, *(offer for variant in product.variants for offer in variant.offers)]


def _facts(product: Product) -> list[Fact]:
    return [*product.facts, *(option for variant in product.variants for option in variant.options)]
