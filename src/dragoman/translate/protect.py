"""What must come through a translation as it is: put behind placeholders, and checked afterwards.

Numbers, amounts, codes, sizes, brands, addresses, tags, emoji and a shop's own terms. Knows no translator.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from babel.numbers import format_decimal
from babel.units import format_unit

from dragoman.text.brands import BrandForms, mentions
from dragoman.text.figures import (
    ACRONYM,
    AMOUNT,
    CODE,
    SYMBOLS,
    codes,
    numbers,
    plain_digits,
    unit_symbols,
    unit_words,
)
from dragoman.text.normalise import normalise
from dragoman.text.scripts import script
from dragoman.text.tags import locale_of
from dragoman.translate.scripts import scripts_of
from dragoman.types import Lang

OPEN, CLOSE = "⟦", "⟧"
_MARK: Final = re.compile(rf"{OPEN}\s*(\d+)\s*{CLOSE}")
_MOST: Final = 60  # placeholders in one sentence: a table of sizes is better left alone than guessed at
# CLDR's names of the units that sellers spell out.
_CLDR: Final = {
    "g": "mass-gram", "kg": "mass-kilogram", "mg": "mass-milligram", "oz": "mass-ounce", "lb": "mass-pound",
    "ml": "volume-milliliter", "cl": "volume-centiliter", "l": "volume-liter", "gal": "volume-gallon",
    "mm": "length-millimeter", "cm": "length-centimeter", "m": "length-meter", "km": "length-kilometer",
    "in": "length-inch", "ft": "length-foot", "w": "power-watt", "kw": "power-kilowatt", "v": "electric-volt",
    "hz": "frequency-hertz", "gb": "digital-gigabyte", "tb": "digital-terabyte", "mb": "digital-megabyte",
}  # fmt: skip
_ADDRESS: Final = (
    r"(?:https?://|www\.)[^\s<>⟦⟧\"']*[^\s<>⟦⟧\"'.,;:!?)\]」）。、]"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w@/.])(?:[a-z0-9-]+\.)+(?:com|net|org|io|co|de|fr|es|it|ru|cn|jp|kr|in|br|uk|pl|th|shop|store)\b(?:/[^\s<>]*)?"
    r"|(?<!\w)[@#][A-Za-z_]\w{2,}"
)
_EMOJI: Final = (
    "[\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u25a0-\u25ff\u231a-\u23ff\U0001f000-\U0001faff]"
    "(?:[\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff]|(?<=\u200d)[\u2600-\u27bf\U0001f000-\U0001faff])*"
)
_SIZE: Final = r"(?<![A-Za-z0-9'’])(?:\d?X{0,4}[SL]|\dXL|M)(?![A-Za-z0-9'’])"


@dataclass(frozen=True, slots=True)
class Kept:
    """A stretch of a text that is not the translator's business, and how the other language shows it."""

    start: int
    end: int
    shown: str
    kind: str


@dataclass(frozen=True, slots=True)
class Guarding:
    """What a text must keep beside what every text keeps."""

    brands: BrandForms | None = None  # None: those shipped
    names: tuple[str, ...] = ()  # the product's own brand and the like, as written
    terms: Callable[[str, Lang, Lang], Sequence[Kept]] | None = None  # finds a shop's terms in a text


def kept_in(text: str, source: Lang, target: Lang, guarding: Guarding = Guarding()) -> tuple[Kept, ...]:
    """Return what must come through, in order; nothing overlaps.

    >>> [one.shown for one in kept_in("耐克跑步鞋 AB-12 500毫升", "zh", "en")]
    ['Nike', 'AB-12', '500 mL']
    """
    found: list[Kept] = []
    for kind, pattern in _first_patterns():
        _add(found, (Kept(m.start(), m.end(), m[0], kind) for m in pattern.finditer(text)))
    # The longer of two that overlap: "Apple iPhone" is more than the Apple in it.
    names = [*_named(text, guarding.names), *_brands(text, target, guarding.brands)]
    _add(found, sorted(names, key=lambda one: (one.start - one.end, one.start)))
    _add(found, guarding.terms(text, source, target) if guarding.terms else ())
    _add(found, (_measured(match, source, target) for match in _measures().finditer(text)))
    for kind, pattern in _last_patterns():
        digits = ((m.start(), m.end(), _digits(m[0], source, target)) for m in pattern.finditer(text))
        _add(found, (Kept(start, end, shown, kind) for start, end, shown in digits))
    return tuple(sorted(found, key=lambda one: one.start))


def masked(text: str, kept: Sequence[Kept], start: int = 0) -> str:
    """Return a text with a numbered placeholder for each stretch.

    Args:
        start: Where ``text`` stands in what the stretches were found in.

    >>> masked("red 5 l", [Kept(4, 7, "5 l", "measure")])
    'red ⟦0⟧'
    """
    parts, at = [], 0
    for number, one in enumerate(kept):
        parts += [text[at : one.start - start], f"{OPEN}{number}{CLOSE}"]
        at = one.end - start
    return "".join([*parts, text[at:]])


def is_too_much(kept: Sequence[Kept]) -> bool:
    """Say whether a sentence holds more placeholders than any translator can be asked to carry."""
    return len(kept) > _MOST


def restored(output: str, kept: Sequence[Kept]) -> str | None:
    """Return a translation with what was kept in its places again, None if the translator broke them.

    Every placeholder must be there once, in any order, and no number beside them.

    >>> restored("⟦1⟧ rote ⟦0⟧", [Kept(0, 1, "A1", "code"), Kept(2, 3, "2", "number")])
    '2 rote A1'
    >>> restored("rot", [Kept(0, 1, "A1", "code")]) is None
    True
    """
    found = [int(mark[1]) for mark in _MARK.finditer(output)]
    rest = _MARK.sub("", output)
    if sorted(found) != list(range(len(kept))) or has_figures(rest):
        return None
    text, at = "", 0
    for mark in _MARK.finditer(output):
        text = joined(text, output[at : mark.start()])
        text = joined(text, kept[int(mark[1])].shown)
        at = mark.end()
    return joined(text, output[at:])


def has_figures(text: str) -> bool:
    """Say whether a text holds a digit, or half a placeholder."""
    return OPEN in text or CLOSE in text or bool(numbers(text))


def joined(before: str, after: str) -> str:
    """Put two pieces together so that no word or number grows into another.

    >>> joined("12", "34"), joined("第", "34"), joined("Nike", "스")
    ('12 34', '第34', 'Nike스')
    """
    grows = before and after and _grows(before[-1]) and _grows(after[0])
    return f"{before} {after}" if grows else before + after


def keeps_all(source: str, output: str, kept: Sequence[Kept]) -> bool:
    """Say whether a finished text has the same numbers as its source, and all that was to be kept.

    >>> keeps_all("2 red", "rote 2", [Kept(0, 1, "2", "number")]), keeps_all("2 red", "rote 3", [])
    (True, False)
    """
    shown = [one.shown for one in kept]
    wanted = {code for value in shown for code in codes(value)}
    return (
        numbers(source) == numbers(output)
        and wanted <= set(codes(output))
        and all(output.count(value) >= shown.count(value) for value in set(shown))
    )


def _grows(char: str) -> bool:
    return char.isalnum() and script(char) not in _TOUCHING


_TOUCHING: Final = frozenset({"Hani", "Hira", "Kana", "Hang", "Thai", "Laoo", "Khmr", "Mymr"})


def _add(found: list[Kept], more: Iterable[Kept]) -> None:
    """Add stretches that touch none of those found already."""
    for one in more:
        if one.start < one.end and all(one.end <= other.start or one.start >= other.end for other in found):
            found.append(one)


@cache
def _first_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return (
        ("bracket", re.compile(f"[{OPEN}{CLOSE}][^{OPEN}{CLOSE}\\s]*[{OPEN}{CLOSE}]?")),
        ("address", re.compile(_ADDRESS)),
        ("emoji", re.compile(_EMOJI)),
    )


@cache
def _last_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    money = "[$€£¥￥₹₽₩₫฿₺₴₪]"
    return (
        ("code", re.compile(f"{CODE}|{ACRONYM}")),
        ("size", re.compile(_SIZE)),
        ("money", re.compile(rf"{money}\s?{AMOUNT}|{AMOUNT}\s?{money}(?!\s?\d)")),
        ("number", re.compile(rf"(?:[#№]\s?)?{AMOUNT}(?:\s?[x×:/–−~-]\s?{AMOUNT})*")),
    )


def _digits(written: str, source: Lang, target: Lang) -> str:
    return plain_digits(written) if source != target else written


@cache
def _measures() -> re.Pattern[str]:
    """A number, or several (10 x 20), and the unit behind it."""
    words = sorted(unit_words(), key=len, reverse=True)
    spaced = "|".join(re.escape(word) for word in words if script(word[0]) not in _TOUCHING and len(word) > 1)
    glued = "|".join(re.escape(word) for word in words if script(word[0]) in _TOUCHING)
    known = sorted(unit_symbols(), key=len, reverse=True)
    symbols = "|".join([*map(re.escape, SYMBOLS), *(re.escape(one) for one in known if len(one) > 1)])
    ahead = r"(?![^\W\d_])"
    return re.compile(
        rf"(?<![A-Za-z0-9])(?<![A-Za-z0-9][-/_.])(?P<number>{AMOUNT}(?:\s?[x×/–~-]\s?{AMOUNT})*)"
        rf"(?P<space>\s?-?)(?:(?P<symbol>(?i:{symbols}|[glmwv]){ahead}|in\.)"
        rf"|(?P<word>(?i:{spaced}){ahead}|{glued}))"
    )


def _measured(match: re.Match[str], source: Lang, target: Lang) -> Kept:
    """An amount: a unit spelled out, or in a script of its own, is written as the target's readers do."""
    written = _digits(match[0], source, target)
    word = match["word"]
    if not word or source.split("-")[0] == target.split("-")[0]:
        return Kept(match.start(), match.end(), written, "measure")
    number = _digits(match["number"], source, target)
    shown = _amount(number, unit_words()[normalise(word)], target)
    return Kept(match.start(), match.end(), shown, "measure")


@lru_cache(maxsize=4096)
def _amount(number: str, unit: str, target: Lang) -> str:
    """Write an amount as CLDR does, with the number as it was: only the unit's name changes."""
    plain = number.replace(",", ".")
    if unit not in _CLDR or not re.fullmatch(r"\d{1,9}(?:\.\d{1,3})?", plain):
        return f"{number} {unit}"
    locale, value = locale_of(target), float(plain)
    shown = str(format_unit(value, _CLDR[unit], length="short", locale=locale, numbering_system="latn"))
    there = str(format_decimal(value, locale=locale, numbering_system="latn"))
    return shown.replace(there, number, 1) if shown.count(there) == 1 else f"{number} {unit}"


def _named(text: str, names: Sequence[str]) -> list[Kept]:
    """The product's own names, as written, in capitals or capitalised: "simple" is no brand, "Simple" is."""
    found = []
    for name in dict.fromkeys(name.strip() for name in names if name.strip()):
        for form in dict.fromkeys((name, name.upper(), name.title())):
            start = text.find(form)
            while start >= 0:
                end = start + len(form)
                if _is_edge(text, start) and _is_edge(text, end):
                    found.append(Kept(start, end, form, "brand"))
                start = text.find(form, end)
    return found


def _is_edge(text: str, place: int) -> bool:
    """Say whether a word may begin or end here: not between two letters or digits of ASCII."""
    around = text[max(place - 1, 0) : place + 1]
    return not (0 < place < len(text) and around.isascii() and around.isalnum())


def _brands(text: str, target: Lang, known: BrandForms | None) -> list[Kept]:
    """Brands of the table; one in a script that the target does not write goes by its own name."""
    places = _places(text)
    found = []
    for mention in mentions(normalise(text), known=known) if places else []:
        start, end = places[mention.start], places[mention.end - 1] + 1
        written = text[start:end]
        letters = {script(char) for char in written if char.isalpha()}
        readable = letters <= {"Latn", ""} or letters & scripts_of(target)
        found.append(Kept(start, end, written if readable else mention.brand, "brand"))
    return found


def _places(text: str) -> list[int]:
    """Where each character of the normalised text stands in ``text``; [] where that cannot be told."""
    normal = normalise(text)
    if len(normal) == len(text):
        return list(range(len(text)))
    pieces: list[tuple[str, int]] = []
    for place, char in enumerate(text):
        for part in " " if char.isspace() or unicodedata.category(char) == "Cc" else normalise(char):
            if part != " " or (pieces and pieces[-1][0] != " "):
                pieces.append((part, place))
    if pieces and pieces[-1][0] == " ":
        pieces.pop()
    return [place for _, place in pieces] if "".join(part for part, _ in pieces) == normal else []
