"""What shoppers type, in the one form that the language models know. Pure."""

import unicodedata

START = "▁"
"""What a piece begins with where a word begins: the sign that SentencePiece made customary."""

LONGEST = 64
"""Characters of a query that a language model learns from or is asked about."""


def typed(text: str) -> str:
    """Return a text in lower case, NFKC, its spaces made single; accents stay: they are shown to shoppers.

    >>> typed("  Ｒed   TENT "), typed("Crème")
    ('red tent', 'crème')
    """
    # The sign of a word's beginning would be taken for a space.
    plain = unicodedata.normalize("NFKC", text).lower().replace(START, " ")
    return " ".join((plain if plain.isprintable() else "".join(map(_shown, plain))).split())


def _shown(char: str) -> str:
    # Zero-width joiners hold Indic syllables and Persian words together.
    kind = unicodedata.category(char)
    if kind in {"Cf", "Cs"} and char not in "\u200c\u200d":
        return ""
    return " " if kind in {"Cc", "Cn", "Co"} else char
