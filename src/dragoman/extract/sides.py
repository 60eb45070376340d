"""Runs of sides in a folded text: 30 x 20 x 10 cm, W30×D20×H10cm, 12" L x 4" W, and what each side is."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dragoman.extract.amounts import NUM, PLAIN, START, Amount
from dragoman.extract.found import Piece
from dragoman.text.measures import kind_of, number, unit_at

MOST: Final = 4
"""Sides of the longest run."""

# What a letter or word beside a side says it is. B and T are German; Ш В Г Д Russian.
_NAMES: Final = {
    "Length": "l length long 長さ 长 д длина",
    "Width": "w width wide b 幅 宽 ш ширина",
    "Height": "h height high tall 高さ 高 в высота",
    "Depth": "d depth deep t 奥行 奥行き 深 г p",
    "Diameter": "dia diameter ø 直径",
    "Thickness": "厚 厚さ",
}
_SIDES: Final = {word: name for name, words in _NAMES.items() for word in words.split()}
_SIDE: Final = "|".join(sorted(_SIDES, key=len, reverse=True))
_SIDED: Final = re.compile(rf"(?:{START}|(?<=\b[lwhdbtш])){NUM}")
_BY: Final = re.compile(r" ?(?:x|\*|х|by) ?(?=[\d.(]|[lwhdtbøп幅奥高长宽厚直]|длина|ширина|высота)")
_BEFORE: Final = re.compile(rf"(?<![a-wyzа-фц-яё])({_SIDE})\.?:? ?$")
_AFTER: Final = re.compile(rf" ?\(?({_SIDE})\)?(?![a-zа-яぁ-ん])")
_NAMED: Final = re.compile(rf"({_SIDE})\.?:? ?(?=[\d.])")
_WORD: Final = r"([lwhdbt])(?:ength|idth|eight|epth)?"
_LEGEND: Final = re.compile(
    rf"\b{_WORD} ?[x*] ?{_WORD}(?: ?[x*] ?{_WORD})?\b"
    r"|(长|宽|高|深|厚)[x*](长|宽|高|深|厚)(?:[x*](长|宽|高|深|厚))?|(д|ш|в|г)[x*х](д|ш|в|г)(?:[x*х](д|ш|в|г))?"
)


class Side(NamedTuple):
    """One side as written: ``unit`` and ``name`` are "" where nothing beside it says them."""

    value: float
    unit: str
    name: str
    start: int
    end: int  # of number and unit
    past: int  # behind its name too


class Run(NamedTuple):
    """Sides of a thing, in the order written, each with its unit, and where the whole stands."""

    sides: tuple[Amount, ...]
    names: tuple[str, ...]
    start: int
    end: int


def runs(piece: Piece) -> Iterator[Run]:
    """Yield runs of two to four sides, from left to right."""
    text = piece.view.folded
    legend = _legend(text)
    at = 0
    while found := _SIDED.search(text, at):
        sides = _sides(text, found.start(), piece.lang)
        at = sides[-1].past if len(sides) > 1 else found.end()
        if len(sides) > 1:
            yield _settled(sides, legend, _head(text, found.start()))


def _sides(text: str, at: int, lang: str) -> list[Side]:
    """Return the sides that start at a number, as many as "x" or "by" joins."""
    found: list[Side] = []
    while len(found) < MOST and (side := _side(text, at, lang)):
        found.append(side)
        by = _BY.match(text, side.past)
        if not by:
            break
        named = _NAMED.match(text, by.end())
        at = named.end() if named else by.end()
    return found


def _side(text: str, at: int, lang: str) -> Side | None:
    found = PLAIN.match(text, at)
    value = number(found[0], lang) if found else None
    if found is None or value is None:
        return None
    unit = unit_at(text, found.end())
    is_length = unit is not None and kind_of(unit.unit) in ("cm", "px")
    end = unit.end if unit and is_length else found.end()
    after = _AFTER.match(text, end)
    name = _BEFORE.search(text, max(0, at - 6), at) or after
    past = after.end() if after and name is after else end
    return Side(
        value, unit.unit if unit and is_length else "", _SIDES[name[1]] if name else "", at, end, past
    )


def _settled(sides: Sequence[Side], legend: tuple[str, ...], start: int) -> Run:
    """Give every side the unit that follows it, and the names of a legend where none is named.

    A side with a unit of its own stands for itself; one without stands nowhere but in the whole run.
    """
    end = sides[-1].past
    unit = next((side.unit for side in reversed(sides) if side.unit), "")
    filled: list[Amount] = []
    for side in reversed(sides):
        unit = side.unit or unit
        place = (side.start, side.end) if side.unit else (start, end)
        filled.append(Amount(side.value, unit, *place))
    names = tuple(side.name for side in sides)
    if not any(names) and len(legend) == len(sides):
        names = legend
    return Run(tuple(reversed(filled)), names, start, end)


def _head(text: str, start: int) -> int:
    before = _BEFORE.search(text, max(0, start - 6), start)
    return before.start() if before else start


def _legend(text: str) -> tuple[str, ...]:
    """Return what "(L x W x H)" says of the sides, () where the text has no such legend."""
    found = _LEGEND.search(text)
    return tuple(_SIDES[letter] for letter in found.groups() if letter) if found else ()
