"""The likeliest translations read again, letter by letter: which of them, or what is close, reads best.

Phrases put side by side leave seams: nouns apart that the language writes as one, a hyphen that led to a word
which was not used. A candidate without the seam is judged beside those that the search found.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dragoman.backends.translators.phrases.letters import Letters
from dragoman.text.compounds import LINKS

LIKELIEST = 8  # translations of a text that are read again
_MENDED = 4  # of these, how many are tried without their seams
_LETTERS, _LENGTH = 0.17, 0.15  # what a nat of the letters weighs beside the search's, and a letter more
_DANGLING = re.compile(r"(?<=\w)- (?=\w)|(?<=\w)-$|^-(?=\w)")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_JOINTS = ("", "s", "-")
_SHORTEST = 3  # letters of a word that is joined to another


def reread(ways: Sequence[Sequence[tuple[str, float]]], letters: Letters, lang: str) -> list[tuple[str, int]]:
    """Return, per text, what reads best, and which of its ways that is or comes from.

    Args:
        ways: Per text, translations in lower case with the search's score, nats, best first; at least one.
        letters: Of the language.
    """
    every: list[dict[str, tuple[float, int]]] = []
    for some in ways:
        found: dict[str, tuple[float, int]] = {}
        for place, (text, score) in enumerate(some):
            for one in (text, *(mended(text, lang) if place < _MENDED else ())):
                found.setdefault(one, (score, place))
        every.append(found)
    read = iter(letters.score([text for found in every for text in found]).tolist())
    best = []
    for found in every:
        worth = {
            text: score + _LETTERS * next(read) + _LENGTH * len(text) for text, (score, _) in found.items()
        }
        text = max(worth, key=lambda one: worth[one])
        best.append((text, found[text][1]))
    return best


def mended(text: str, lang: str) -> Iterator[str]:
    """Yield a text with one of its seams closed.

    >>> list(mended("ohr kerzen", "de"))
    ['ohrkerzen', 'ohrskerzen', 'ohr-kerzen']
    >>> list(mended("cake- pan", "en"))
    ['cake pan']
    """
    for found in _DANGLING.finditer(text):
        yield text[: found.start()] + " " * (" " in found[0]) + text[found.end() :]
    if lang not in LINKS:
        return
    for found in _HYPHEN.finditer(text):
        yield text[: found.start()] + text[found.end() :]
    words = text.split(" ")
    for i, (one, other) in enumerate(pairwise(words)):
        if min(len(one), len(other)) >= _SHORTEST and one.isalpha() and other.isalpha():
            for joint in _JOINTS:
                yield " ".join([*words[:i], one + joint + other, *words[i + 2 :]])
