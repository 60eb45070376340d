"""Units of measure: which one a word means in any language, and amounts in the one unit they compare in.

Every dimension has one unit that amounts are compared in (g, cm, ml, W ...): 121 lb and 55 kg meet there.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from dragoman.errors import BadInput
from dragoman.text.normalise import normalise
from dragoman.text.tables import table
from dragoman.types import Lang

if TYPE_CHECKING:
    from pint import UnitRegistry

LONGEST: Final = 16
"""Characters of the longest written unit."""

# Scripts whose words touch: a unit there needs no end of word (200毫升家用).
_TOUCHING: Final = re.compile("[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7a3\uff65-\uff9f]")
_SPACES: Final = re.compile(r"\s+")
_ALONE: Final = frozenset({"K", "A", "V", "N", "t", "s"})
"""Symbols that a lower-case letter of the same name must not be taken for."""


class Measure(NamedTuple):
    """An amount and the unit it counts."""

    value: float
    unit: str


class UnitAt(NamedTuple):
    """A unit found in a text, and where it ends."""

    unit: str
    end: int


def unit_of(word: str) -> str:
    """Return the symbol of the unit that a word means, "" for no unit.

    >>> unit_of("Kilogramm"), unit_of("毫升"), unit_of("pounds"), unit_of("kettle")
    ('kg', 'ml', 'lb', '')
    """
    if word in _rows():
        return word
    return _forms().get(_SPACES.sub("", normalise(word)), "")


def compared(value: float, unit: str) -> Measure | None:
    """Return an amount in the unit its kind is compared in, rounded to nine digits; None for no unit.

    >>> compared(9.5, "in"), compared(1.5, "kg"), compared(3, "boxes")
    (Measure(value=24.13, unit='cm'), Measure(value=1500.0, unit='g'), None)
    >>> compared(70, "°F")
    Measure(value=21.1111111, unit='°C')
    """
    row = _rows().get(unit) or _rows().get(unit_of(unit))
    if row is None:
        return None
    if row.name == row.kind or not row.pint:
        return Measure(float(value), row.kind)
    factor, offset = _line(row.name)
    return Measure(float(f"{value * factor + offset:.9g}"), row.kind)


def convert(value: float, unit: str, to: str) -> float:
    """Return an amount in another unit of its kind.

    Raises:
        BadInput: one of the two is no unit, or they measure different things.

    >>> convert(1, "kg", "lb")
    2.20462262
    """
    here, there = compared(value, unit), compared(1.0, to)
    if here is None or there is None or here.unit != there.unit:
        raise BadInput(f"cannot count {unit!r} in {to!r}", hint="two units of one kind: kg and lb, cm and in")
    factor, offset = _line(unit_of(to)) if _rows()[unit_of(to)].pint else (1.0, 0.0)
    return float(f"{(here.value - offset) / factor:.9g}")


def unit_at(folded: str, at: int) -> UnitAt | None:
    """Return the longest unit that a normalised text has at a place, one space before it passed over.

    >>> unit_at("9.5 inches long", 3), unit_at("200毫升家用", 3), unit_at("2 in 1", 1)
    (UnitAt(unit='in', end=10), UnitAt(unit='ml', end=5), UnitAt(unit='in', end=4))
    """
    start = at + 1 if folded[at : at + 1] in (" ", "-") else at
    rest = folded[start : start + LONGEST]
    for size in range(len(rest), 0, -1):
        word = rest[:size]
        if word[-1] == " ":
            continue
        unit = _forms().get(word) or (_forms().get(word.replace(" ", "")) if " " in word else None)
        if unit and _ends(word[-1], folded[start + size : start + size + 1]):
            return UnitAt(unit, start + size)
    return None


def kind_of(unit: str) -> str:
    """Return the unit that amounts in ``unit`` are compared in, "" for no unit.

    >>> kind_of("kg"), kind_of("Zoll")
    ('g', 'cm')
    """
    row = _rows().get(unit) or _rows().get(unit_of(unit))
    return row.kind if row else ""


def _ends(last: str, following: str) -> bool:
    """Say whether a unit may end before this character: not within a word of a spaced script."""
    if not following or not following.isalnum() or not last.isalnum():
        return not (last in "'\"" and following.isalpha())
    if _TOUCHING.match(last):
        # A number after an ideograph is another amount; Thai and Korean particles may follow.
        return True
    return bool(_TOUCHING.match(following)) or (following in "xх" and last not in "xх")


class _Row(NamedTuple):
    name: str
    kind: str
    pint: str


@cache
def _rows() -> Mapping[str, _Row]:
    return {row[0]: _Row(row[0], row[1], row[2] if len(row) > 2 else "") for row in table("measures")}


@cache
def _forms() -> Mapping[str, str]:
    """Written form, normalised and without spaces → symbol; our own forms come before those of units.tsv."""
    found: dict[str, str] = {}
    for row in table("measures"):
        for form in row[3].split() if len(row) > 3 else ():
            found.setdefault(_SPACES.sub("", normalise(form)), row[0])
    for row in table("measures"):
        if row[0] not in _ALONE or row[0] in "VA":
            found.setdefault(_SPACES.sub("", normalise(row[0])), row[0])
    by_plain = {normalise(row[0]): row[0] for row in table("measures")}
    for first, *others in table("units"):
        if first in by_plain:
            for form in (first, *others):
                found.setdefault(_SPACES.sub("", normalise(form)), by_plain[first])
    return {form: unit for form, unit in found.items() if form and len(form) <= LONGEST}


@lru_cache(maxsize=256)
def _line(unit: str) -> tuple[float, float]:
    """Return factor and offset from a unit to the one it is compared in; pint knows them."""
    row = _rows()[unit]
    other = _rows()[row.kind]
    registry = _registry()
    zero = registry.Quantity(0.0, row.pint).to(other.pint).magnitude
    one = registry.Quantity(1.0, row.pint).to(other.pint).magnitude
    return float(one - zero), float(zero)


@cache
def _registry() -> "UnitRegistry[float]":
    # Imported when the first amount is converted: pint reads its own table of a thousand units.
    from pint import UnitRegistry

    return UnitRegistry()


def number(text: str, lang: Lang = "") -> float | None:
    """Return the number that a text is, in any digits and with either decimal separator; None for no number.

    A lone separator before exactly three digits groups thousands, unless the whole part is 0, or the
    language has it for its decimals ("1.299" in English, "1,299" in German).

    >>> number("1.299", "en"), number("1.299", "de")
    (1.299, 1299.0)
    >>> number("1,5"), number("1.299"), number("1 1/2"), number("٩٫٥"), number("0.125"), number("12,500.5")
    (1.5, 1299.0, 1.5, 9.5, 0.125, 12500.5)
    """
    plain = normalise(text).strip() if not text.isascii() else text.strip()
    if mixed := _MIXED.fullmatch(plain):
        return _mixed(mixed)
    found = _NUMBER.fullmatch(plain.replace("'", "").replace(" ", ""))
    return _plain(plain.replace("'", "").replace(" ", ""), _decimal(lang)) if found else None


def _decimal(lang: Lang) -> str:
    primary = lang.split("-")[0]
    return "" if not primary else "," if primary in _COMMA else "."


_COMMA: Final = frozenset(
    [
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "es",
        "et",
        "fi",
        "fr",
        "hr",
        "hu",
        "id",
        "it",
        "lt",
        "lv",
        "nb",
        "nl",
        "no",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "sr",
        "sv",
        "tr",
        "uk",
        "vi",
    ]
)
"""Languages whose decimals stand behind a comma (CLDR)."""


def _mixed(found: re.Match[str]) -> float | None:
    below = int(found["below"])
    return (float(found["whole"] or 0) + int(found["above"]) / below) if below else None


def _plain(digits: str, decimal: str) -> float:
    sign = -1.0 if digits.startswith("-") else 1.0
    digits = digits.lstrip("+-")
    place = max(digits.rfind("."), digits.rfind(","))
    if place < 0:
        return sign * float(digits)
    whole, fraction = digits[:place], digits[place + 1 :]
    repeated = digits[place] in whole
    groups = (
        digits[place] != decimal
        and len(fraction) == 3
        and not any(char in whole for char in ".,")
        and whole not in ("", "0")
    )
    bare = re.sub(r"[.,]", "", whole) or "0"
    if repeated or groups:
        return sign * float(bare + fraction)
    return sign * float(f"{bare}.{fraction or 0}")


_MIXED: Final = re.compile(r"(?:(?P<whole>\d{1,4})[ -])?(?P<above>\d{1,3})/(?P<below>\d{1,3})")
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,15}(?:[.,]\d{1,12})*|[.,]\d{1,12})")


def shown_number(value: float) -> str:
    """Return a number in plain digits, at most six telling ones, without an exponent.

    >>> shown_number(24.13), shown_number(55020.1234), shown_number(0.5), shown_number(2e9)
    ('24.13', '55020.1', '0.5', '2000000000')
    """
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.6g}"
    if "e" not in text:
        return text
    return f"{value:.0f}" if abs(value) >= 1 else f"{value:.9f}".rstrip("0").rstrip(".")


def is_letter(char: str) -> bool:
    """Say whether a character belongs to a word: a letter, or a mark on one.

    >>> is_letter("я"), is_letter("ि"), is_letter("5")
    (True, True, False)
    """
    return char.isalpha() or unicodedata.category(char) in ("Mn", "Mc")
