"""English words that no phrase has, as another form or the parts of theirs that some phrase has.

"Zithers" is read as "zither" where only that was taught; "beanbag" as "bean bag" where the translation is not
in Latin letters, in which a word that is merely copied is hardly ever right.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from dragoman.backends.translators.phrases.spelling import Spelled, Spelling
from dragoman.backends.translators.phrases.tables import PhraseTable

_WORD = re.compile(r"[^\W\d_]{4,}")
# What a word ends in, and what another of its forms does: number, then what is done and what does it.
_ENDINGS = (
    ("ies", "y"), ("y", "ies"), ("s", ""), ("es", ""), ("", "s"),
    ("ing", ""), ("ing", "e"), ("", "ing"), ("e", "ing"), ("", "ed"), ("e", "ed"), ("er", "ing"),
)  # fmt: skip
_SPELLINGS = (
    ("our", "or"),
    ("or", "our"),
    ("ise", "ize"),
    ("isi", "izi"),
    ("isa", "iza"),
)  # British, American
_SHORTEST = 3  # letters of a form, and of a part
_MET = 1 << 15  # words of which is remembered whether they are known


class Reader:
    """Reads texts for a table of phrases."""

    def __init__(self, spelling: Spelling, table: PhraseTable, *, respells: bool, cuts: bool) -> None:
        """Remember what to do.

        Args:
            respells: Look for other forms of words that the table does not have: the texts are English.
            cuts: Look for their parts too.
        """
        self._spelling, self._respells, self._cuts = spelling, respells, cuts
        self._is_known = lru_cache(maxsize=_MET)(lambda word: table.has(spelling.read(word).ids))

    def read(self, text: str) -> Spelled:
        """Return a text's pieces."""
        if self._respells:
            text = respelt(text, self._is_known, cut=self._cuts)
        return self._spelling.read(text)


def respelt(text: str, is_known: Callable[[str], bool], *, cut: bool) -> str:
    """Return the text with every word that is not known as a form or as two parts that are, if there are any.

    Args:
        is_known: Whether some phrase has a word, in lower case.
        cut: Take words apart where none of their forms is known.

    >>> respelt("Zithers, beanbag", {"zither", "bean", "bag"}.__contains__, cut=True)
    'Zither, bean bag'
    """

    def known(found: re.Match[str]) -> str:
        word = found[0].lower()
        if found[0][1:] != word[1:] or is_known(word):  # what has capitals inside is a name
            return found[0]
        other = next(filter(is_known, forms(word)), None) or (_cut(word, is_known) if cut else None)
        if other is None:
            return found[0]
        return other[0].upper() + other[1:] if found[0][0].isupper() else other

    return _WORD.sub(known, text)


def forms(word: str) -> Iterator[str]:
    """Yield what a word may be in another form, the likeliest first.

    >>> list(forms("tuning"))
    ['tunings', 'tun', 'tune', 'tuninging', 'tuninged']
    """
    for here, there in _SPELLINGS:
        if here in word:
            yield word.replace(here, there)
    for end, other in _ENDINGS:
        if word.endswith(end) and len(word) - len(end) >= _SHORTEST and not (end == "s" and word[-2] == "s"):
            yield word[: len(word) - len(end)] + other


def _cut(word: str, is_known: Callable[[str], bool]) -> str | None:
    """Return two known words that a word is made of, those of the most even length."""
    places = range(_SHORTEST, len(word) - _SHORTEST + 1)
    for place in sorted(places, key=lambda place: abs(2 * place - len(word))):
        if is_known(word[:place]) and is_known(word[place:]):
            return f"{word[:place]} {word[place:]}"
    return None
