"""A filter as a few kinds of condition that every engine of the family can push down. Knows no engine.

Also says which fields a product is filtered, counted and walked by: one place, so that what is written and
what is asked cannot drift apart.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from dragoman.backends.indexes.ids import order_keys, point_of
from dragoman.types import Fact, FactFilter, Filter, Listing, Offer, PriceRange, Product

FieldKind: TypeAlias = Literal["keyword", "integer", "float"]

FIELDS: dict[str, FieldKind] = {
    "kind": "keyword",
    "brand": "keyword",
    "seller": "keyword",
    "category": "keyword",
    "lang": "keyword",
    "market": "keyword",
    "state": "keyword",
    "fact": "keyword",
    "facts": "keyword",
    "term": "keyword",
    "offers[].m": "keyword",
    "offers[].c": "keyword",
    "offers[].a": "keyword",
    "offers[].p": "integer",
    "numbers[].n": "keyword",
    "numbers[].v": "float",
    "order0": "integer",
    "order1": "integer",
    "order2": "integer",
}
"""Every field an engine indexes. ``a[].b`` is field b of each object of the list a."""

PRODUCT = "product"  # the kind of the points that are found; texts and passages lie in points of no kind
EVERYWHERE = "*"  # how the market "" is written: engines differ on empty keywords
_APART = "\x1f"  # stands between a fact's name and value, or a market and a state: in no one's text

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


def conditions(where: Filter) -> AllOf:
    """Return the filter as conditions on the `FIELDS`.

    >>> conditions(Filter(brands=("Nike",), market="DE")).must
    [Is(key='brand', values=['Nike']), Is(key='market', values=['DE', '*'])]
    """
    must: list[Condition] = []
    if where.ids is not None:
        must.append(Among([point_of(id_) for id_ in where.ids]))
    plain = (("brand", where.brands), ("seller", where.sellers), ("lang", where.langs),
             ("category", tuple(map(tidy_path, where.categories))))  # fmt: skip
    must += [Is(key, list(values)) for key, values in plain if values]
    must += [_fact(asked) for asked in where.facts]
    must += _offer_conditions(where)
    return AllOf(must, [Among([point_of(id_) for id_ in where.not_ids])] if where.not_ids else ())


def _offer_conditions(where: Filter) -> list[Condition]:
    """Conditions that must hold of one and the same offer, by the cheapest fields that can say so."""
    markets = [where.market, EVERYWHERE]
    if not where.prices and not where.availability:
        return [Is("market", markets)] if where.market else []
    if not where.prices:
        places = markets if where.market else [""]
        return [Is("state", [place + _APART + state for place in places for state in where.availability])]
    met: list[Condition] = [Is("m", markets)] if where.market else []
    met += [Is("a", list(where.availability))] if where.availability else []
    ranges = [_price(price) for price in where.prices]
    met.append(ranges[0] if len(ranges) == 1 else AnyOf(ranges))
    return [One("offers", met)]


def _price(price: PriceRange) -> Condition:
    currency = Is("c", [price.currency])
    if price.low is None and price.high is None:
        return currency
    return AllOf([currency, Between("p", price.low, price.high)])


def _fact(asked: FactFilter) -> Condition:
    ways: list[Condition] = []
    if asked.values:
        ways.append(Is("fact", [asked.name + _APART + value for value in asked.values]))
    if asked.low is not None or asked.high is not None:
        ways.append(One("numbers", [Is("n", [asked.name]), Between("v", asked.low, asked.high)]))
    if not ways:
        return Is("facts", [asked.name])
    return ways[0] if len(ways) == 1 else AnyOf(ways)


def fields(listing: Listing, terms: Iterable[str]) -> dict[str, object]:
    """Return what a listing is filtered, counted and walked by; absent fields are left out."""
    product = listing.product
    offers, facts = _offers(product), _facts(product)
    every: dict[str, object] = {
        "kind": PRODUCT,
        "id": product.id,
        "digest": listing.digest,
        "brand": product.brand,
        "seller": product.seller,
        "category": category_paths(product.category),
        "lang": _distinct(title.lang for title in product.titles),
        "market": _distinct(offer.market or EVERYWHERE for offer in offers),
        "state": _states(offers),
        "offers": _distinct_offers(offers),
        "facts": _distinct(fact.name for fact in facts),
        "fact": _distinct(fact.name + _APART + fact.value for fact in facts),
        "numbers": [{"n": f.name, "v": float(f.value)} for f in facts if _NUMBER.fullmatch(f.value)],
        "term": list(terms),
    }
    every |= {f"order{level}": key for level, key in enumerate(order_keys(product.id))}
    return {key: value for key, value in every.items() if value or key in ("order0", "order1", "order2")}


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


def fact_prefix(name: str) -> str:
    """Return what the values of this fact begin with in the field ``fact``."""
    return name + _APART


def state_prefix(market: str) -> str:
    """Return what the states of this market (``""``: of any; ``"*"``: of every) begin with in ``state``."""
    return market + _APART


def _states(offers: Sequence[Offer]) -> list[str]:
    """States by market, each market's with those for every market, under "*" those alone, under "" any."""
    everywhere = {offer.availability for offer in offers if not offer.market}
    found = {_APART + offer.availability for offer in offers}
    found |= {EVERYWHERE + _APART + state for state in everywhere}
    for offer in offers:
        if offer.market:
            found |= {offer.market + _APART + state for state in (offer.availability, *everywhere)}
    return sorted(found)


def _distinct_offers(offers: Sequence[Offer]) -> list[dict[str, object]]:
    rows = {(o.market or EVERYWHERE, o.price.currency, o.availability, o.price.minor) for o in offers}
    return [dict(zip("mcap", row, strict=True)) for row in sorted(rows)]


def _distinct(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]


def _offers(product: Product) -> list[Offer]:
    return [*product.offers, *(offer for variant in product.variants for offer in variant.offers)]


def _facts(product: Product) -> list[Fact]:
    return [*product.facts, *(option for variant in product.variants for option in variant.options)]
