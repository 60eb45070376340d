"""Which scripts a language is written in, and whether a text can be of that language. Knows no words."""

from collections import Counter
from functools import lru_cache
from typing import Final

from dragoman.text.scripts import script
from dragoman.text.tags import script_of
from dragoman.types import Lang

# Scripts of ISO 15924 that stand for several.
_MIXED: Final = {
    "Jpan": ("Hani", "Hira", "Kana"),
    "Kore": ("Hang", "Hani"),
    "Hans": ("Hani",),
    "Hant": ("Hani", "Bopo"),
}


@lru_cache(maxsize=512)
def scripts_of(lang: Lang) -> frozenset[str]:
    """Return the scripts that the words of a language are written in.

    >>> sorted(scripts_of("ja")), sorted(scripts_of("pt-BR"))
    (['Hani', 'Hira', 'Kana'], ['Latn'])
    """
    name = script_of(lang)
    return frozenset(_MIXED.get(name, (name,) if name else ()))


def written_in(text: str, lang: Lang) -> float:
    """Return the share of a text's letters that are in a language's script; 1 where it has none.

    >>> written_in("USB кабель", "ru"), written_in("500", "ar")
    (0.67, 1.0)
    """
    wanted = scripts_of(lang)
    counted = Counter(text)
    known = {char: name for char in counted if char.isalpha() and (name := script(char))}
    letters = sum(counted[char] for char in known)
    if not letters or not wanted:
        return 1.0
    return round(sum(counted[char] for char, name in known.items() if name in wanted) / letters, 2)
