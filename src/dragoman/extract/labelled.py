"""Lines that say what they are about: "Material: Edelstahl", "材质：紫砂", rows of a specification."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from dragoman.extract.found import Found, Piece, Shelf
from dragoman.extract.stated import stated
from dragoman.extract.words import Name, labels

LONGEST_LABEL: Final = 36
LONGEST_VALUE: Final = 160
SURE: Final = 0.92
"""How often what stands behind a known label and a colon is what the label says."""

_COLON: Final = re.compile(r" ?[:=](?![/\d]{2}) ?| [-–—] |\t")
_START: Final = re.compile(r"(?:^|[\n;|,.•·●▪✔✓*()\[\]【】<>/、，。；-])\s*$|^\s*[-*•]\s*")
_VALUE_END: Final = re.compile(r"[\n;|•●▪。；]|\.\s|\.$|\s{3,}")


class Line(NamedTuple):
    """A label, what it may name, and where its value stands."""

    names: tuple[Name, ...]
    start: int
    end: int


def labelled(piece: Piece, shelf: Shelf) -> Iterator[Found]:
    """Yield what labelled values say; a value that does not suit its label says nothing."""
    for line in lines(piece):
        yield from stated(piece, line.names, line.start, line.end, SURE, shelf)


def lines(piece: Piece) -> list[Line]:
    """Return the labelled values of a piece, from left to right; one ends where the next label starts."""
    text = piece.view.folded
    found: list[tuple[int, int, tuple[Name, ...]]] = []
    for colon in _COLON.finditer(text):
        start, names = _label_before(text, colon.start(), piece.lang)
        if names and (":" in colon[0] or "\t" in colon[0] or start == 0):
            found.append((start, colon.end(), names))
    lines: list[Line] = []
    for at, (_, begin, names) in enumerate(found):
        limit = found[at + 1][0] if at + 1 < len(found) else len(text)
        stop = _VALUE_END.search(text, begin, limit)
        end = min(stop.start() if stop else limit, begin + LONGEST_VALUE)
        value = text[begin:end].strip(" ,-")
        if value:
            first = begin + text[begin:end].index(value)
            lines.append(Line(names, first, first + len(value)))
    return lines


def _label_before(text: str, end: int, lang: str) -> tuple[int, tuple[Name, ...]]:
    """Return the longest label that ends at a place and starts a line or a clause; () for none."""
    table = labels(lang)
    begin = max(0, end - LONGEST_LABEL)
    for start in range(begin, end):
        if text[start] != " " and (names := table.get(text[start:end])) and _starts(text, start):
            return start, names
    return end, ()


def _starts(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start]
    return not before.strip() or _START.search(before) is not None or _ends_word(before, text[start])


def _ends_word(before: str, first: str) -> bool:
    """Labels may follow the value before them with nothing but a space: "Farbe: rot Größe: M"."""
    return before.endswith(" ") and not before.rstrip().endswith(("of", "the", "a", "and", "your"))


@cache
def names_of(label: str, lang: str) -> tuple[Name, ...]:
    """Return what a folded label may name, its brackets and plural left out; () for an unknown one.

    >>> names_of("weight (kg)", "en")
    (Name(name='Weight', kind='g'),)
    """
    table = labels(lang)
    bare = re.sub(r"\s*[(\[].*?[)\]]\s*", " ", label).strip(" :.-")
    return table.get(label) or table.get(bare) or labels("en").get(bare, ())
