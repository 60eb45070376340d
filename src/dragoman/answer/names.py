"""Names in a sentence that evidence has to hold: brands, models, words in another script or in capitals.

What is no ordinary word of the language counts as a name: better a good sentence cut than an invented
name told. Knows words, no product.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from gzip import decompress
from importlib.resources import files
from typing import Final

from dragoman.answer.cues import folded, rows, spoken
from dragoman.answer.measures import unit_forms
from dragoman.answer.messages import catalogue, reply_lang
from dragoman.text.brands import recognise
from dragoman.text.tables import table
from dragoman.types import Lang

_LATIN_WORD: Final = re.compile(r"[A-Za-zÀ-ɏ][\w'’-]*(?:[-.][\w'’]+)*")
_CASED_WORD: Final = re.compile(r"[^\W\d_][\w'’-]*")
_KATAKANA: Final = re.compile(r"[ァ-ヺー]{3,}")
_CODE: Final = re.compile(
    r"(?<![\w])(?=[A-Za-z\d-]*[A-Za-z])(?=[A-Za-z\d-]*\d)[A-Za-z\d][A-Za-z\d-]{2,}(?![\w])"
)
_MONEY: Final = re.compile(r"[A-Z]{1,3}[$¥£]|[$¥£][A-Z]{2}|\b[A-Z]{3}\b(?=\s?\d)|(?<=\d)\s?\b[A-Z]{3}\b")
_OTHER_SCRIPTS: Final = frozenset({"zh", "ja", "ko", "ar", "hi", "th", "ru"})


def strange_names(text: str, lang: Lang, evidence: Iterable[str]) -> list[str]:
    """Return the names in a text that none of the evidence holds.

    >>> strange_names("It is made by Nike.", "en", ["a shoe by adidas"])
    ['Nike']
    >>> strange_names("It is made by Nike.", "en", ["nike air"])
    []
    """
    held = " ".join(map(folded, evidence))
    words = frozenset(re.findall(r"[\w]+", held))
    brands = frozenset(brand for one in evidence for brand in recognise(one))
    found = [name for name in recognise(text) if name not in brands and folded(name) not in held]
    # Marks of currencies belong to amounts, which are checked as such.
    found += [name for name in _candidates(_MONEY.sub(" ", text), lang) if not _is_held(name, held, words)]
    return list(dict.fromkeys(found))


def _candidates(text: str, lang: Lang) -> list[str]:
    language = spoken(lang)
    codes = [match[0] for match in _CODE.finditer(text) if not _is_measure(match[0])]
    if language in _OTHER_SCRIPTS:
        names = [match[0] for match in _LATIN_WORD.finditer(text) if not _is_ordinary(match[0], "en-only")]
        if language == "ja":
            names += [match[0] for match in _KATAKANA.finditer(text) if not _is_ordinary(match[0], language)]
        if language == "ru":
            names += _capitalised(text, language)
        return codes + names
    return codes + _capitalised(text, language)


def _capitalised(text: str, language: str) -> list[str]:
    """Words in capitals that are no ordinary words; at the start of a sentence every word has one."""
    found = []
    for match in _CASED_WORD.finditer(text):
        word = match[0].strip("'’-")
        if not word or not word[0].isupper() or _is_ordinary(word, language):
            continue
        found.append(word)
    return found


def _is_ordinary(word: str, language: str) -> bool:
    plain = folded(word)
    if len(plain) < 2 or plain in unit_forms() or plain in _international():
        return True
    if language == "en-only":  # a Latin word in another script is a name, or one of the few that all use
        return False
    known = ordinary(language)
    if plain in known:
        return True
    parts = re.findall(r"\w+", plain)
    return len(parts) > 1 and all(part in known for part in parts)


def _is_held(name: str, held: str, words: frozenset[str]) -> bool:
    plain = folded(name)
    if plain in words or (len(plain) > 3 and f" {plain}" in f" {held}"):
        return True
    stem = plain.rstrip("s'’")
    return stem in words or any(part in words for part in [re.sub(r"['’]s$", "", plain)])


def _is_measure(code: str) -> bool:
    """Say whether a run of digits and letters is an amount ("16gb"): amounts are checked as such."""
    found = re.fullmatch(r"\d+(?:-)?([a-z]+)", folded(code))
    return bool(found and found[1] in unit_forms()) or bool(
        re.fullmatch(r"\d+(?:st|nd|rd|th|x|d|er|e|º|ª)", folded(code))
    )


@lru_cache(maxsize=32)
def ordinary(language: str) -> frozenset[str]:
    """Return the words of a language that are no names: of our own tables, and of the term table."""
    texts = [
        row[2]
        for name in ("cues", "aspects", "anchors", "claims")
        for row in rows(name)
        if row[0] == language
    ]
    texts += [forms for row in rows("numerals") if row[0] == language for forms in row[1:]]
    texts += [said.get(reply_lang(language), "") for said in catalogue().values()]
    texts += [words for of, words in rows("openers") if of == language]
    texts += _terms(language)
    return frozenset(re.findall(r"\w+", folded(" ".join(texts))))


def _terms(language: str) -> list[str]:
    """The words of the term table; English is its other side."""
    folder = files("dragoman.text").joinpath("data", "lexicon")
    wanted = ("de", "fr", "es", "ja", "zh") if language == "en" else (language,)
    side = -1 if language == "en" else 0
    found = []
    for name in wanted:
        path = folder.joinpath(f"{name}.tsv.gz")
        if path.is_file():
            lines = decompress(path.read_bytes()).decode("utf-8").splitlines()
            found += [line.split("\t")[side] for line in lines]
    if language == "de":
        found += [row[0] for row in table("compounds")]
    return found


@lru_cache(maxsize=1)
def _international() -> frozenset[str]:
    return frozenset(row[0] for row in table("international"))
