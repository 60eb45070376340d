"""Small pages, and answers about them on an encoder without weights, for the tests of answering."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from dragoman.answer import Answering, Tools, answer, answering
from dragoman.rank.represent import document_terms, passage_text
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.indexes import MemoryIndex
from dragoman.text.segment import terms
from dragoman.types import (
    Answer,
    Fact,
    Found,
    Hit,
    Listing,
    Money,
    Offer,
    Passage,
    PassageKind,
    Product,
    Query,
    Text,
    Understanding,
    Variant,
)

LANGS = ("en", "de", "fr", "es", "it", "pt", "pl", "ru", "zh", "ja", "ko", "ar", "hi", "th")
ENCODER = HashEncoder()


def product(id: str = "kettle", title: str = "Acme steel kettle, 1.7 l", **more: object) -> Product:
    usual: dict[str, object] = {
        "brand": "Acme",
        "bullets": (Text("The lid locks.", "en"), Text("Two years of warranty.", "en")),
        "descriptions": (Text("It boils one litre in 3 minutes. It does not whistle.", "en"),),
        "facts": (Fact("Weight", "900", "g"), Fact("Dishwasher safe", "no"), Fact("Material", "steel")),
        "offers": (
            Offer("DE", Money(2999, "EUR"), Money(3999, "EUR"), "in_stock", "Delivered in 3 days"),
            Offer("JP", Money(4200, "JPY"), availability="out_of_stock"),
        ),
        "variants": (
            Variant("red", (Fact("Colour", "red"),), (Offer("DE", Money(3499, "EUR"), None, "backorder"),)),
        ),
    }
    return Product(id, (Text(title, "en"),), **(usual | more))  # type: ignore[arg-type]  # fields by name


def said(kind: PassageKind, text: str, lang: str = "en", of: str = "kettle") -> Passage:
    return Passage(of, kind, Text(text, lang))


def shop(*listings: tuple[Product, Sequence[Passage]]) -> MemoryIndex:
    index = MemoryIndex()
    made = [Listing(one, tuple(passages), digest="x") for one, passages in listings]
    vectors = ENCODER.encode([passage_text(one.product) for one in made], "passage")
    index.put(made, vectors, [document_terms(one.product, terms=terms) for one in made])
    return index


@cache
def dials(floor: float = 0.3) -> Answering:
    """Answering on hashed letters: what shares letters bears on the question, from ``floor`` on."""
    made = answering(ENCODER)
    weighing = replace(made.weighing, cosine=12.0, crowd=0.0, bias=-4.0, floor=floor, faint=floor)
    return replace(made, weigh=lambda: weighing)


def ask(
    text: str,
    *listings: tuple[Product, Sequence[Passage]],
    lang: str = "en",
    market: str = "DE",
    about: Sequence[str] | None = None,
    tools: Tools = Tools(),
) -> Answer:
    index = shop(*(listings or ((product(), ()),)))
    ids = tuple(index.ids("", 10)) if about is None else tuple(about)
    query = Query(text, langs=(lang,), market=market, about=ids)
    return answer(
        query,
        index=index,
        encoder=ENCODER,
        tuning=dials(),
        tools=tools,
        find=lambda asked: everything(index, asked),
    )


def everything(index: MemoryIndex, query: Query) -> Found:
    """A search that finds all products, in id order."""
    hits = [Hit(one, 1.0) for one in index.get(index.ids("", query.k))]
    return Found(tuple(hits), Understanding(query.text, query.text))
