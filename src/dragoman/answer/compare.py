"""Two to four products side by side: a row for every fact that any of their pages states."""

from collections.abc import Sequence
from dataclasses import replace

from dragoman.answer.cues import folded
from dragoman.answer.messages import say
from dragoman.answer.offers import KNOWN, price_fact
from dragoman.answer.parts import Sheet
from dragoman.text.lexicon import say_in_english
from dragoman.types import Comparison, Fact, Lang

MOST = 4
_ROWS = 40
_KNOWN = 0.95  # share of a fact's name that the term table must know to file it under its English


def comparison_of(sheets: Sequence[Sheet], lang: Lang) -> Comparison:
    """Return the facts of products side by side, those that most of them state first.

    Names are filed together across languages where the term table knows them (材质 beside Material);
    a row is headed as the first product's seller wrote it. Price, brand and stock are headed in ``lang``.
    """
    rows: dict[str, list[Fact | None]] = {}
    heads: dict[str, str] = {}
    for column, sheet in enumerate(sheets):
        for key, fact in _facts(sheet, lang):
            row = rows.setdefault(key, [None] * len(sheets))
            row[column] = row[column] or fact
            heads.setdefault(key, fact.name)
    order = sorted(rows, key=lambda key: (-_stated(rows[key]), list(rows).index(key)))
    named: dict[str, tuple[Fact | None, ...]] = {}
    for key in order[:_ROWS]:
        named.setdefault(heads[key], tuple(rows[key]))
    return Comparison(tuple(sheet.product.id for sheet in sheets), named)


def _stated(row: Sequence[Fact | None]) -> int:
    return sum(cell is not None for cell in row)


def _facts(sheet: Sheet, lang: Lang) -> list[tuple[str, Fact]]:
    product = sheet.product
    own = product.titles[0].lang if product.titles else "und"
    found: list[tuple[str, Fact]] = []
    if sheet.offer is not None:
        found.append(("price", replace(price_fact(sheet.offer.price, lang), unit="")))
        if sheet.offer.availability in KNOWN:
            stock = say(f"stock_{sheet.offer.availability}", lang).rstrip(".。 ")
            found.append(("stock", Fact(say("label_stock", lang), stock)))
    if product.brand:
        found.append(("brand", Fact(say("label_brand", lang), product.brand)))
    for piece in sheet.pieces:
        if piece.fact is not None:
            found.append((key_of(piece.fact.name, own), piece.fact))
    return found


def key_of(name: str, lang: Lang) -> str:
    """Return what a fact's names in several languages have in common: its English, where known.

    >>> key_of("Material", "de") == key_of("材质", "zh") == key_of("material", "en")
    True
    """
    said = say_in_english(name, lang)
    return folded(said.english if said.known >= _KNOWN and said.english else name)
