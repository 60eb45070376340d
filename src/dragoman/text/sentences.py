"""Cuts running text of any language into sentences, as places in it; nothing of the text is changed."""

import re
from itertools import pairwise
from typing import Final, NamedTuple

from dragoman.text.breaks import ends
from dragoman.types import Lang

LONGEST: Final = 400
"""Characters of the longest sentence; what is longer is cut at spaces: Thai writes no full stops."""

# "it works.helpful hint": writers who leave out the space. Not within names ("amazon.com") or numbers.
_GLUED: Final = re.compile(
    r"(?<=[a-zа-я]{4}[.!?])(?=[a-zа-я]{2,}\s)(?!com\b|net\b|org\b|de\b|co\b|jpg\b|pdf\b)"
)
_SPACE: Final = re.compile(r"\s+")


class Place(NamedTuple):
    """Where something stands in a text: ``text[start:end]``, without space around it."""

    start: int
    end: int


def sentences(text: str, lang: Lang = "") -> list[Place]:
    """Return where each sentence of a text stands, in order; blank ones are left out.

    Sentence ends are those of Unicode (UAX 29) as ICU tailors them to the language; lines end sentences.

    >>> text = "It is warm. 5.5 kg!"
    >>> [text[start:end] for start, end in sentences(text, "en")]
    ['It is warm.', '5.5 kg!']
    """
    found: list[Place] = []
    for start, end in pairwise([0, *ends(text, "sentence", lang)]):
        cuts = [start, *(start + glued.start() for glued in _GLUED.finditer(text[start:end])), end]
        for left, right in pairwise(cuts):
            found += _short_enough(text, left, right)
    return found


def _short_enough(text: str, start: int, end: int) -> list[Place]:
    found: list[Place] = []
    while end - start > LONGEST:
        space = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = space if space > 0 else start + LONGEST
        found += _trimmed(text, start, cut)
        start = cut
    return found + _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> list[Place]:
    left = len(text[start:end]) - len(text[start:end].lstrip())
    right = len(text[start:end].rstrip())
    return [Place(start + left, start + right)] if left < right else []
