"""Words that carry a meaning on their own, in 18 languages: how questions open, yes and no, negation, doubt.

Data files, read once; knows no product.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from dragoman.text.normalise import normalise
from dragoman.types import Lang

LANGS: Final = (
    "en", "zh", "ja", "ko", "ar", "hi", "ru", "de", "es", "fr", "pt", "it", "th", "vi", "id", "tr", "pl",
)  # fmt: skip
_ANYWHERE: Final = frozenset({"zh", "ja", "ko", "th"})  # words are not set apart, or carry endings
_LETTER: Final = r"[^\W_]"
_MARKED: Final = r"[\w\u0900-\u0963\u0610-\u065f]"  # Python's \w leaves out vowel signs


def spoken(lang: Lang) -> str:
    """Return the language of a tag as the tables name it; English where they have none.

    >>> spoken("zh-Hant-HK"), spoken("pt-BR"), spoken("xx")
    ('zh', 'pt', 'en')
    """
    primary = lang.partition("-")[0]
    return primary if primary in LANGS else "en"


def folded(text: str) -> str:
    """Return a text as cues are compared: normalised, combining marks of Devanagari in one order."""
    return unicodedata.normalize("NFC", normalise(text))


def has(text: str, lang: Lang, kind: str) -> bool:
    """Say whether a text (normalised already) holds a cue of this kind.

    >>> has("it does not leak", "en", "neg"), has("notable", "en", "neg"), has("不漏水", "zh", "neg")
    (True, False, True)
    """
    pattern = patterns("cues").get((spoken(lang), kind))
    return bool(pattern and pattern.search(text))


def opens_with(text: str, lang: Lang, kind: str) -> bool:
    """Say whether a text (normalised already) begins with a cue of this kind.

    >>> opens_with("no, sorry", "en", "no"), opens_with("nothing", "en", "no")
    (True, False)
    """
    pattern = patterns("cues").get((spoken(lang), kind))
    found = pattern.match(text.lstrip("¿¡!\"'“„.,- ")) if pattern else None
    return found is not None


def found(text: str, lang: Lang, kind: str, table: str = "cues") -> list[str]:
    """Return the cues of a kind that stand in a text (normalised already), in order."""
    pattern = patterns(table).get((spoken(lang), kind))
    return [match[0] for match in pattern.finditer(text)] if pattern else []


@cache
def patterns(table: str) -> Mapping[tuple[str, str], re.Pattern[str]]:
    """Return one pattern per language and kind of a table in ``data``."""
    return {
        (lang, kind): pattern_of(phrases.split("|"), anywhere=lang in _ANYWHERE)
        for lang, kind, phrases in rows(table)
    }


def kinds(table: str) -> tuple[str, ...]:
    """Return the kinds that a table knows, in its order."""
    return tuple(dict.fromkeys(kind for _, kind, _ in rows(table)))


@cache
def rows(table: str) -> tuple[Sequence[str], ...]:
    """Return the rows of a table in ``data``, comments left out."""
    text = files("dragoman.answer").joinpath(f"data/{table}.tsv").read_text(encoding="utf-8")
    return tuple(line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def stop_words() -> frozenset[str]:
    """Return the words of questions, in several languages, that say nothing of what is asked about."""
    return frozenset(folded(word) for _, words in rows("stops") for word in words.split())


def pattern_of(phrases: Iterable[str], *, anywhere: bool) -> re.Pattern[str]:
    """Return a pattern of phrases, the longest first; ``*`` stands for any letters at that end.

    Args:
        anywhere: A phrase may stand inside a longer word.
    """
    kept = sorted({phrase.strip() for phrase in phrases} - {""}, key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(_one(phrase, anywhere=anywhere) for phrase in kept) or r"(?!)")


def _one(phrase: str, *, anywhere: bool) -> str:
    body = re.escape(folded(phrase.strip("*")))
    if anywhere:
        return body
    # A sign at an end ("%", "'") has no word border of its own to look for.
    before = rf"{_MARKED}*" if phrase.startswith("*") else rf"(?<!{_MARKED})"
    after = rf"{_MARKED}*" if phrase.endswith("*") else rf"(?!{_MARKED})"
    return f"{before}{body}{after}"
