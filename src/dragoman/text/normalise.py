"""Brings spellings of one word together before they are compared; loses what a shopper leaves out.

For matching only: what is shown to a shopper is never normalised. Knows characters, not languages,
so a query and a product meet whatever their languages are said to be.
"""

import re
import unicodedata
from functools import cache
from typing import Final

from dragoman.text.tables import table

# NFKC would spell these out and glue them to the word: "Nike™" must not become "niketm".
_DROPPED: Final = dict.fromkeys("™℠®©", "")
_HYPHENS: Final = dict.fromkeys("\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\ufe58\ufe63", "-")
# Latin letters that carry no accent which NFD could take off, and what shoppers without the key type.
_LETTERS: Final = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i",
    "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ə": "e", "ƒ": "f",
}  # fmt: skip
_CYRILLIC: Final = {"ё": "е", "ѐ": "е", "ѝ": "и"}
# Arabic script: carriers of hamza, the two ways to write yeh, kaf and heh, teh marbuta as it is pronounced
# at the end of a phrase. After Lucene's ArabicNormalizer and PersianNormalizer, joined in one direction.
_ARABIC: Final = {
    "آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ٲ": "ا", "ٳ": "ا", "ؤ": "و", "ۆ": "و", "ئ": "ي", "ى": "ي",
    "ی": "ي", "ې": "ي", "ے": "ي", "ۓ": "ي", "ۍ": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ۀ": "ه", "ە": "ه",
    "ہ": "ه", "ۂ": "ه", "ۃ": "ه", "ھ": "ه", "ـ": "",
}  # fmt: skip
# Candrabindu → anusvara, and no nukta: Devanagari, Bengali, Gurmukhi, Gujarati.
_INDIC: Final = {"\u0901": "\u0902", "\u0981": "\u0982"} | dict.fromkeys("\u093c\u09bc\u0a3c\u0abc", "")
# NFKC takes these vowels apart, and no dictionary of Thai or Lao knows the pieces.
_WHOLE: Final = {"\u0e33": "\u0e33", "\u0eb3": "\u0eb3"}
_SIGNS: Final = {
    "'": "'", "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'", "ʹ": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"', "״": '"', "׳": "'",
    "×": "x", "⁄": "/", "、": ",", "。": ".", "،": ",", "؛": ";", "؟": "?", "۔": ".", "।": ".",
    "・": " ", "·": " ", "•": " ", "゠": " ", "〜": "~", "№": "no", "٪": "%", "٫": ".", "٬": ",",
}  # fmt: skip
# Scripts whose accents shoppers leave out. Elsewhere a mark is a letter: a Thai vowel, kana voicing.
_ACCENTED: Final = ("LATIN", "GREEK")
_POINTS: Final = ("COMBINING", "ARABIC", "HEBREW POINT", "HEBREW ACCENT", "VARIATION SELECTOR")
_VOICING: Final = frozenset("\u3099\u309a")
# A nasal before a stop may be written as its own dead letter or as anusvara: हिन्दी and हिंदी.
_DEAD_NASAL: Final = re.compile("[ङञणनम]\u094d(?=[क-घच-झट-ढत-धप-भ])")
_LONG_MARKS: Final = re.compile("ーー+")


def normalise(text: str) -> str:
    """Return ``text`` in the one form that all its spellings share; normalising twice changes nothing.

    | written | becomes |
    |---|---|
    | full-width, half-width, ligatures, superscripts | the plain character (NFKC) |
    | upper case, accents of Latin and Greek, ё | lower case, bare letter, е |
    | ß æ œ ø đ ł ı þ | ss ae oe o d l i th |
    | traditional Chinese and Japanese characters | the simplified character |
    | hamza carriers, alef maqsura, Persian kaf and yeh, teh marbuta | ا ي ك ه |
    | Arabic short vowels and tatweel, Hebrew points | nothing |
    | digits of any script | 0-9 |
    | Hindi nukta, candrabindu, dead nasals | left out, anusvara |
    | bidi and zero-width controls, ™ ® © | nothing |
    | curly quotes, dashes, middle dots, line ends, runs of spaces | ' " - and one space |

    >>> normalise("Ｎｉｋｅ® Crème “ÖKO”"), normalise("無線藍牙耳機"), normalise("أحذية ٤٢")
    ('nike creme "oko"', '无线蓝牙耳机', 'احذيه 42')
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ascii()).split())
    folded = unicodedata.normalize("NFC", text).translate(_fold())
    folded = unicodedata.normalize("NFC", folded)
    if "\u094d" in folded:
        folded = _DEAD_NASAL.sub("\u0902", folded)
    if "ーー" in folded:
        folded = _LONG_MARKS.sub("ー", folded)
    return " ".join(folded.split())


class _Folds(dict[int, str]):
    """What each code point becomes; worked out when it is first met, then looked up.

    Every value is made of characters that become themselves, which is what makes normalising idempotent.
    """

    def __missing__(self, point: int) -> str:
        folded = _fold_char(chr(point))
        self[point] = folded
        return folded


@cache
def _fold() -> _Folds:
    return _Folds()


@cache
def _ascii() -> dict[int, str]:
    return {point: _fold_char(chr(point)) for point in range(128)}


@cache
def _simplified() -> dict[str, str]:
    return {row[0]: row[1] for row in table("han")}


@cache
def _by_character() -> dict[str, str]:
    plain = _SIGNS | _LETTERS | _CYRILLIC | _ARABIC | _INDIC | _WHOLE | _DROPPED | _HYPHENS
    return plain | _simplified()


def _fold_char(char: str) -> str:
    done = _step(char)
    while (again := "".join(map(_step, done))) != done:
        done = again
    return done


def _step(char: str) -> str:
    """One round of folding; ``_fold_char`` repeats it until nothing changes."""
    known = _by_character().get(char)
    if known is not None:
        return known
    kind = unicodedata.category(char)
    if kind in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    if kind in ("Cf", "Cs"):
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if kind == "Mn" and _is_accent(char):
        return ""
    plain = _bare(unicodedata.normalize("NFKC", char).casefold())
    # A fraction is set apart, or "1½" would read 11/2.
    return " " + plain if "⁄" in plain and char != plain else plain


def _bare(text: str) -> str:
    """Take the accents off Latin and Greek letters; a lone character of another script stays whole."""
    if len(text) == 1 and _name(text).startswith(_ACCENTED):
        return unicodedata.normalize("NFD", text)[0]
    return text


def _is_accent(mark: str) -> bool:
    """Say whether a mark is one that writers leave out: an accent, an Arabic vowel, a Hebrew point."""
    return mark not in _VOICING and _name(mark).startswith(_POINTS)


def _name(char: str) -> str:
    return unicodedata.name(char, "")
