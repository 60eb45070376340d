"""Takes plural endings off words of alphabetic scripts without knowing their language.

A word and its plural should meet; two different words should not. So only endings that mark number in
many languages at once are touched, and what is left still reads like the word.
"""

from typing import Final

_SHORTEST: Final = 4  # "gas", "bus", "les" are whole words
# English adds -es after these, Spanish and French -s to their -e: brushes, coches, tasses.
_SOFT: Final = ("ches", "che", "shes", "she", "sses", "sse", "xes", "xe")


def stem(word: str) -> str:
    """Return ``word`` (normalised) without its plural ending.

    Follows Harman's S-stemmer (1991, "How effective is suffixing?"), which also fits the plurals of
    Spanish, French, Portuguese and Dutch -s.

    >>> [stem(w) for w in ("headphones", "batteries", "glass", "boxes", "bus")]
    ['headphone', 'battery', 'glass', 'box', 'bus']
    """
    if len(word) < _SHORTEST:
        return word
    if word.endswith(_SOFT):
        return word.removesuffix("s")[:-1]
    if word[-1] != "s" or word[-2] in "su'":
        return word
    if word.endswith("ies") and len(word) > _SHORTEST and word[-4] not in "ae":
        return word[:-3] + "y"
    return word[:-1]
