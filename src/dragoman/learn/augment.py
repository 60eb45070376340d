"""Other ways to write a text: in words of another language, another script, with slips, with less words."""

import math
import random
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, Protocol, TypeAlias

import icu

from dragoman.text.scripts import runs
from dragoman.text.transliterate import romanise

Dictionary: TypeAlias = Mapping[str, Mapping[str, str]]
"""Lower-cased English term to its translations by language."""


class Shares(Protocol):
    """Options of a task: how much of its texts is in another script or mistyped."""

    @property
    def scripts(self) -> float:
        """Share in another script, 0..1."""
        ...

    @property
    def keys(self) -> float:
        """Share with a letter of a neighbouring key, 0..1."""
        ...

    @property
    def slips(self) -> float:
        """Share with two letters swapped, one doubled or one lost, 0..1."""
        ...


_LONGEST = 3  # words of a dictionary term
_OWN = threading.local()
_HAN_WAYS: Final = ("Simplified-Traditional", "Traditional-Simplified")
_KEYS: Final[Mapping[str, tuple[str, str, str]]] = {
    "qwerty": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "qwertz": ("qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    "azerty": ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    "йцукен": ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
}
_LAYOUTS: Final = {"de": "qwertz", "cs": "qwertz", "sk": "qwertz", "hu": "qwertz", "fr": "azerty"}


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


def varied(text: str, lang: str, shares: Shares, *, rng: random.Random) -> str:
    """Return the text in another script, with a letter of a neighbouring key, with a slip, by their shares.

    What has no share draws nothing either, so that an option left out changes no run.
    """
    if shares.scripts and rng.random() < shares.scripts:
        text = rewritten(text, rng=rng)
    if shares.keys and rng.random() < shares.keys:
        text = mistype(text, rng=rng, lang=lang)
    return slip(text, rng=rng) if shares.slips and rng.random() < shares.slips else text


def thin(text: str, *, rng: random.Random, share: float = 0.15) -> str:
    """Return the text with a share of its words left out, never all of them."""
    words = text.split()
    kept = [word for word in words if rng.random() >= share]
    return " ".join(kept or words)


def rewritten(text: str, *, rng: random.Random) -> str:
    """Return the text as others write it: Chinese in the other script, anything in plain Latin letters.

    One of the ways that there are, at random; the text itself where there is none. Japanese with Chinese
    characters stays as it is, since ICU reads those as Mandarin, and Latin text loses its accents.

    >>> rewritten("чайник", rng=random.Random(0)), rewritten("登山リュック", rng=random.Random(0))
    ('cajnik', '登山リュック')
    >>> sorted({rewritten("无线耳机", rng=random.Random(seed)) for seed in range(9)})
    ['wu xian er ji', '無線耳機']
    """
    ways = [way for way in _ways(text) if way != text]
    return rng.choice(ways) if ways else text


def mistype(text: str, *, rng: random.Random, lang: str = "en") -> str:
    """Return the text with one letter replaced by that of a neighbouring key, as fingers do.

    Args:
        lang: Whose keyboard Latin letters are typed on: QWERTZ, AZERTY, else QWERTY. Cyrillic letters
            are on ЙЦУКЕН. Text of other scripts comes back as it is.

    >>> mistype("tent", rng=random.Random(2)), mistype("чайник", rng=random.Random(0), lang="ru")
    ('rent', 'чайрик')
    """
    beside = _beside(_LAYOUTS.get(lang.split("-")[0], "qwerty")) | _beside("йцукен")
    places = [at for at, letter in enumerate(text) if letter.lower() in beside]
    if len(places) < 4:  # one letter of three is another word
        return text
    at = rng.choice(places)
    letter = rng.choice(beside[text[at].lower()])
    return text[:at] + (letter.upper() if text[at].isupper() else letter) + text[at + 1 :]


def _ways(text: str) -> list[str]:
    found = {script for script, _ in runs(text)}
    if "Hani" not in found:
        return [romanise(text)] if not text.isascii() else []
    if found & {"Hira", "Kana"}:
        return []
    return [*(_converted(text, way) for way in _HAN_WAYS), romanise(text)]


def _converted(text: str, way: str) -> str:
    """By ICU's table of Chinese characters, the one `text.normalise` is made from."""
    found = getattr(_OWN, way, None)
    if found is None:
        found = icu.Transliterator.createInstance(way)
        setattr(_OWN, way, found)  # one a thread: ICU's transliterators keep state while they work
    return str(found.transliterate(text))


@cache
def _beside(layout: str) -> dict[str, str]:
    """Letter to the letters no further than a key and a quarter, rows being a quarter and half a key in."""
    places = {
        letter: (column + shift, row)
        for row, (letters, shift) in enumerate(zip(_KEYS[layout], (0.0, 0.25, 0.75), strict=True))
        for column, letter in enumerate(letters)
    }
    return {
        letter: "".join(
            other
            for other, (there, below) in places.items()
            if other != letter and math.dist((x, y), (there, below)) < 1.3
        )
        for letter, (x, y) in places.items()
    }
