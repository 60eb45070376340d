"""What is asked of a shop and what is found: filters, queries, hits, facets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from dragoman.types.goods import Availability, Fact, Lang, Money, Offer, Product, Text
from dragoman.types.shoppers import Profile

Terms: TypeAlias = Mapping[str, float]
"""A bag of index terms with their weights: the lexical counterpart of one vector."""

Sort: TypeAlias = Literal["relevance", "price_up", "price_down"]

NOTHING: Mapping[str, float] = MappingProxyType({})
"""The empty mapping that frozen values share as their default."""


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Prices of one currency, both ends included; ``None`` leaves an end open. Minor units."""

    currency: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class FactFilter:
    """Keeps products whose fact ``name`` has one of ``values``, or a number within ``low``..``high``.

    With a ``unit``, amounts in any unit of its kind are compared: 2 lb is within 0.5..1 kg. Without one,
    numbers are compared as their sellers wrote them.
    """

    name: str
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A closed set of conditions, all of which hold, so that every index can honour each of them.

    | field | keeps |
    |---|---|
    | ``market="AT"`` | products with an offer for Austria or for every market |
    | ``categories=("Home", "Toys")`` | products under either path |
    | ``brands``, ``sellers``, ``langs`` | any of those; ``langs`` are languages of the titles |
    | ``availability`` | an offer (in ``market``, if given) with one of these states |
    | ``prices`` | an offer (in ``market``, if given) inside any of these ranges |
    | ``facts`` | every one of these fact filters holds; options of variants are facts too |
    | ``ids``, ``not_ids`` | only, or never, these products; ``ids=None`` is no condition |

    ``market``, ``availability`` and ``prices`` hold of one and the same offer, of product or variant.
    """

    market: str = ""
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    sellers: tuple[str, ...] = ()
    langs: tuple[Lang, ...] = ()
    availability: tuple[Availability, ...] = ()
    prices: tuple[PriceRange, ...] = ()
    facts: tuple[FactFilter, ...] = ()
    ids: tuple[str, ...] | None = None
    not_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """One request noun for search, recommendation and questions.

    ``langs`` are the languages the shopper reads, best first: the first one is shown.
    ``price_low`` and ``price_high`` may be in any currency; the verb converts them.
    """

    text: str
    langs: tuple[Lang, ...] = ()
    market: str = ""
    currency: str = ""
    k: int = 10
    cursor: str = ""
    sort: Sort = "relevance"
    where: Filter = Filter()
    price_low: Money | None = None
    price_high: Money | None = None
    about: tuple[str, ...] = ()  # product ids a question, or a recommendation, is about
    shopper: str = ""  # a pseudonym of whoever asks; "" is nobody in particular
    profile: Profile | None = None  # what is known of them


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was made of a query's words before anything was looked up."""

    text: str  # as typed
    normal: str  # as searched
    langs: Mapping[Lang, float] = field(default_factory=lambda: NOTHING)  # sums to 1; empty: abstained
    brands: tuple[str, ...] = ()  # canonical names of the brands recognised
    corrected: str = ""  # the spelling that was searched beside the typed one
    translated: str = ""  # the English words that were searched beside the typed ones


@dataclass(frozen=True, slots=True)
class Scored:
    """An id found by an index, with its raw score: higher is better."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A product found, its score, what the score is made of, and how it is shown to this shopper."""

    product: Product
    score: float
    why: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    shown: Text = Text("", "und")
    offer: Offer | None = None  # the one for the shopper's market
    price: str = ""  # that offer's price, written for the shopper's locale
    words: tuple[str, ...] = ()  # words of the query found in the product
    facts: tuple[Fact, ...] = ()  # facts of the product that the query or filter named


@dataclass(frozen=True, slots=True)
class FacetCount:
    """One value of a facet and how many products have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow a list: ``brand``, ``category``, ``availability``, or ``fact:<name>``."""

    name: str
    counts: tuple[FacetCount, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits with what surrounds it."""

    hits: tuple[Hit, ...]
    understood: Understanding
    total: int = 0  # products in the ranked pool that pass the filter; a lower bound when the pool is full
    facets: tuple[Facet, ...] = ()
    cursor: str = ""  # send it back for the next page; "" at the end
    relaxed: tuple[str, ...] = ()  # conditions dropped because nothing met them all
