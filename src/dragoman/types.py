"""The nouns of the guide: frozen values that move between ports and verbs.

Values only: no I/O, no model, no framework. A text always travels with its language;
a score always travels with its reasons; money is counted in whole minor units.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Lang: TypeAlias = str
"""BCP 47 tag in canonical case: ``en``, ``pt-BR``, ``zh-Hant``; ``und`` when nobody knows."""

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim), rows of unit length."""

Terms: TypeAlias = Mapping[str, float]
"""A bag of index terms with their weights: the lexical counterpart of one vector."""

TextSource: TypeAlias = Literal["seller", "human", "machine"]
Availability: TypeAlias = Literal[
    "in_stock", "limited", "preorder", "backorder", "out_of_stock", "discontinued", "unknown"
]
PassageKind: TypeAlias = Literal["title", "bullet", "description", "attribute", "review", "answer"]
Sort: TypeAlias = Literal["relevance", "price_up", "price_down"]

NOTHING: Mapping[str, float] = MappingProxyType({})
"""The empty mapping that frozen values share as their default."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words and the language they are in; ``source`` says who wrote them."""

    value: str
    lang: Lang
    source: TextSource = "seller"


@dataclass(frozen=True, slots=True)
class Money:
    """An exact price in the currency's smallest unit: 1999 EUR is 19.99 euro, 1999 JPY is 1999 yen."""

    minor: int
    currency: str  # ISO 4217


@dataclass(frozen=True, slots=True)
class Rates:
    """How many units of each currency one unit of ``base`` buys, on the day ``date`` (ISO 8601)."""

    base: str
    per_base: Mapping[str, float]
    date: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What one market pays for a product or a variant."""

    market: str  # ISO 3166-1 alpha-2; "" is every market
    price: Money
    list_price: Money | None = None  # before the reduction
    availability: Availability = "unknown"
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute of a product, with the words it was read from."""

    name: str
    value: str
    unit: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One purchasable form of a product: a size, a colour."""

    id: str
    options: tuple[Fact, ...] = ()
    offers: tuple[Offer, ...] = ()
    gtin: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A product as its seller wrote it: one text per language, the seller's own first.

    Machine translations are derived values, kept beside a product, never in it.
    """

    id: str
    titles: tuple[Text, ...]
    descriptions: tuple[Text, ...] = ()
    bullets: tuple[Text, ...] = ()
    brand: str = ""
    category: str = ""  # a path, broad to narrow: "Home & Garden > Kitchen"
    facts: tuple[Fact, ...] = ()
    variants: tuple[Variant, ...] = ()
    offers: tuple[Offer, ...] = ()
    images: tuple[str, ...] = ()
    url: str = ""
    gtin: str = ""
    mpn: str = ""
    seller: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of evidence: one sentence or paragraph about a product, and what kind of voice it is."""

    product: str
    kind: PassageKind
    text: Text


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed says of one product: the product, what others say of it, and the digest of both.

    Equal digests mean equal content, so an unchanged row is skipped when a feed is read again.
    """

    product: Product
    passages: tuple[Passage, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Prices of one currency, both ends included; ``None`` leaves an end open. Minor units."""

    currency: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class FactFilter:
    """Keeps products whose fact ``name`` has one of ``values``, or a number within ``low``..``high``."""

    name: str
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


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
    about: tuple[str, ...] = ()  # product ids a question is asked about


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


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row of a feed that could not be taken, where it stands, and what to do about it."""

    line: int
    field: str
    value: str
    problem: str
    remedy: str
    source: str = ""  # the file
    product: str = ""  # its id, where the row got so far as to say it


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of every row of a feed."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejections: tuple[Rejection, ...] = ()
    warnings: tuple[Rejection, ...] = ()  # taken, but something in it was left out
