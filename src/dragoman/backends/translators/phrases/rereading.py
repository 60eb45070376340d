"""The likeliest translations read again, letter by letter: which of them, or what is close, reads best.

Phrases put side by side leave seams: nouns apart that the language writes as one, a hyphen that led to a word
which was not used. A candidate without the seam is judged beside those that the search found.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dragoman.backends.translators.phrases.letters import Letters
from dragoman.backends.translators.phrases.ngrams import Floats
from dragoman.backends.translators.phrases.spelling import HOLE
from dragoman.text.compounds import LINKS

LIKELIEST = 5  # translations of a text that are read again
_NAME = 40  # characters of a name: what is longer is a sentence
_MENDED = 4  # of these, how many are tried without their seams
_LETTERS, _LENGTH = 0.12, 0.1  # what a nat of the letters weighs beside the search's, and a letter more
_DANGLING = re.compile(r"(?<=\w)- (?=\w)|(?<=\w)-$|^-(?=\w)")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_JOINTS = ("", "s", "-")
_NUMBER = "\ue001"  # a hole that is none of a word
_SHORTEST = 3  # letters of a word that is joined to another


@dataclass(frozen=True, slots=True)
class Draft:
    """A translation before its capitals, and before what stands in its holes."""

    plain: str  # in lower case
    kept: tuple[str, ...]  # what stands in the holes, in order
    signs: Floats  # (len(SIGNS),)
    score: float  # the search's, nats

    def read(self, text: str) -> str:
        """Return a text with this one's holes as the letters know it: words in them, numbers not."""
        for one in self.kept if any(map(str.isalpha, "".join(self.kept))) else ():
            text = text.replace(HOLE, one.lower() if one.isalpha() else _NUMBER, 1)
        return text.replace(_NUMBER, HOLE)


def reread(ways: Sequence[Sequence[Draft]], letters: Letters, lang: str) -> list[Draft]:
    """Return, per text, what reads best; of a sentence, whose words stand apart for a reason, the likeliest.

    Args:
        ways: Per text, its translations, best first; at least one.
        letters: Of the language.
    """
    every: list[dict[str, Draft]] = []
    for some in ways:
        found: dict[str, Draft] = {}
        is_name = len(some[0].plain) <= _NAME
        for place, draft in enumerate(some if is_name else some[:1]):
            for text in (draft.plain, *(mended(draft.plain, lang) if is_name and place < _MENDED else ())):
                found.setdefault(draft.read(text), replace(draft, plain=text))
        every.append(found)
    heard = iter(letters.score([text for found in every for text in found]).tolist())
    worth = [
        [(draft.score + _LETTERS * next(heard) + _LENGTH * len(text), draft) for text, draft in found.items()]
        for found in every
    ]
    return [max(some, key=lambda one: one[0])[1] for some in worth]


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
