"""Other ways to write a text: words of another language, slips of the finger, words left out."""

import random
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Dictionary: TypeAlias = Mapping[str, Mapping[str, str]]
"""Lower-cased English term to its translations by language."""

_LONGEST = 3  # words of a dictionary term


def dictionary_of(concepts: Sequence[Mapping[str, Sequence[str]]]) -> Dictionary:
    """Return the terms of up to three words, the first text of a language each."""
    found: dict[str, dict[str, str]] = {}
    for concept in concepts:
        english = concept["en"][0].lower()
        if len(english.split()) <= _LONGEST:
            entry = found.setdefault(english, {})
            entry.update(
                {lang: texts[0] for lang, texts in concept.items() if lang != "en" and lang not in entry}
            )
    return found


def switch(text: str, dictionary: Dictionary, lang: str, *, rng: random.Random, share: float = 0.7) -> str:
    """Return an English text with a share of its known terms in ``lang`` (code-switching, Qin et al. 2020).

    >>> words = {"garden hose": {"de": "Gartenschlauch"}, "blue": {"de": "blau"}}
    >>> switch("a blue garden hose?", words, "de", rng=random.Random(0), share=1.0)
    'a blau Gartenschlauch?'
    """
    words = text.split()
    said: list[str] = []
    at = 0
    while at < len(words):
        for size in range(min(_LONGEST, len(words) - at), 0, -1):
            piece = " ".join(words[at : at + size])
            bare = piece.rstrip(".,?!;:")
            known = dictionary.get(bare.lower(), {}).get(lang)
            if known and rng.random() < share:
                said.append(known + piece[len(bare) :])
                at += size
                break
        else:
            said.append(words[at])
            at += 1
    return " ".join(said)


def slip(text: str, *, rng: random.Random) -> str:
    """Return the text with one typing slip: two neighbours swapped, a letter doubled or lost.

    >>> slip("tent", rng=random.Random(1))
    'tnt'
    """
    if len(text) < 4:
        return text
    at = rng.randrange(1, len(text) - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at] * 2 + text[at + 1 :] if kind == 1 else text[:at] + text[at + 1 :]


def thin(text: str, *, rng: random.Random, share: float = 0.15) -> str:
    """Return the text with a share of its words left out, never all of them."""
    words = text.split()
    kept = [word for word in words if rng.random() >= share]
    return " ".join(kept or words)
