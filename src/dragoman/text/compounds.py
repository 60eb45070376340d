"""Takes compound words apart: Kopfhörerkabel holds a Kopfhörer and a Kabel. Knows no stems, no terms.

Each language that writes compounds as one word has its own parts (``data/compounds.tsv``), and all parts of
a word must be of one language, so words of other languages are hardly ever cut.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from dragoman.text.tables import table

SHORTEST_PART: Final = 4
SHORTEST_COMPOUND: Final = 2 * SHORTEST_PART
_LONGEST: Final = 40  # letters; cutting takes time that grows with their square
# What a language may put between two parts, the commonest first.
LINKS: Final[Mapping[str, tuple[str, ...]]] = {
    "da": ("", "s", "e"),
    "de": ("", "s", "n", "en", "er", "e", "es"),
    "fi": ("", "n"),
    "nb": ("", "s", "e"),
    "nl": ("", "s", "en", "e", "n"),
    "sv": ("", "s"),
}


# Plural and definite endings, tried when the word without them is known: Helme, Lampen, hjälmar, kengät.
_ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "da": ("erne", "er", "en", "et", "e", "r"),
    "de": ("ern", "en", "er", "es", "e", "n"),
    "fi": ("t", "n"),
    "nb": ("ene", "er", "en", "et", "e", "r"),
    "nl": ("eren", "en"),
    "sv": ("arna", "orna", "ar", "or", "er", "en", "n", "r"),
}


def parts(word: str) -> tuple[str, ...]:
    """Return the known words that ``word`` (normalised) is built of, each without its ending; () if none.

    >>> parts("fahrradhelme"), parts("helme"), parts("headphones")
    (('fahrrad', 'helm'), ('helm',), ())
    """
    if not SHORTEST_PART < len(word) <= _LONGEST or not word.isascii():
        return ()
    if len(word) >= SHORTEST_COMPOUND and (found := _cut(word, _ALL)):
        return found
    bare = _bare(word, _ALL)
    return (bare,) if bare != word else ()


def _cut(word: str, langs: int) -> tuple[str, ...]:
    """Cut after the longest first part whose rest is known, or can be cut itself, in one of ``langs``."""
    known = _known()
    for end in range(len(word) - SHORTEST_PART, SHORTEST_PART - 1, -1):
        first_in = known.get(word[:end], 0) & langs
        for link, linking in _LINKING if first_in else ():
            rest, left = word[end + len(link) :], first_in & linking
            if left and len(rest) >= SHORTEST_PART and word.startswith(link, end):
                found = _rest(rest, left)
                if found:
                    return _bare(word[:end], left), *found
    return ()


def _rest(rest: str, langs: int) -> tuple[str, ...]:
    """Return the parts of what follows a first part; () if it is no word of these languages."""
    bare = _bare(rest, langs)
    if _known().get(bare, 0) & langs:
        return (bare,)
    return _cut(rest, langs) if len(rest) >= SHORTEST_COMPOUND else ()


def _bare(word: str, langs: int) -> str:
    """Return the known word that ``word`` is with an ending, else ``word``."""
    if not word.endswith(_ANY_END):
        return word
    known = _known()
    for ending, ended in _ENDED:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_PART:
            bare = word[: -len(ending)]
            if known.get(bare, 0) & ended & langs:
                return bare
    return word


# Sets of languages are whole numbers, a bit a language: a set operation is then one instruction.
_BITS: Final = {lang: 1 << i for i, lang in enumerate(LINKS)}
_ALL: Final = (1 << len(LINKS)) - 1


def _inverted(by_lang: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, int], ...]:
    """Return (string, its languages as bits), in the order in which the strings are tried."""
    found: dict[str, int] = {}
    for lang, strings in by_lang.items():
        for string in strings:
            found[string] = found.get(string, 0) | _BITS[lang]
    return tuple(found.items())


_LINKING: Final = _inverted(LINKS)
_ENDED: Final = tuple(sorted(_inverted(_ENDINGS), key=lambda pair: (-len(pair[0]), pair[0])))
_ANY_END: Final = tuple(ending for ending, _ in _ENDED)


@cache
def _known() -> Mapping[str, int]:
    return {row[0]: sum(_BITS[lang] for lang in row[1].split(",")) for row in table("compounds")}
