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
    if len(word) <= SHORTEST_PART or not word.isascii():
        return ()
    for lang in LINKS:
        cut = _cut(word, lang) if len(word) >= SHORTEST_COMPOUND else ()
        found = tuple(_bare(part, lang) for part in cut or (word,))
        if found != (word,):
            return found
    return ()


def _cut(word: str, lang: str) -> tuple[str, ...]:
    """Cut after the longest first part whose rest is known, or can be cut itself."""
    known = _known()[lang]
    for end in range(len(word) - SHORTEST_PART, SHORTEST_PART - 1, -1):
        if word[:end] not in known:
            continue
        for rest in (word[end + len(link) :] for link in LINKS[lang] if word.startswith(link, end)):
            if rest in known or _bare(rest, lang) in known:
                return word[:end], rest
            if len(rest) >= SHORTEST_COMPOUND and (found := _cut(rest, lang)):
                return word[:end], *found
    return ()


def _bare(word: str, lang: str) -> str:
    """Return the known word that ``word`` is with an ending, else ``word``."""
    for ending in _ENDINGS[lang]:
        bare = word.removesuffix(ending)
        if bare != word and len(bare) >= SHORTEST_PART and bare in _known()[lang]:
            return bare
    return word


@cache
def _known() -> Mapping[str, frozenset[str]]:
    return {
        lang: frozenset(row[0] for row in table("compounds") if lang in row[1].split(",")) for lang in LINKS
    }
