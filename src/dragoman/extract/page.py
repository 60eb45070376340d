"""What is read for one product: the seller's own words, line by line, and the facts already stated."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dragoman.extract.found import Piece, Place
from dragoman.extract.view import View, view
from dragoman.types import Fact, Product, Text

LONGEST: Final = 100_000
"""Characters of a product's texts that are read; what follows is left."""

LINE: Final = 2_000
"""Characters of a line that rules read at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """The seller's words about one product, in any languages, and what is known of it already."""

    titles: tuple[Text, ...] = ()
    bullets: tuple[Text, ...] = ()
    descriptions: tuple[Text, ...] = ()
    facts: tuple[Fact, ...] = ()
    category: str = ""  # a path, broad to narrow


def page_of(product: Product) -> Page:
    """Return what a product's seller says of it; what buyers say states no facts."""
    stated = stated_facts(product)
    if product.brand:  # stated too, if not as a fact: so it is not read from words
        stated = (*stated, Fact("Brand", product.brand))
    return Page(product.titles, product.bullets, product.descriptions, stated, product.category)


def stated_facts(product: Product) -> tuple[Fact, ...]:
    """Return the facts that a seller states: the product's and those of its variants' options."""
    own = tuple(fact for fact in product.facts if fact.confidence >= 1.0)
    options = {option: None for variant in product.variants for option in variant.options}
    return (*own, *options)


def pieces(page: Page) -> Iterator[Piece]:
    """Yield the lines of a page: titles, bullets, descriptions, in that order."""
    left = LONGEST
    texts: list[tuple[Place, Text]] = [
        *(("title", text) for text in page.titles),
        *(("bullet", text) for text in page.bullets),
        *(("description", text) for text in page.descriptions),
    ]  # fmt: skip
    for place, text in texts:
        lang = primary(text.lang)
        for line in text.value[:left].splitlines():
            for part in _parts(line):
                yield Piece(view(part), lang, place)
        left -= len(text.value)
        if left <= 0:
            return


def fact_words(fact: Fact) -> View:
    """Return the words of a stated fact, as its seller wrote them."""
    return view(fact_source(fact))


def fact_source(fact: Fact) -> str:
    """Return the source that quotes of a stated fact are taken from: its value with its unit.

    >>> fact_source(Fact("Gewicht", "5.8", "kg", "5,8 kg")), fact_source(Fact("Weight", "540", "g"))
    ('5,8 kg', '540 g')
    """
    # A quote may be a whole line of another notation: only one that is just the value is one here.
    is_short = fact.quote and len(fact.quote) <= len(fact.value) + len(fact.unit) + 4
    return fact.quote if is_short else f"{fact.value} {fact.unit}".strip()


def primary(lang: str) -> str:
    """Return the language that the tables know a tag by.

    >>> primary("zh-Hant"), primary("pt-BR"), primary("und"), primary("in")
    ('zh', 'pt', 'en', 'in')
    """
    found = lang.split("-")[0].lower()
    return "en" if found in ("", "und", "mul", "zxx") else found


def _parts(line: str) -> Iterator[str]:
    """Cut a line that is a book, between words where it has any."""
    while len(line) > LINE:
        cut = line.rfind(" ", LINE // 2, LINE) + 1 or LINE
        yield line[:cut]
        line = line[cut:]
    if line.strip():
        yield line
