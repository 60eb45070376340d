"""Extract: what a page says becomes facts, each with the words it was read from.

Rules read numbers, units, sizes, colours, materials, claims, codes and labelled values in every language we
have tables for; a reader, where there is one, is asked for the rest. Nothing is a fact without its quote.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dragoman.extract.branded import branded
from dragoman.extract.category import Shelves, shelf_named
from dragoman.extract.claimed import claimed
from dragoman.extract.closed import closed, closed_value
from dragoman.extract.coded import coded
from dragoman.extract.counted import counted
from dragoman.extract.fitting import fitting
from dragoman.extract.found import Found, Piece, Shelf
from dragoman.extract.joining import joined
from dragoman.extract.labelled import SURE, labelled, names_of
from dragoman.extract.lasting import aged, lasting
from dragoman.extract.naming import attribute_named
from dragoman.extract.page import Page, fact_words, page_of, pieces, primary
from dragoman.extract.priced import price_in
from dragoman.extract.reading import read_facts
from dragoman.extract.roles import measured, spinning
from dragoman.extract.sized import sizes
from dragoman.extract.stated import stated
from dragoman.extract.valued import valued
from dragoman.extract.view import fold
from dragoman.ports import Encoder, Reader
from dragoman.types import Fact, Product, Vectors

FLOOR: Final = 0.5
"""Facts less sure than this are not told; see docs/decisions/0020."""

WORTH: Final = 750
"""Products without a known category in one batch of an ingest (1,024, `catalog.request`), from which on the
categories are worth ten seconds."""

_LEFT_OUT: Final = frozenset({"Price", "Product type"})

VERSION: Final = "rules-4"
"""Changes when rules or tables read otherwise, so that a shop is read again."""


def extract(
    pages: Sequence[Page],
    *,
    shelves: Shelves | None = None,
    encoder: Encoder | None = None,
    vectors: Vectors | None = None,
    reader: Reader | None = None,
    floor: float = FLOOR,
) -> list[tuple[Fact, ...]]:
    """Return the facts of each page, the surest first; names and closed values in English, amounts metric.

    Every quote is, letter for letter, a part of one of the page's texts or stated facts. A name that the
    seller states is never read from words. Weight is in g, lengths in cm, volume in ml: one unit a kind.

    Args:
        shelves: The taxonomy's categories as vectors, to predict a category where none is given.
        encoder: Encodes titles for that, where ``vectors`` are not given.
        vectors: (len(pages), dim), unit rows: the products as the encoder sees them.
        reader: Is asked for the category's attributes that rules did not find.
        floor: The least confidence that is told, 0..1.

    Raises:
        Unavailable: encoder or reader do not answer.

    >>> from dragoman.types import Text
    >>> [facts] = extract([Page(titles=(Text("Pfanne, 2,5 kg, nicht spülmaschinenfest", "de"),))])
    >>> [(fact.name, fact.value, fact.unit, fact.quote) for fact in facts]
    [('Dishwasher safe', 'no', '', 'nicht spülmaschinenfest'), ('Weight', '2500', 'g', '2,5 kg')]
    """
    places = shelved(pages, shelves=shelves, encoder=encoder, vectors=vectors)
    found = [list(_read(page, shelf)) for page, shelf in zip(pages, places, strict=True)]
    if reader is not None:
        more = read_facts(pages, places, found, reader)
        found = [[*facts, *extra] for facts, extra in zip(found, more, strict=True)]
    return [joined(facts, page.facts, floor) for page, facts in zip(pages, found, strict=True)]


def shelved(
    pages: Sequence[Page], *, shelves: Shelves | None, encoder: Encoder | None, vectors: Vectors | None
) -> list[Shelf]:
    """Return the category of each page: the one that is given, else the nearest one, else none."""
    places = [shelf_named(page.category) for page in pages]
    unknown = [at for at, place in enumerate(places) if not place.path]
    if shelves is None or not unknown:
        return places
    if vectors is not None:
        nearest = shelves.nearest(vectors[unknown])
    elif encoder is not None:
        nearest = shelves.nearest(encoder.encode([_words_of(pages[at]) for at in unknown], "passage"))
    else:
        return places
    guessed = dict(zip(unknown, nearest, strict=True))
    return [guessed.get(at, place) for at, place in enumerate(places)]


@dataclass(frozen=True, slots=True)
class Extractor:
    """Reads pages, and adds what it reads to products on their way into an index.

    What sellers state stays as it is; read facts are behind it, less sure than 1, with their quotes.
    """

    # The categories' vectors: given True, made where they are not kept yet, which costs ten seconds once.
    shelves: Callable[[bool], Shelves | None] | None = None
    encoder: Encoder | None = None
    is_on: bool = False  # whether products are read as they are ingested
    floor: float = FLOOR

    @property
    def name(self) -> str:
        """What read the facts: products read by another are read again."""
        return VERSION

    def at_ingest(self) -> "Extractor | None":
        """Return itself where products are to be read as they are ingested."""
        return self if self.is_on else None

    def read(self, pages: Sequence[Page], *, reader: Reader | None = None) -> list[tuple[Fact, ...]]:
        """Return the facts of each page; see ``extract``."""
        shelves = self._shelves(pages, 1)
        return extract(pages, shelves=shelves, encoder=self.encoder, reader=reader, floor=self.floor)

    def __call__(self, products: Sequence[Product], vectors: Vectors) -> list[Product]:
        """Return the products with the facts that their words state, behind the sellers' own."""
        pages = [page_of(product) for product in products]
        # A small shop without categories is read without them sooner than they would be made.
        shelves = self._shelves(pages, WORTH)
        found = extract(pages, shelves=shelves, vectors=vectors, floor=self.floor)
        return [_with(product, facts) for product, facts in zip(products, found, strict=True)]

    def _shelves(self, pages: Sequence[Page], worth: int) -> Shelves | None:
        """Return the categories' vectors where pages need them: made, if that many pages do."""
        unknown = sum(not shelf_named(page.category).path for page in pages)
        return self.shelves(unknown >= worth) if unknown and self.shelves else None


def _with(product: Product, facts: Sequence[Fact]) -> Product:
    # A price is an offer's, and codes that the product has already say nothing new.
    known = {product.mpn.casefold(), product.gtin}
    new = [fact for fact in facts if fact.name not in _LEFT_OUT and fact.value.casefold() not in known]
    return replace(product, facts=(*product.facts, *new)) if new else product


def _read(page: Page, shelf: Shelf) -> Iterator[Fact]:
    for piece in pieces(page):
        for found in _rules(piece, shelf):
            yield found.fact(piece)
    lang = primary(page.titles[0].lang) if page.titles else "en"
    for fact in page.facts:
        if fact.confidence >= 1.0:
            yield from _translated(fact, lang, shelf)


def _rules(piece: Piece, shelf: Shelf) -> Iterator[Found]:
    yield from labelled(piece, shelf)
    yield from measured(piece, shelf)
    yield from spinning(piece, shelf)
    yield from valued(piece, shelf)
    yield from claimed(piece)
    yield from counted(piece)
    yield from sizes(piece, shelf)
    yield from fitting(piece)
    yield from coded(piece)
    yield from branded(piece)
    yield from lasting(piece)
    yield from aged(piece)
    yield from closed(piece, shelf)
    if price := price_in(piece):
        yield price


def _translated(fact: Fact, lang: str, shelf: Shelf) -> Iterator[Fact]:
    """What a seller states under a name of another language is the same fact under its English one."""
    label = fold(fact.name)
    names = [name for name in names_of(label, lang) if fold(name.name) != label]
    piece = Piece(fact_words(fact), lang, "attribute")
    if names and piece.view.folded:
        for found in stated(piece, names, 0, len(piece.view.folded), SURE, shelf):
            yield found.fact(piece)
    elif attribute := attribute_named(label, lang):
        value = closed_value(attribute, fold(fact.value), lang)
        if value:
            yield Fact(attribute, value, "", fact.value, SURE)


def _words_of(page: Page) -> str:
    title = page.titles[0].value if page.titles else ""
    return f"{title}. {page.category.rpartition('>')[2].strip()}".strip(". ")[:500]
