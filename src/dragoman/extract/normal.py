"""Values that mean the same, written one way: 39码 and EU 39, 9.5 inches and 24.13 cm, Edelstahl and inox."""

from collections.abc import Mapping

from dragoman.extract.category import shelf_named
from dragoman.extract.found import Piece
from dragoman.extract.labelled import names_of
from dragoman.extract.page import primary
from dragoman.extract.sized import same_size
from dragoman.extract.stated import stated
from dragoman.extract.view import fold, view
from dragoman.types import Fact, Lang


def normalise(name: str, value: str, lang: Lang = "en", *, category: str = "") -> tuple[Fact, ...]:
    """Return what a value of an attribute says, in the form that equal values share; () for nothing.

    Amounts are in the unit of their kind (g, cm, ml ...), shoe sizes in EU counting, closed values in
    English.

    Args:
        name: The attribute in any language: "Shoe size", "鞋码", "Gewicht".
        value: As written, with its unit.

    >>> [(fact.value, fact.unit) for text in ("39码", "EU 39") for fact in normalise("Shoe size", text)]
    [('39', 'EU'), ('39', 'EU')]
    >>> [(fact.value, fact.unit) for fact in normalise("Width", "9.5 inches")]
    [('24.13', 'cm')]
    """
    piece = Piece(view(value), primary(lang), "attribute")
    names = names_of(fold(name), primary(lang)) or names_of(fold(name), "en")
    found = stated(piece, names, 0, len(piece.view.folded), 1.0, shelf_named(category))
    return tuple(one.fact(piece) for one in found)


def sizes_like(fact: Fact, whose: str) -> Mapping[str, str]:
    """Return a size in every country's counting, empty where the tables lack it.

    Args:
        whose: "women's shoes", "men's shoes", "kids' shoes", "women's clothes" or "men's clothes".

    >>> sizes_like(normalise("Shoe size", "39码")[0], "women's shoes")
    {'EU': '39', 'US': '8.5', 'UK': '6', 'JP': '25'}
    """
    system = fact.unit or ("letter" if fact.value[:1].isalpha() or fact.value[-1:].isalpha() else "EU")
    return same_size(fact.value, system, whose)
