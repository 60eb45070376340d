"""Nouns as JSON objects, the same for HTTP and for ``--json``; texts carry ``lang`` and ``dir``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from dragoman.extract import shown_fact, shown_name, shown_value
from dragoman.suggest import Suggestion
from dragoman.text.money import show
from dragoman.text.tags import best, direction, language_name
from dragoman.translate import STEP, term_for
from dragoman.types import Facet, Fact, Found, Hit, Money, Offer, Passage, Product, Text, Variant

_FACT = "fact:"  # before the name of a fact that is counted

Json: TypeAlias = dict[str, Any]  # Any: a JSON object, by definition


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom something is shown: languages, best first, and the market they buy in."""

    langs: tuple[str, ...] = ("en",)
    market: str = ""

    @property
    def lang(self) -> str:
        """The language that everything around a product's own words is written in."""
        return self.langs[0] if self.langs else "en"


def text_view(text: Text, reader: Reader) -> Json:
    """Return a text with its language, direction, and that language's name in the reader's own."""
    return {
        "value": text.value,
        "lang": text.lang,
        "dir": direction(text.lang),
        "source": text.source,
        "language": language_name(text.lang, reader.lang),
    }


def found_view(found: Found, reader: Reader) -> Json:
    """Return one page of hits as the body of ``POST /v1/search``."""
    made = found.understood
    return {
        "hits": [hit_view(hit, reader) for hit in found.hits],
        "facets": [facet_view(facet, reader) for facet in found.facets],
        "total": found.total,
        "cursor": found.cursor,
        "relaxed": list(found.relaxed),
        "understood": {
            "normal": made.normal,
            "langs": {lang: round(share, 4) for lang, share in made.langs.items()},
            "brands": list(made.brands),
            "corrected": made.corrected,
            "translated": made.translated,
        },
    }


def hit_view(hit: Hit, reader: Reader) -> Json:
    """Return a hit; ``original`` is the seller's title where another one is shown."""
    product = hit.product
    own = product.titles[0]
    return {
        "id": product.id,
        "score": round(hit.score, 6),
        "title": text_view(hit.shown, reader),
        "original": None if own == hit.shown else text_view(own, reader),
        "brand": product.brand,
        "category": product.category,
        "price": _price(hit.offer.price, reader) if hit.offer else None,
        "list_price": _list_price(hit.offer, reader),
        "availability": hit.offer.availability if hit.offer else "unknown",
        "image": product.images[0] if product.images else "",
        "url": product.url,
        "seller": product.seller,
        "why": {part: round(score, 6) for part, score in hit.why.items()},
        "words": list(hit.words),
        "facts": [fact_view(fact, reader) for fact in hit.facts],
    }


def product_view(product: Product, passages: Sequence[Passage], reader: Reader) -> Json:
    """Return a whole product as the body of ``GET /v1/products/{id}``."""
    title = choose(product.titles, reader)
    return {
        "id": product.id,
        "title": text_view(title, reader),
        "titles": [text_view(text, reader) for text in product.titles],
        "descriptions": _in_one_language(product.descriptions, reader),
        "bullets": _in_one_language(product.bullets, reader),
        "brand": product.brand,
        "category": product.category,
        "facts": [fact_view(fact, reader) for fact in product.facts],
        "offers": _offers(product.offers, reader),
        "variants": [_variant(variant, reader) for variant in product.variants],
        "images": list(product.images),
        "url": product.url,
        "seller": product.seller,
        "gtin": product.gtin,
        "mpn": product.mpn,
        "reviews": [text_view(said.text, reader) for said in passages if said.kind == "review"],
        "answers": [text_view(said.text, reader) for said in passages if said.kind == "answer"],
    }


def fact_view(fact: Fact, reader: Reader) -> Json:
    """Return a fact as it is filtered by, its quote, how sure it is (1: a seller's), and as it reads."""
    shown = shown_fact(fact, reader.lang)
    return {
        "name": fact.name,
        "value": fact.value,
        "unit": fact.unit,
        "quote": fact.quote,
        "confidence": round(fact.confidence, 4),
        "shown": {"name": shown.name, "value": shown.value},
    }


def facet_view(facet: Facet, reader: Reader) -> Json:
    """Return a facet with its counts; ``shown`` is a name or a value in the reader's language."""
    of_fact = facet.name.removeprefix(_FACT) if facet.name.startswith(_FACT) else ""
    counts = [
        {
            "value": count.value,
            "count": count.count,
            "shown": _condition(facet.name, count.value, reader.lang),
        }
        for count in facet.counts
    ]
    return {
        "name": facet.name,
        "shown": shown_name(of_fact, reader.lang) if of_fact else facet.name,
        "counts": counts,
    }


def _condition(name: str, value: str, lang: str) -> str:
    """A value in a language by exact terms; what has none there stays as the catalogue writes it."""
    if name == "category":
        return STEP.join(term_for(step, "en", lang, is_category=True) or step for step in value.split(STEP))
    if name.startswith(_FACT):
        return shown_value(Fact(name.removeprefix(_FACT), value), lang)
    return value


def suggestions_view(suggestions: Sequence[Suggestion]) -> Json:
    """Return suggestions as the body of ``GET /v1/suggest``."""
    return {
        "suggestions": [
            {
                "text": one.text,
                "lang": one.lang,
                "dir": direction(one.lang),
                "origin": one.origin,
                "score": round(one.score, 4),
            }
            for one in suggestions
        ]
    }


def choose(texts: Sequence[Text], reader: Reader) -> Text:
    """Return the text in the reader's best language that there is, else the seller's own (the first)."""
    for lang in reader.langs:
        if tag := best([lang], [text.lang for text in texts]):
            return next(text for text in texts if text.lang == tag)
    return texts[0]


def _in_one_language(texts: Sequence[Text], reader: Reader) -> list[Json]:
    if not texts:
        return []
    lang = choose(texts, reader).lang
    return [text_view(text, reader) for text in texts if text.lang == lang]


def _price(price: Money, reader: Reader) -> Json:
    return {"text": show(price, reader.lang), "minor": price.minor, "currency": price.currency}


def _list_price(offer: Offer | None, reader: Reader) -> Json | None:
    return _price(offer.list_price, reader) if offer and offer.list_price else None


def _offers(offers: Sequence[Offer], reader: Reader) -> list[Json]:
    """As the seller has them; for a reader with a market its own first, then those made to every market."""
    if reader.market:
        offers = sorted(offers, key=lambda offer: (offer.market != reader.market, offer.market != ""))
    return [_offer(offer, reader) for offer in offers]


def _offer(offer: Offer, reader: Reader) -> Json:
    return {
        "market": offer.market,
        "price": _price(offer.price, reader),
        "list_price": _list_price(offer, reader),
        "availability": offer.availability,
        "delivery": offer.delivery,
    }


def _variant(variant: Variant, reader: Reader) -> Json:
    return {
        "id": variant.id,
        "options": [{"name": option.name, "value": option.value} for option in variant.options],
        "offers": _offers(variant.offers, reader),
        "gtin": variant.gtin,
        "image": variant.image,
    }
