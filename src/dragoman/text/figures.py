"""What no translation may change: numbers, amounts with units, codes of models. Knows no language."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Final

from dragoman.text.normalise import normalise
from dragoman.text.tables import table

# Digits, and the signs that NFKC turns into digits: ², ½, ①, 1月 as one character.
_DIGIT: Final = (
    r"\d\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2080-\u2089\u2150-\u215f\u2460-\u24ff\u2776-\u2793"
    r"\u3248-\u325f\u32b1-\u32cb\u3358-\u3370\u33e0-\u33fe\U0001f100-\U0001f10a"
)
AMOUNT: Final = rf"[{_DIGIT}]+(?:[.,٫٬'’][{_DIGIT}]+)*"
"""Pattern of one number, with separators inside."""

CODE: Final = (
    r"(?<![A-Za-z0-9])(?![0-9./]+-[A-Za-z][a-z]{2,}(?![A-Za-z0-9]))(?=[A-Za-z0-9_./+#-]*[0-9])(?=[0-9_./+#-]*[A-Za-z])"
    r"[A-Za-z0-9]+(?:[-_./+#][A-Za-z0-9]+)*(?![A-Za-z0-9])"
)
"""Pattern of a word of letters and digits: WR30X10061, KH-900/2, 1080p; "3-pack" is two words."""

ACRONYM: Final = (
    r"(?<![A-Za-z0-9])(?:[A-Z]{2,6}(?=[ -][0-9])|[BCDFGHJKLMNPQRSTVWXZ]{2,5}"
    r"|USB|LED|OLED|HDMI|DVD|AC|AUX|GPS|NFC|RAM|UV|RFID|LiPo|EVA|ABS|DIY|OEM|UPS|IR|EU|US|UK)(?![A-Za-z0-9])"
)
"""Pattern of capitals that are the same everywhere: those before a number, without a vowel, or well known."""

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_CODE: Final = re.compile(CODE)
# Units that are read everywhere as they are, beside the canonical forms of the table.
SYMBOLS: Final = (
    "°C", "°F", "℃", "℉", "kWh", "Wh", "mAh", "Ah", "mA", "kHz", "MHz", "GHz", "Mbps", "Gbps", "dpi", "ppi",
    "fps", "rpm", "psi", "bar", "kPa", "lm", "dB", "px", "MP", "kcal", "kJ", "gsm", "g/m²", "m²", "m³", "cm²",
    "cm³", "mm²", "ft²", "µm", "nm", "BTU", "cc", "fl oz", "Ω", "%", "％", "‰", "°", "″", "′", '"',
)  # fmt: skip


def numbers(text: str) -> Mapping[str, int]:
    """Count the numbers of a text, whatever digits they are written in.

    >>> dict(numbers("٤٢ - 42, 1,5 l"))
    {'42': 2, '1,5': 1}
    """
    return Counter(_NUMBER.findall(normalise(text)))


def codes(text: str) -> tuple[str, ...]:
    """Return the words that mix letters and digits, in order: model numbers for the most part.

    >>> codes("GE WR30X10061 冰箱 H7-led")
    ('WR30X10061', 'H7-led')
    """
    return tuple(_CODE.findall(unicodedata.normalize("NFKC", text)))


def plain_digits(text: str) -> str:
    """Return a text with the digits and decimal points of any script written as everybody reads them.

    >>> plain_digits("٤٢٫٥ سم")
    '42.5 سم'
    """
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" else _POINTS.get(char, char)
        for char in text
    )


_POINTS: Final = {"٫": ".", "٬": ","}


@cache
def unit_words() -> Mapping[str, str]:
    """Return the canonical unit by each form that is spelled out or in a script of its own: 毫升 → ml.

    Left out is the form "in", which is a word of every other title ("3 in 1").
    """
    words = {form: row[0] for row in table("units") for form in row[1:] if form not in _NO_WORDS}
    return {form: unit for form, unit in words.items() if form not in unit_symbols()}


@cache
def unit_symbols() -> frozenset[str]:
    """Return the short forms that readers of every language know, in lower case: ml, kg, gb."""
    return frozenset(row[0] for row in table("units") if row[0] != "in") | {"lbs", "kgs"}


# Everyday words as well: a kilo of, a metre of; and what is a unit in one language is a word in others.
_NO_WORDS: Final = frozenset({"in", "cala", "inc", "gal", "gr", "مم"})
