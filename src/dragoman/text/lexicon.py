"""Puts a query's shopping words into English by a table of terms; knows no grammar, says how much it knew."""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from dragoman.text.normalise import normalise
from dragoman.types import Lang

_LONGEST = 5  # words of a term
_UNSPACED = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30fe\u3400-\u9fff]")
_JOINED = re.compile("[\uac00-\ud7a3]{3,}")
_MOST = 0.6  # of a joined word, that its terms must be
_SHORTEST = 2  # letters of a term inside an unspaced text: single ones are parts of other words


@dataclass(frozen=True, slots=True)
class Said:
    """English words for a text, in its order, and the share of its letters that the table knew, 0..1."""

    english: str
    known: float


@dataclass(frozen=True, slots=True)
class _Table:
    """A language's terms with their English, and the letters of the longest."""

    terms: Mapping[str, str]
    longest: int


def say_in_english(text: str, lang: Lang) -> Said:
    """Return the English of a query's terms, the longest first; what is not in the table is left out.

    >>> say_in_english("skrzypce", "pl")
    Said(english='violin', known=1.0)
    """
    normal = normalise(text)
    table = _table(lang.split("-")[0])
    letters = sum(char.isalnum() for char in normal)
    if not table.terms or not letters:
        return Said("", 0.0)
    found = _pieces(normal, table) if _UNSPACED.search(normal) else _words(normal.split(), table)
    known = sum(sum(char.isalnum() for char in term) for term, _ in found)
    return Said(" ".join(english for _, english in found), known / letters)


def _words(words: list[str], table: _Table) -> list[tuple[str, str]]:
    """Terms of whole words, longest first from the left."""
    found, at = [], 0
    while at < len(words):
        for size in range(min(_LONGEST, len(words) - at), 0, -1):
            term = " ".join(words[at : at + size])
            if english := table.terms.get(term):
                found.append((term, english))
                at += size
                break
        else:
            found += _within(words[at], table)
            at += 1
    return found


def _within(word: str, table: _Table) -> list[tuple[str, str]]:
    """Terms of which a Korean word is made, where they are most of it: nouns are written together."""
    if not _JOINED.fullmatch(word):
        return []
    found = _pieces(word, table)
    return found if sum(len(term) for term, _ in found) >= _MOST * len(word) else []


def _pieces(text: str, table: _Table) -> list[tuple[str, str]]:
    """Terms inside a text that shows no words, longest first from the left, spaces within counted as none."""
    text = text.replace(" ", "")
    found, at = [], 0
    while at < len(text):
        for size in range(min(table.longest, len(text) - at), _SHORTEST - 1, -1):
            term = text[at : at + size]
            if english := table.terms.get(term):
                found.append((term, english))
                at += size
                break
        else:
            at += 1
    return found


@lru_cache(maxsize=32)
def _table(lang: str) -> _Table:
    path = files("dragoman.text").joinpath("data", "lexicon", f"{lang}.tsv.gz")
    if not lang.isalpha() or not path.is_file():
        return _Table({}, 0)
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
    terms = {term: english for term, _, english in (line.partition("\t") for line in lines)}
    return _Table(terms, max(map(len, terms)))  # once: it takes longer than all the rest of a query's words
