"""Translators without weights for tests: one that looks words up, one that breaks whatever it gets."""

import random
import re
from collections.abc import Callable, Mapping, Sequence

from dragoman.errors import Unsupported
from dragoman.types import Lang, Text, Translation

_WORD = re.compile(r"⟦\d+⟧|[^\W\d_]+|[^\w\s]|\d+")
_PLACE = re.compile(r"⟦\d+⟧")


class WordTranslator:
    """Looks every word up and keeps the order: obvious enough to know the answer by heart.

    Args:
        words: For each pair of languages, words in small letters and their translations.
        unknown: What becomes of a word that is not listed.
    """

    def __init__(
        self,
        words: Mapping[tuple[Lang, Lang], Mapping[str, str]],
        *,
        name: str = "words-1",
        unknown: Callable[[str], str] = str,
        confidence: float = 0.9,
    ) -> None:
        self._words, self._name, self._unknown, self._confidence = words, name, unknown, confidence
        self.asked: list[str] = []

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    def pairs(self) -> frozenset[tuple[Lang, Lang]]:
        """Those that it has words for."""
        return frozenset(self._words)

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[Translation]:
        """Return the words in their order, placeholders as they are."""
        if (source, target) not in self._words:
            raise Unsupported(f"cannot translate {source} → {target}", hint=f"it knows {sorted(self._words)}")
        self.asked += texts
        known = self._words[source, target]
        return [self._translation(text, source, target, known) for text in texts]

    def _translation(self, text: str, source: Lang, target: Lang, known: Mapping[str, str]) -> Translation:
        def said(match: re.Match[str]) -> str:
            word = match[0]
            return word if not word[0].isalpha() else known.get(word.lower()) or self._unknown(word)

        value = _WORD.sub(said, text)
        return Translation(
            Text(value, target, "machine"), Text(text, source), self._name, confidence=self._confidence
        )


class HostileTranslator:
    """Drops, doubles, swaps, renumbers and mangles placeholders, invents numbers, loops, or says nothing.

    Which of it is drawn anew for every text from ``seed``; it takes any pair.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self._rng = random.Random(seed)

    @property
    def name(self) -> str:
        """It has no version: it was never any good."""
        return "hostile"

    def pairs(self) -> frozenset[tuple[Lang, Lang]]:
        """Any."""
        return frozenset()

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[Translation]:
        """Return something."""
        said = [self._rng.choice(_WAYS)(text, self._rng) for text in texts]
        return [
            Translation(Text(value, target, "machine"), Text(text, source), self.name, self._rng.random())
            for text, value in zip(texts, said, strict=True)
        ]


def _dropped(text: str, _: random.Random) -> str:
    return _PLACE.sub("", text, count=1)


def _doubled(text: str, _: random.Random) -> str:
    return _PLACE.sub(lambda match: match[0] * 2, text, count=1)


def _shuffled(text: str, rng: random.Random) -> str:
    words = text.split()
    rng.shuffle(words)
    return " ".join(words)


def _glued(text: str, _: random.Random) -> str:
    return re.sub(r"⟧\s*\S*?\s*⟦", "⟧.⟦", text)


def _renumbered(text: str, rng: random.Random) -> str:
    return _PLACE.sub(lambda _: f"⟦{rng.randint(0, 12)}⟧", text)


def _opened(text: str, _: random.Random) -> str:
    return text.replace("⟦", "[").replace("⟧", "]")


def _halved(text: str, _: random.Random) -> str:
    return text.replace("⟧", "", 1)


def _invented(text: str, rng: random.Random) -> str:
    return f"{text} {rng.randint(0, 9999)} X{rng.randint(0, 99)}"


def _looping(text: str, _: random.Random) -> str:
    return " ".join([text] * 6)


def _reversed(text: str, _: random.Random) -> str:
    return text[::-1]


def _silent(_: str, __: random.Random) -> str:
    return ""


def _same(text: str, _: random.Random) -> str:
    return text


def _shouting(text: str, _: random.Random) -> str:
    return "<script>alert(1)</script>" + text.upper() + "\x00\u202e"


_WAYS = (
    _dropped, _doubled, _shuffled, _glued, _renumbered, _opened, _halved, _invented, _looping, _reversed,
    _silent, _same, _shouting,
)  # fmt: skip
