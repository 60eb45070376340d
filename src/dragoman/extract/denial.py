"""Whether what is said is denied: "not waterproof", "防水ではありません", "kein Leder"; per language."""

import re
from functools import cache
from typing import Final, NamedTuple

from dragoman.extract.found import Piece
from dragoman.extract.view import fold
from dragoman.extract.words import negators

BEFORE: Final = 28
BEHIND: Final = 14
"""Characters in which a denial may stand; a clause's end ends it."""

_CLAUSE: Final = re.compile(
    r"[.;:!?\n,|•()]\s?|- | -|/|[。；：！？，、]"
    r"|\b(?:but|and|sondern|aber|mais|pero|sino|mas|ma|ale|но|fakat)\b"
)
# Denials of a thing rather than of a statement.
_SHORT: Final = frozenset(
    fold(word)
    for word in [
        "no",
        "non",
        "without",
        "ohne",
        "kein",
        "keine",
        "keinen",
        "keiner",
        "sans",
        "aucun",
        "aucune",
        "sin",
        "sem",
        "senza",
        "bez",
        "без",
        "нет",
        "tanpa",
        "بدون",
        "دون",
        "बिना",
    ]
)
# Denials that affirm, and questions of degree that do neither.
_NOT_ONLY: Final = re.compile(
    r"(?:not only|not just|nicht nur|non seulement|no solo|nao so|non solo|nie tylko|не только|不仅|不只)"
)


class Denial(NamedTuple):
    """A denied phrase together with the words that deny it."""

    start: int
    end: int


def denial(piece: Piece, start: int, end: int) -> Denial | None:
    """Return folded[start:end] of a piece with what denies it in its own clause, None where nothing does.

    >>> from dragoman.extract.view import view
    >>> denial(Piece(view("This watch is not waterproof"), "en", "bullet"), 18, 28)
    Denial(start=14, end=28)
    """
    text = piece.view.folded
    before = _CLAUSE.split(text[max(0, start - BEFORE) : start])[-1]
    behind = _CLAUSE.split(text[end : end + BEHIND])[0]
    earlier, later = _patterns(piece.lang)
    if earlier and (found := earlier.search(before)) and not _NOT_ONLY.search(before):
        return Denial(start - len(before) + found.start(), end)
    found = later.match(behind) if later else None
    return Denial(start, end + found.end()) if found else None


@cache
def _patterns(lang: str) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    told = negators(lang)
    spaced = [re.escape(word) for word in told.before if not _is_touching(word)]
    touching = [re.escape(word) for word in told.before if _is_touching(word)]
    # "Not" reaches over two words, "no" and "without" over one; in scripts that touch, over what it touches.
    far = [word for word in spaced if word not in _SHORT]
    near = [word for word in spaced if word in _SHORT]
    ways = [
        rf"(?<!\w)(?:{'|'.join(words)})(?!\w)(?:[ -][^\W\d]+){{0,{reach}}}[ -]*$"
        for words, reach in ((far, 2), (near, 1))
        if words
    ]
    ways += [rf"(?:{'|'.join(touching)})\w{{0,2}}$"] if touching else []
    # Behind what it denies a denial follows at once; in scripts that touch, only Korean has a space there.
    gap = r" ?\w{0,6} ?" if lang == "ko" else r"\w{0,6}"
    near_by = "|".join(re.escape(word) for word in told.after if _is_touching(word))
    apart = "|".join(re.escape(word) for word in told.after if not _is_touching(word))
    after = [rf"{gap}(?:{near_by})"] if near_by else []
    after += [rf"[ -]?(?:\w{{1,12}} ){{0,2}}(?:{apart})(?!\w)"] if apart else []
    earlier = re.compile("|".join(ways)) if ways else None
    later = re.compile("|".join(after)) if after else None
    return earlier, later


def _is_touching(word: str) -> bool:
    return re.match("[\u0e00-\u0e7f\u3041-\u9fff\uac00-\ud7a3]", word) is not None
