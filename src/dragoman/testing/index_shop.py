"""A shop of ten products in ten languages, small enough to know by heart, for the laws of the Index port."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from dragoman.errors import DragomanError
from dragoman.ports import Index
from dragoman.types import (
    Availability,
    Fact,
    Filter,
    Listing,
    Money,
    Offer,
    Passage,
    Product,
    Scored,
    Terms,
    Text,
    Variant,
    Vectors,
)

DIM = 32
EVERYTHING = Filter()


def vector(seed: int) -> Vectors:
    """Return (DIM,), a unit vector that depends on ``seed`` alone."""
    drawn = np.random.default_rng(seed).standard_normal(DIM).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


def near(index: Index, row: Vectors, k: int, where: Filter) -> list[Scored]:
    """Return what is nearest to this one vector."""
    return index.nearest(row[None], k, where)[0]


def put(index: Index, shop: Sequence[Listing]) -> Sequence[Listing]:
    """Put the listings, the i-th with ``vector(i)`` and the words of its titles; return them."""
    index.put(shop, np.stack([vector(i) for i in range(len(shop))]), [words(listing) for listing in shop])
    return shop


_Error = TypeVar("_Error", bound=DragomanError)


def raised(
    kind: type[_Error], call: Callable[..., object], *args: Any
) -> _Error:  # Any: the call's arguments
    """Return the error of this kind that the call raises; fail if it raises none."""
    try:
        call(*args)
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__} from {call}")


def words(listing: Listing) -> Terms:
    """The words of the titles, each with weight 1."""
    return {word.lower(): 1.0 for title in listing.product.titles for word in title.value.split()}


def offer(market: str, minor: int, currency: str, availability: Availability = "in_stock") -> Offer:
    """An offer in three words."""
    return Offer(market, Money(minor, currency), availability=availability)


def listings() -> list[Listing]:
    """Return the ten products."""
    red = Fact("Color", "red")
    return [
        _listing("boots", "de", "Boots wasserdicht", brand="Nike", seller="Schuhhaus",
                 category="Shoes > Boots",
                 offers=(offer("DE", 9900, "EUR"), offer("AT", 10900, "EUR", "out_of_stock")),
                 facts=(red, Fact("Weight", "1.5", "kg"))),
        _listing("sandals", "en", "Sandals light", brand="Nike", seller="Shoe House",
                 category="Shoes > Sandals",
                 offers=(offer("US", 4900, "USD"), offer("DE", 5900, "EUR", "out_of_stock")),
                 facts=(Fact("Color", "blue"), Fact("Weight", "0.4", "kg"))),
        _listing("登山鞋", "zh-Hans", "防水 登山 鞋", brand="Toread", category="Shoes",
                 offers=(offer("CN", 39900, "CNY", "limited"),), facts=(red,)),
        _listing("hikari", "ja", "炊飯器 5合", brand="Zojirushi", category="Home & Garden > Kitchen",
                 offers=(offer("JP", 19800, "JPY"), offer("", 15000, "USD", "preorder"))),
        _listing("samovar", "ru", "самовар электрический", category="Home & Garden > Kitchen > Tea",
                 offers=(offer("", 12000, "EUR"),),
                 facts=(Fact("Volume", "3", "l"), Fact("Note", "3 l = much"))),
        _listing("dallah", "ar", "دلة قهوة", category="Home & Garden"),
        _listing("sari", "hi", "सूती साड़ी", brand="Fab=India", category="Apparel",
                 offers=(offer("IN", 99900, "INR"),), facts=(red, Fact("Color", "gold"))),
        _listing("tamis", "fr", "Tamis à farine", brand="Ärmel", category="Home",
                 offers=(offer("FR", 1290, "EUR"),)),
        _listing("camiseta", "pt-BR", "Camiseta básica", brand="Nike", category="Apparel > Shirts",
                 variants=(_shirt("S", offer("BR", 4990, "BRL", "out_of_stock")),
                           _shirt("M", offer("BR", 5990, "BRL")))),
        _listing("รองเท้า", "th", "รองเท้า ผ้าใบ boots", category="Shoes > Boots",
                 offers=(offer("TH", 129000, "THB"),)),
    ]  # fmt: skip


def _shirt(size: str, one: Offer) -> Variant:
    return Variant(
        f"camiseta-{size}", (Fact("Size", size), Fact("Color", "white")), (one,), gtin="1", image="i"
    )


def _listing(id_: str, lang: str, title: str, **fields: Any) -> Listing:  # Any: further fields of a Product
    titles = (Text(title, lang), *((Text("Canvas boots", "en", "machine"),) if lang == "th" else ()))
    said = (
        Passage(id_, "review", Text(f"{title} !", lang)),
        Passage(id_, "answer", Text(f"{title} ?", lang)),
    )
    return Listing(Product(id_, titles, images=(f"{id_}.svg",), **fields), said, f"digest of {id_}")
