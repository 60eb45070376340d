"""Which text is translated into which: pairs drawn so that no language drowns, and few texts are ever read.

A text is read by a frozen encoder once and then remembered, so the fewer are read the sooner all are. English
is read always; of the other languages a share, chosen by a hash. Knows texts, never tensors.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dragoman.learn.phrases import MARKS, Phrase, marked, share_of
from dragoman.types import Lang

_MARKED = 0.75  # of texts with numbers: most are protected by marks when they are served
_LOWERED = 0.12  # of short texts: shoppers seldom write capitals
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Shelf:
    """Phrases of one source, how often one is drawn, and the share of its foreign texts that are read."""

    phrases: Sequence[Phrase]
    share: float
    heard: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text and its translation."""

    text: str
    source: Lang
    wanted: str
    target: Lang


def read_by(phrase: Phrase, heard: float) -> list[Lang]:
    """Return the languages in which a phrase is read: English, and a share of the others."""
    return ["en", *(lang for lang in phrase if lang != "en" and share_of(lang + phrase["en"]) < heard)]


def pair_of(phrase: Phrase, source: Lang, target: Lang) -> Spoken:
    """Return the pair, numbers as marks in most texts, all in lower case in a few; the same every time."""
    text, wanted = phrase[source], phrase[target]
    if share_of(text) < _MARKED and MARKS[0] not in text:
        text, wanted = marked(text, wanted)
    if len(text) < _SHORT and share_of("lower" + text) < _LOWERED:
        text, wanted = text.lower(), wanted.lower()
    return Spoken(text, source, wanted, target)


def draw_pairs(
    shelves: Sequence[Shelf], k: int, *, targets: Mapping[Lang, float], home: float, rng: random.Random
) -> list[Spoken]:
    """Return ``k`` pairs.

    Args:
        targets: Languages that are written, with their weights.
        home: Chance that a pair is out of English; of the others, most are into it.
    """
    sizes = [shelf.share for shelf in shelves]
    found: list[Spoken] = []
    while len(found) < k:
        shelf = rng.choices(shelves, sizes)[0]
        phrase = rng.choice(shelf.phrases)
        heard = read_by(phrase, shelf.heard)
        source = "en" if rng.random() < home or len(heard) == 1 else rng.choice(heard[1:])
        others = [lang for lang in phrase if lang != source and targets.get(lang, 0.0)]
        if not others:
            continue
        into_english = source != "en" and "en" in others and rng.random() < _INTO_ENGLISH
        target = "en" if into_english else rng.choices(others, [targets[lang] for lang in others])[0]
        found.append(pair_of(phrase, source, target))
    return found


_INTO_ENGLISH = 0.75
