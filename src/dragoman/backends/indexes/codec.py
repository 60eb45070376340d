"""Products and passages as JSON text and back, with nothing lost. Knows nouns, never engines.

Defaults are left out, so a product takes little more than its words. The first key is the format's version:
a later format must still read every earlier one.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from dragoman.errors import BadInput, Corrupt
from dragoman.types import Fact, Money, Offer, Passage, Product, Text, Variant

VERSION = 1

_PLAIN = ("brand", "category", "url", "gtin", "mpn", "seller")


def encode_product(product: Product) -> str:
    """Return the product as JSON text.

    Raises:
        BadInput: a text holds half a surrogate pair, or a price is not a 64-bit number.

    >>> encode_product(Product("p1", (Text("Wok", "de"),), brand="Küche"))
    '{"v":1,"id":"p1","titles":[["Wok","de"]],"brand":"Küche"}'
    """
    row: dict[str, object] = {"v": VERSION, "id": product.id, "titles": _texts(product.titles)}
    row["descriptions"] = _texts(product.descriptions)
    row["bullets"] = _texts(product.bullets)
    row |= {name: getattr(product, name) for name in _PLAIN}
    row["facts"] = _facts(product.facts)
    row["variants"] = [_variant(variant) for variant in product.variants]
    row["offers"] = [_offer(offer) for offer in product.offers]
    row["images"] = product.images
    return _dump(
        {name: value for name, value in row.items() if value or name in ("id", "titles")}, product.id
    )


def decode_product(text: str) -> Product:
    """Return the product that `encode_product` wrote.

    Raises:
        Corrupt: the text is not of our making, or of a version we do not know.
    """
    try:
        row = orjson.loads(text)
        if row["v"] != VERSION:
            raise Corrupt(
                f"a product of format {row['v']}", hint="upgrade dragoman: it was stored by a later one"
            )
        return Product(
            row["id"],
            _to_texts(row["titles"]),
            _to_texts(row.get("descriptions", ())),
            _to_texts(row.get("bullets", ())),
            facts=_to_facts(row.get("facts", ())),
            variants=tuple(_to_variant(*variant) for variant in row.get("variants", ())),
            offers=_to_offers(row.get("offers", ())),
            images=tuple(row.get("images", ())),
            **{name: row[name] for name in _PLAIN if name in row},
        )
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise Corrupt(
            f"a stored product cannot be read: {text[:80]!r}", hint="ingest the feeds again"
        ) from error


def encode_passages(passages: Sequence[Passage]) -> str:
    """Return the passages of one product as JSON text; "" for none.

    Raises:
        BadInput: a text holds half a surrogate pair.
    """
    if not passages:
        return ""
    rows = [[p.kind, p.product, p.text.value, p.text.lang, p.text.source] for p in passages]
    return _dump({"v": VERSION, "passages": rows}, passages[0].product)


def decode_passages(text: str) -> tuple[Passage, ...]:
    """Return the passages that `encode_passages` wrote.

    Raises:
        Corrupt: the text is not of our making.
    """
    if not text:
        return ()
    try:
        rows = orjson.loads(text)["passages"]
        return tuple(Passage(product, kind, Text(*parts)) for kind, product, *parts in rows)
    except (ValueError, KeyError, TypeError) as error:
        raise Corrupt(
            f"stored passages cannot be read: {text[:80]!r}", hint="ingest the feeds again"
        ) from error


def _dump(row: dict[str, object], id_: str) -> str:
    try:
        return orjson.dumps(row).decode()
    except TypeError as error:  # orjson.JSONEncodeError is one
        raise BadInput(
            f"product {id_!r} cannot be stored: {error}", hint="mend its text or prices"
        ) from error


def _trim(values: Sequence[object], empty: Sequence[object]) -> list[object]:
    """Leave out trailing defaults: ``empty`` holds the defaults of the last values."""
    kept = list(values)
    for default in reversed(empty):
        if kept[-1] != default:
            break
        kept.pop()
    return kept


def _texts(texts: Sequence[Text]) -> list[list[object]]:
    return [_trim((t.value, t.lang, t.source), ("seller",)) for t in texts]


def _facts(facts: Sequence[Fact]) -> list[list[object]]:
    return [_trim((f.name, f.value, f.unit, f.quote, f.confidence), ("", "", 1.0)) for f in facts]


def _offer(offer: Offer) -> list[object]:
    before = offer.list_price and [offer.list_price.minor, offer.list_price.currency]
    return _trim(
        (offer.market, offer.price.minor, offer.price.currency, offer.availability, before, offer.delivery),
        ("unknown", None, ""),
    )


def _variant(variant: Variant) -> list[object]:
    offers = [_offer(offer) for offer in variant.offers]
    return _trim((variant.id, _facts(variant.options), offers, variant.gtin, variant.image), ([], [], "", ""))


# Any, below: JSON that was just parsed; a wrong shape raises and becomes Corrupt.


def _to_texts(rows: Any) -> tuple[Text, ...]:
    return tuple(Text(*row) for row in rows)


def _to_facts(rows: Any) -> tuple[Fact, ...]:
    return tuple(Fact(*row) for row in rows)


def _to_offers(rows: Any) -> tuple[Offer, ...]:
    return tuple(_to_offer(*row) for row in rows)


def _to_offer(
    market: str,
    minor: int,
    currency: str,
    availability: Any = "unknown",
    before: Any = None,
    delivery: str = "",
) -> Offer:
    return Offer(market, Money(minor, currency), before and Money(*before), availability, delivery)


def _to_variant(id_: str, options: Any = (), offers: Any = (), gtin: str = "", image: str = "") -> Variant:
    return Variant(id_, _to_facts(options), _to_offers(offers), gtin, image)
