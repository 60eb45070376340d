"""What a shop sells and what is said of it: texts, prices, products, passages.

Machine translations are derived values, kept beside a product, never in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Lang: TypeAlias = str
"""BCP 47 tag in canonical case: ``en``, ``pt-BR``, ``zh-Hant``; ``und`` when nobody knows."""

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim), rows of unit length."""

TextSource: TypeAlias = Literal["seller", "human", "machine"]
Availability: TypeAlias = Literal[
    "in_stock", "limited", "preorder", "backorder", "out_of_stock", "discontinued", "unknown"
]
PassageKind: TypeAlias = Literal["title", "bullet", "description", "attribute", "review", "answer"]


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
    confidence: float = 1.0  # 0..1; 1 is what the seller stated as an attribute


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
