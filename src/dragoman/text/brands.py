"""Finds brands in a text whatever script they are written in: 耐克, найк and ナイキ are Nike.

Which forms mean which brand is data (``data/brands.tsv``), and a shop adds its own rows. A brand names
no language, so what is left when brands are taken out is what language identification should look at.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from rapidfuzz.distance import JaroWinkler

from dragoman.text.normalise import normalise
from dragoman.text.scripts import script
from dragoman.text.tables import table

# In these scripts words touch, so a brand may stand anywhere in a run.
_ANYWHERE: Final = frozenset({"Hani", "Thai", "Laoo", "Khmr", "Mymr"})
# In these a run may start with the brand (나이키운동화), if the form is long enough not to start another
# word: サーモス (Thermos) also starts サーモスタット, thermostat.
_STARTS: Final = {"Hang": 3, "Kana": 5}
_PARTICLES: Final = ("에서", "으로", "을", "를", "이", "가", "은", "는", "에", "의", "로", "와", "과", "도")
_RUSSIAN_CASES: Final = ("ами", "ом", "ов", "ой", "ы", "а", "у", "е", "и")
_WORD: Final = re.compile(
    r"[\u3041-\u30ff\u31f0-\u31ff]+|[\uac00-\ud7a3]+|[\u3005\u3400-\u4dbf\u4e00-\u9fff]+"
    r"|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+"
    r"|(?:(?![\u3005-\u9fff\uac00-\ud7a3\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])[\w'\u0900-\u0dff])+"
)
_LONGEST: Final = 4  # words in one written form: "the north face shop"
_CLOSE: Final = 0.88  # Jaro-Winkler similarity from which a romanised word may be meant as a brand
_VOWELS: Final = re.compile("[aeiouy]+")


@dataclass(frozen=True, slots=True)
class BrandForms:
    """Written forms of brands, ready for look-up; make one with ``forms``."""

    by_words: Mapping[tuple[str, ...], str]  # the words of a form → the brand
    first_words: frozenset[str]  # nearly every word of a query is in none: looked up first, for speed
    by_start: Mapping[str, tuple[tuple[str, str], ...]]  # first two characters of a run → (form, brand)


@dataclass(frozen=True, slots=True)
class BrandMention:
    """A brand and where the normalised text names it."""

    brand: str
    start: int
    end: int


def forms(rows: Iterable[Sequence[str]]) -> BrandForms:
    """Return the look-up of rows (brand, written form, ...); the brand's own name needs a row too.

    >>> recognise("acme anvil", known=forms([("ACME", "acme")]))
    ('ACME',)
    """
    by_words: dict[tuple[str, ...], str] = {}
    by_start: dict[str, list[tuple[str, str]]] = {}
    for brand, written, *_ in rows:
        normal = normalise(written)
        words = tuple(match[0].strip("'") for match in _WORD.finditer(normal))
        if not words:
            continue
        by_words.setdefault(words, brand)
        if len(words) == 1 and len(normal) > 1 and _may_touch(words[0]):
            by_start.setdefault(normal[:2], []).append((normal, brand))
    for found in by_start.values():
        found.sort(key=lambda pair: (-len(pair[0]), pair))  # the longest form wins
    first_words = frozenset(words[0] for words in by_words)
    return BrandForms(by_words, first_words, {start: tuple(found) for start, found in by_start.items()})


@cache
def shipped() -> BrandForms:
    """Return the forms that come with the package: some 240 consumer brands in up to eight languages."""
    return forms(table("brands"))


def recognise(text: str, *, known: BrandForms | None = None) -> tuple[str, ...]:
    """Name the brands that ``text`` mentions, each once, in the order of their first mention.

    Args:
        text: As typed, in any script.
        known: The forms to look for; the shipped ones if not given. A shop with brands of its own
            passes ``forms([*table("brands"), *its_rows])``.

    >>> recognise("耐克跑步鞋"), recognise("чехол для айфон"), recognise("apple juice")
    (('Nike',), ('iPhone',), ())
    """
    return tuple(dict.fromkeys(mention.brand for mention in mentions(normalise(text), known=known)))


def mentions(normal: str, *, known: BrandForms | None = None) -> list[BrandMention]:
    """Return where brands stand in a text that is normalised already, the longest form at each place."""
    lookup = known or shipped()
    words = list(_WORD.finditer(normal))
    found: list[BrandMention] = []
    at = 0
    while at < len(words):
        count, brand = _whole_words(words, at, lookup)
        if brand:
            found.append(BrandMention(brand, words[at].start(), words[at + count - 1].end()))
        else:
            found += _inside(words[at][0], words[at].start(), lookup)
        at += max(count, 1)
    return found


def closest(romanised: str, brands: Sequence[str], *, floor: float = _CLOSE) -> str:
    """Return the brand that a word written in Latin letters sounds most like, ``""`` if none is close.

    For brands in no table: romanise the word (``text.transliterate``) and try it on the catalogue's brands.
    Spelling counts half and the skeleton of consonants half, because scripts differ mostly in vowels.

    >>> closest("makita", ["Nike", "Makita"]), closest("stul", ["Nike", "Makita"])
    ('Makita', '')
    """
    word = normalise(romanised).replace(" ", "")
    scored = [(_likeness(word, normalise(brand).replace(" ", "")), brand) for brand in brands]
    best = min(((-score, brand) for score, brand in scored), default=(0.0, ""))
    return best[1] if -best[0] >= floor and len(word) > 2 else ""


def _likeness(word: str, brand: str) -> float:
    bones = JaroWinkler.similarity(_VOWELS.sub("", word), _VOWELS.sub("", brand))
    return (JaroWinkler.similarity(word, brand) + bones) / 2


def _may_touch(word: str) -> bool:
    name = script(word[0])
    return name in _ANYWHERE or len(word) >= _STARTS.get(name, 99)


def _whole_words(words: list[re.Match[str]], at: int, lookup: BrandForms) -> tuple[int, str]:
    """Return how many words from ``at`` on are a brand's form, and that brand; (0, "") if none is."""
    first = words[at][0].strip("'")
    if first in lookup.first_words:
        here = tuple(match[0].strip("'") for match in words[at : at + _LONGEST])
        for count in range(len(here), 0, -1):
            brand = lookup.by_words.get(here[:count])
            if brand:
                return count, brand
    for bare in _without_endings(first):
        brand = lookup.by_words.get((bare,))
        if brand:
            return 1, brand
    return 0, ""


def _without_endings(word: str) -> list[str]:
    """Return what a word may be without its case ending: найка → найк, 나이키를 → 나이키, nike's → nike."""
    if word.isascii():  # "" too: an apostrophe alone leaves no word
        return [word[:-2]] if word.endswith("'s") else []
    name = script(word[0])
    if name == "Hang":
        return [word.removesuffix(particle) for particle in _PARTICLES if word.endswith(particle)]
    if name == "Cyrl" and len(word) > 4:
        return [word.removesuffix(ending) for ending in _RUSSIAN_CASES if word.endswith(ending)]
    return []


def _inside(run: str, offset: int, lookup: BrandForms) -> list[BrandMention]:
    """Find forms within one run of a script whose words touch."""
    if run.isascii():
        return []
    name = script(run[0])
    if name not in _ANYWHERE and name not in _STARTS:
        return []
    found: list[BrandMention] = []
    at, last = 0, len(run) - 1 if name in _ANYWHERE else 1
    while at < last:
        form, brand = next(
            ((f, b) for f, b in lookup.by_start.get(run[at : at + 2], ()) if run.startswith(f, at)), ("", "")
        )
        if form:
            found.append(BrandMention(brand, offset + at, offset + at + len(form)))
        at += len(form) or 1
    return found
