"""What a labelled value means: an amount where the label wants one, a known value, a code, a year, a list."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from babel import Locale

from dragoman.extract.amounts import amounts
from dragoman.extract.claimed import NO, YES
from dragoman.extract.found import Found, Piece, Shelf
from dragoman.extract.lasting import ages, months
from dragoman.extract.phrases import phrases
from dragoman.extract.priced import price_in
from dragoman.extract.sides import runs
from dragoman.extract.sized import sizes
from dragoman.extract.valued import value_table
from dragoman.extract.view import View, fold
from dragoman.extract.words import Name, negators, word_set
from dragoman.text.measures import compared, number, shown_number
from dragoman.text.tags import locale_of

LONGEST_WORDS: Final = 80
"""Characters of the longest free value that a label may have."""

LONGEST_COUNTRY: Final = 40

_MEASURES: Final = frozenset(
    ("g", "cm", "ml", "m²", "W", "V", "A", "mAh", "h", "Wh", "Hz", "GB", "lm", "K", "dB", "bar", "rpm", "°C")
)


def stated(
    piece: Piece, names: Sequence[Name], start: int, end: int, sure: float, shelf: Shelf
) -> Iterator[Found]:
    """Yield what folded[start:end] says of the first of ``names`` that it suits.

    Args:
        names: What its label may name, the likeliest first.
        sure: How far the label is trusted, 0..1.
    """
    part = _cut(piece, start, end)
    for name in names:
        read = _READERS.get(name.kind, _measure if name.kind in _MEASURES else _words)
        found = list(read(name, part, sure, shelf))
        if found:
            yield from (_moved(one, start) for one in found)
            return


def _cut(piece: Piece, start: int, end: int) -> Piece:
    """Return a part of a piece as a piece of its own, with places of its own."""
    source = piece.view
    places = tuple(source.start(at) for at in range(start, end))
    return Piece(View(source.source, source.folded[start:end], places), piece.lang, "attribute")


def _moved(found: Found, by: int) -> Found:
    return Found(found.name, found.value, found.unit, found.start + by, found.end + by, found.confidence)


def _measure(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    text = part.view.folded
    for amount in amounts(part):
        if amount.kind == name.kind:
            yield Found(name.name, amount.shown(), amount.kind, amount.start, amount.end, sure)
            return
    if name.kind in ("V", "W", "rpm", "GB") and (bare := number(text, part.lang)) is not None:
        found = compared(bare, name.kind)
        assert found is not None
        yield Found(name.name, shown_number(found.value), name.kind, 0, len(text), sure - 0.15)


def _sides(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    for run in runs(part):
        lengths = [compared(side.value, side.unit) for side in run.sides]
        known = [length.value for length in lengths if length and length.unit == "cm"]
        if len(known) == len(run.sides):
            shown = [shown_number(value) for value in known]
            yield Found(name.name, " × ".join(shown), "cm", run.start, run.end, sure)
            for label, value, side in zip(run.names, shown, run.sides, strict=True):
                if label:
                    yield Found(label, value, "cm", side.start, side.end, sure)
            return


def _value(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    table = value_table(part.lang)
    seen: set[str] = set()
    for phrase in phrases(part.view, table):
        for value in table.meanings[phrase.form]:
            if value.attribute == name.name and value.value not in seen:
                seen.add(value.value)
                yield Found(name.name, value.value, "", phrase.start, phrase.end, sure)
    single = table.meanings.get(part.view.folded.strip(" .")) if not seen else None
    for value in single or ():
        if value.attribute == name.name:
            yield Found(name.name, value.value, "", 0, len(part.view.folded), sure)


def _claim(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    said = _yes_or_no(part.view.folded.strip(" .!"), part.lang)
    if said:
        yield Found(name.name, said, "", 0, len(part.view.folded), sure)


def _yes_or_no(text: str, lang: str) -> str:
    first = re.split(r"[ ,.;(]", text, maxsplit=1)[0]
    if {text, first} & word_set("yes"):
        return YES
    denials = (*negators(lang).before, *negators(lang).after)
    return NO if {text, first} & word_set("no") or text in denials else ""


def _size(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    yield from sizes(part, shelf, is_labelled=True, name=name.name)


def _count(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    found = re.match(r"\s*(\d{1,5}(?:[.,]\d{3})*)(?![.,]?\d)", part.view.folded)
    if found and (value := number(found[1])):
        yield Found(name.name, shown_number(value), "", found.start(1), found.end(1), sure - 0.04)


def _months(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    for span in months(part):
        yield Found(name.name, span.value, "month", span.start, span.end, sure)
        return


def _age(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    for span in ages(part, is_labelled=True):
        yield Found(name.name, span.value, "year", span.start, span.end, sure)
        return


def _year(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    found = re.search(r"(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?!\d)", part.view.folded)
    if found:
        yield Found(name.name, found[0], "", found.start(), found.end(), sure)


def _code(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    text = part.view.folded
    found = re.match(r"#?\s*([a-z0-9][a-z0-9._/+-]*(?: [a-z0-9._/+-]*\d[a-z0-9._/+-]*)?)", text)
    if found and re.search(r"\d", found[1]) and len(found[1]) <= 40:
        start, end = found.span(1)
        end -= len(found[1]) - len(found[1].rstrip("._/-"))
        yield Found(name.name, part.view.quote(start, end), "", start, end, sure)


def _gtin(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    found = re.search(r"(?<!\d)\d[\d -]{6,17}\d(?!\d)", part.view.folded)
    digits = re.sub(r"\D", "", found[0]) if found else ""
    if found and len(digits) in (8, 12, 13, 14) and not _checksum(digits):
        yield Found(name.name, digits, "", found.start(), found.end(), sure)


def _checksum(digits: str) -> int:
    """GS1 General Specifications, 7.9: 0 for a number that was copied right."""
    return (sum(map(int, digits[-1::-2])) + 3 * sum(map(int, digits[-2::-2]))) % 10


def _money(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    found = price_in(part)
    if found:
        yield found


def _country(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    """A country by code or by its name in the text's language becomes its English name; other words stay."""
    text = part.view.folded.strip(" .")
    known = _countries(part.lang).get(text, "")
    if known:
        yield Found(name.name, known, "", 0, len(part.view.folded), sure)
    elif len(text) <= LONGEST_COUNTRY:
        yield from _words(name, part, sure, shelf)


@cache
def _countries(lang: str) -> Mapping[str, str]:
    """Codes and names of countries, folded, in a language and in English → the English name (CLDR)."""
    english = Locale("en").territories
    own = locale_of(lang).territories
    codes = [code for code in map(str, english) if len(code) == 2 and code.isalpha()]
    found = {fold(str(own.get(code, code))): str(english[code]) for code in codes}
    return (
        found
        | {fold(str(english[code])): str(english[code]) for code in codes}
        | {code.lower(): str(english[code]) for code in codes}
    )


def _list(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    for entry in re.finditer(r"[^,;/、，；|]+", part.view.folded):
        text = entry[0].strip(" .")
        if 2 <= len(text) <= 60:
            start = entry.start() + entry[0].index(text)
            yield Found(
                name.name,
                part.view.quote(start, start + len(text)),
                "",
                start,
                start + len(text),
                sure - 0.04,
            )


def _words(name: Name, part: Piece, sure: float, shelf: Shelf) -> Iterator[Found]:
    text = part.view.folded
    if 0 < len(text) <= LONGEST_WORDS:
        yield Found(name.name, part.view.quote(0, len(text)).strip(), "", 0, len(text), sure - 0.1)


_Read = Callable[[Name, Piece, float, Shelf], Iterator[Found]]
_READERS: Final[Mapping[str, _Read]] = {
    "sides": _sides, "value": _value, "claim": _claim, "size": _size, "count": _count, "month": _months,
    "age": _age,
    "year": _year, "country": _country, "code": _code, "gtin": _gtin, "money": _money, "list": _list,
}  # fmt: skip
