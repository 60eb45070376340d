"""Asks a trained reader for what rules did not find; its words are read as a labelled value's are."""

from collections.abc import Sequence
from typing import Final

from dragoman.extract.found import Piece, Shelf
from dragoman.extract.labelled import names_of
from dragoman.extract.page import Page, pieces
from dragoman.extract.schema import attribute_numbers, taxonomy
from dragoman.extract.stated import stated
from dragoman.extract.view import fold, view
from dragoman.ports import Reader
from dragoman.types import Fact, Span

ALWAYS: Final = (
    "Brand",
    "Model number",
    "Part number",
    "Material",
    "Color",
    "Size",
    "Weight",
    "Dimensions",
    "Product type",
)
"""Asked of every product."""

MOST_ASKS: Final = 24
SHORTEST: Final = 3
"""Characters of the shortest line worth reading."""


def read_facts(
    pages: Sequence[Page], places: Sequence[Shelf], found: Sequence[Sequence[Fact]], reader: Reader
) -> list[list[Fact]]:
    """Return, per page, what the reader marks for names that ``found`` lacks; one call a schema."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, (shelf, facts) in enumerate(zip(places, found, strict=True)):
        groups.setdefault(asks_of(shelf, facts), []).append(at)
    result: list[list[Fact]] = [[] for _ in pages]
    for asks, members in groups.items():
        lines = [
            (at, piece) for at in members for piece in pieces(pages[at]) if len(piece.view.source) >= SHORTEST
        ]
        spans = reader.read([piece.view.source for _, piece in lines], asks)
        for (at, piece), marked in zip(lines, spans, strict=True):
            for span in marked:
                result[at] += _facts(piece, span, places[at])
    return result


def asks_of(shelf: Shelf, found: Sequence[Fact]) -> tuple[str, ...]:
    """Return the names to ask for: the usual ones and the category's own, without those found surely."""
    sure = {fact.name for fact in found if fact.confidence >= 0.8}
    own = [
        taxonomy().attributes[at].name for handle in shelf.attributes if (at := _number(handle)) is not None
    ]
    asked = [name for name in dict.fromkeys((*ALWAYS, *own)) if name not in sure]
    return tuple(asked[:MOST_ASKS])


def _number(handle: str) -> int | None:
    return attribute_numbers().get(fold(handle.replace("_", " ")))


def _facts(piece: Piece, span: Span, shelf: Shelf) -> list[Fact]:
    """Return what a marked span says: read by the rules of its name, else as it is written."""
    quote = piece.view.source[span.start : span.end].strip()
    if not quote or not 0 <= span.start < span.end <= len(piece.view.source):
        return []
    part = Piece(view(quote), piece.lang, "attribute")
    names = names_of(fold(span.ask), "en")
    sure = min(0.95, span.score)
    found = list(stated(part, names, 0, len(part.view.folded), sure, shelf)) if names else []
    if found:
        return [one.fact(part) for one in found]
    return [Fact(span.ask, quote, "", quote, round(sure, 3))]
