"""Who makes it, read from a title: a brand that is known, one that is announced, or a name that begins it.

Sellers put the brand first more often than anywhere else. A first word is taken for one where no running
text writes it small (`data/common`), so "Cordless" is none and "Bosch" is.
"""

import gzip
import re
from collections.abc import Iterator, Set
from functools import cache
from importlib.resources import files
from typing import Final

from dragoman.extract.coded import FOR
from dragoman.extract.found import Found, Piece
from dragoman.text.brands import mentions

NAME: Final = "Brand"
_KNOWN, _ANNOUNCED, _FIRST, _LATER = 0.85, 0.8, 0.6, 0.58
_EARLY: Final = 3  # words of a title among which a known brand is its maker
_PART: Final = r"[^\W\d_][\w'’]*(?:[-&.][^\W\d_][\w'’]*)*"
_WORD: Final = re.compile(_PART)
# Behind a word that announces a maker: up to three words with capitals.
_BY: Final = re.compile(
    rf"(?<![^\W\d_])(?:[Bb]y|[Vv]on|[Pp]ar|door|av|от|фирмы|oleh)\s+(?P<name>{_PART}(?:\s+{_PART}){{0,2}})"
)
_JOINED: Final = re.compile(r"\s?&\s?")
_ENDINGS: Final = ("s", "es", "ed", "d", "ing", "er", "ly", "'s", "’s", "n", "en", "e")
_LEFT_OUT: Final = frozenset({"null", "na", "oem", "diy", "led", "usb", "hd", "uk", "us", "eu", "xl", "xxl"})
_OPENING: Final = "\"'«»“”[]()【】*- "  # what may stand before the first word
_COMPOUNDING: Final = frozenset({"de", "nl", "sv", "da", "nb"})
# Their words have more endings than lists have words: a first word says nothing there.
_INFLECTING: Final = frozenset({"pl", "cs", "tr", "fi", "hu", "ro", "el", "lt"})
_LONGEST: Final = 24  # letters of a name


def branded(piece: Piece) -> Iterator[Found]:
    """Yield the brands that a title names, each where it stands and as it is written there.

    >>> from dragoman.extract.view import view
    >>> [found.value for found in branded(Piece(view("Bosch Akkuschrauber"), "de", "title"))]
    ['Bosch']
    >>> list(branded(Piece(view("Cordless drill for Bosch"), "en", "title")))
    []
    """
    if piece.place == "title":
        used_for = FOR.search(piece.view.folded)
        end = used_for.start() if used_for else len(piece.view.folded)
        yield from _known(piece, end)
        yield from _announced(piece)
        yield from _first(piece, piece.view.start(end))


def _known(piece: Piece, end: int) -> Iterator[Found]:
    """Brands of the table, up to the words that say what the product is for."""
    text = piece.view.folded
    for mention in mentions(text[:end]):
        written = piece.view.quote(mention.start, mention.end)
        if written[:1].isupper() or not written.isascii():
            sure = _KNOWN if len(text[: mention.start].split()) < _EARLY else _LATER
            yield Found(NAME, mention.brand, "", mention.start, mention.end, sure)


def _announced(piece: Piece) -> Iterator[Found]:
    for found in _BY.finditer(piece.view.source):
        if name := _named(found["name"], piece.lang):
            yield _as_written(piece, found.start("name"), name, _ANNOUNCED)


def _first(piece: Piece, end: int) -> Iterator[Found]:
    source = piece.view.source
    first = _WORD.search(source, 0, end) if piece.lang not in _INFLECTING else None
    if first and first[0][0] < "Ͱ" and not source[: first.start()].strip(_OPENING):
        name = _named(source[first.start() :], piece.lang, most=1)
        if name:
            yield _as_written(piece, first.start(), name, _FIRST)


def _named(text: str, lang: str, most: int = 3) -> str:
    """Return the words of a name that a text begins with; "" if it begins with none."""
    end = 0
    for place, found in enumerate(_WORD.finditer(text)):
        between = text[end : found.start()]
        joins = bool(_JOINED.fullmatch(between))
        if (place and not joins and (place >= most or between != " ")) or not _may_be_name(found[0], lang):
            break
        end = found.end()
    return text[:end] if end <= _LONGEST else ""


def _may_be_name(word: str, lang: str) -> bool:
    lower = word.casefold()
    if not word[0].isupper() or len(word) < 2 or lower in _LEFT_OUT or any(map(str.isdigit, word)):
        return False  # a word with digits is a code
    parts = [part for part in re.split(r"[-.&'’]", lower) if len(part) > 1]
    return any(not _is_common(part, lang) for part in parts)


def _is_common(word: str, lang: str) -> bool:
    """Whether running text of a language, or English, writes a word small, whatever its ending."""
    stems = {word, *(word.removesuffix(ending) for ending in _ENDINGS if len(word) - len(ending) > 2)}
    stems |= {stem + "e" for stem in stems} | {stem[:-1] for stem in stems if stem[-2:-1] == stem[-1:]}
    if lang in _COMPOUNDING:  # Ersatzakku ends with Akku; `text.compounds` would have to know Ersatz too
        stems |= {word[at:] for at in range(2, len(word) - 3)}
    return not stems.isdisjoint(_common("en")) or not stems.isdisjoint(_common(lang))


def _as_written(piece: Piece, start: int, name: str, confidence: float) -> Found:
    """A name at a place of the source, at its place in the folded text."""
    places = piece.view.places or range(len(piece.view.source))
    inside = [at for at, place in enumerate(places) if start <= place < start + len(name)]
    return Found(NAME, name, "", inside[0], inside[-1] + 1, confidence)


@cache
def _common(lang: str) -> Set[str]:
    path = files("dragoman.extract").joinpath("data", "common", f"{lang}.txt.gz")
    if not lang.isalpha() or not path.is_file():
        return frozenset()
    return frozenset(gzip.decompress(path.read_bytes()).decode("utf-8").split("\n"))
