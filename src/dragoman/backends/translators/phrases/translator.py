"""Our translator: phrases seen said, put together as the other language would. Knows texts, no products."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from dragoman.backends.translators.languages import direction
from dragoman.backends.translators.phrases.casing import Casing
from dragoman.backends.translators.phrases.ngrams import Floats, Ngrams
from dragoman.backends.translators.phrases.options import JUMP, Offer, Options
from dragoman.backends.translators.phrases.search import Effort, search
from dragoman.backends.translators.phrases.search import Path as Way
from dragoman.backends.translators.phrases.shelf import (
    Card,
    is_shipped,
    open_language,
    open_table,
    read_card,
    shipped_data,
)
from dragoman.backends.translators.phrases.spelling import HOLE, MOST, SPACE, UNSPACED, Spelled, Spelling
from dragoman.errors import BadConfig, NotFound
from dragoman.types import Lang, Text, Translation

__all__ = ["PhraseTranslator", "Said", "Speaker", "is_shipped"]

ENGLISH = "en"
_AT_ONCE = 32  # stretches searched side by side: more are no faster


@dataclass(frozen=True, slots=True)
class Said:
    """A translation of a stretch, and the sums of its signs."""

    text: str
    signs: Floats  # (len(SIGNS),)
    read: int  # pieces


@dataclass(frozen=True, slots=True)
class Speaker:
    """One language into another."""

    source: Spelling
    target: Spelling
    lang: Lang  # of the target
    offer: Offer
    model: Ngrams
    casing: Casing
    weights: Floats
    effort: Effort = Effort()

    def say(self, texts: Sequence[str]) -> list[list[Said]]:
        """Return what each text becomes, in stretches."""
        stretches = [parts(self.source.read(text)) for text in texts]
        ways = iter(self.ways([part for some in stretches for part in some], 1))
        return [[next(ways)[0] for _ in some] for some in stretches]

    def ways(self, texts: Sequence[Spelled], k: int) -> list[list[Said]]:
        """Return the likeliest translations of each stretch, best first."""
        found: list[list[Said]] = []
        for at in range(0, len(texts), _AT_ONCE):
            some = texts[at : at + _AT_ONCE]
            options = [self.offer.of(text) for text in some]
            every = search(options, self.model, self.weights, self.effort, k)
            for text, offered, ways in zip(some, options, every, strict=True):
                found.append([self._said(text, offered, way) for way in ways])
        return found

    def _said(self, text: Spelled, options: Options, way: Way) -> Said:
        raw, kept = "", []
        for option in way.options:
            written = self.target.written(list(options.ids[option]))
            copied = options.copied.get(option)
            if copied is not None:
                written = SPACE * copied.startswith(SPACE) + HOLE
            if HOLE in written:
                kept.append(self._kept(text, int(options.start[option]), copied))
            raw += written
        plain = raw.replace(SPACE, " ").strip()
        first = text.surface[0].removeprefix(SPACE)[:1]
        # A source without capitals says nothing of them: texts of a shop begin with one.
        is_capital = None if plain.startswith(HOLE) else first.isupper() or first.lower() == first.upper()
        cased = self.casing.write(plain, is_capital=is_capital)
        for one in kept:
            cased = cased.replace(HOLE, one, 1)
        return Said(cased, self._signs(options, way), len(text.ids))

    @staticmethod
    def _kept(text: Spelled, start: int, copied: str | None) -> str:
        """What stands in a hole: the number of this phrase, or a word as it was written."""
        if copied is not None and HOLE not in copied:
            return copied.removeprefix(SPACE)
        whole = "".join(text.surface[:start]).count(HOLE)
        return text.holes[whole]

    def _signs(self, options: Options, way: Way) -> Floats:
        own = list(way.options)
        signs = options.signs[own].sum(axis=0)
        signs[JUMP] = np.abs(options.start[own] - np.array([0, *options.end[own[:-1]]])).sum()
        signs[0] = (way.score - float(signs[1:] @ self.weights[1:])) / float(self.weights[0])
        return np.asarray(signs)


class PhraseTranslator:
    """Translates between English and the languages of a folder; safe to call from many threads.

    | call | meaning |
    |---|---|
    | `PhraseTranslator()` | the shipped tables |
    | `PhraseTranslator("runs/phrases/learned")` | others, as a recipe of the task `phrases` writes them |
    | `PhraseTranslator(stack=10, moves=60)` | slower, a little better |
    """

    def __init__(self, path: str = "", *, stack: int = 6, moves: int = 40) -> None:
        """Read the folder's card; a language is opened at its first text.

        Raises:
            NotFound: no such folder, or no tables in it.
            BadConfig: a number below 1.
            Corrupt: the card cannot be read.
        """
        if min(stack, moves) < 1:
            raise BadConfig(f"translator: stack={stack}, moves={moves}", hint="both are at least 1")
        self._folder = Path(path).expanduser() if path else shipped_data()
        if not is_shipped(self._folder):
            hint = "give the folder of a translator, or nothing for ours"
            raise NotFound(f"no phrases in {str(self._folder)!r}", hint=hint)
        self._card: Card = read_card(self._folder)
        self._effort = Effort(stack=stack, moves=moves)
        others = [lang for lang in self._card.langs if lang != ENGLISH]
        self._pairs = frozenset(pair for lang in others for pair in ((ENGLISH, lang), (lang, ENGLISH)))
        self._lock = Lock()
        self._speakers: dict[tuple[Lang, Lang], Speaker] = {}

    @property
    def name(self) -> str:
        """Engine and version: cached translations of another name are stale."""
        return self._card.name

    def pairs(self) -> frozenset[tuple[Lang, Lang]]:
        """Return (source, target) pairs: English and each other language, both ways."""
        return self._pairs

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[Translation]:
        """Return one translation a text, same order. A text without words comes back as it is.

        Raises:
            BadInput: one of them is no language tag.
            Unsupported: the pair is none of its own; the hint names those that are.
            Corrupt: a file of the folder cannot be read.
        """
        way = direction(source, target, self._pairs, self.name)
        speaker = self._speaker(way.source, way.target)
        said = self._said(speaker, list(dict.fromkeys(texts)))
        return [
            Translation(
                Text(said[text][0], target, "machine"),
                Text(text, source),
                engine=self.name,
                confidence=said[text][1],
            )
            for text in texts
        ]

    def _said(self, speaker: Speaker, texts: Sequence[str]) -> dict[str, tuple[str, float]]:
        """Return each text's translation, and how sure it is; of a text without words itself."""
        clean = {text: text.encode("utf-8", "replace").decode() for text in texts}
        worded = [text for text in texts if any(char.isalpha() for char in clean[text])]
        glue = "" if speaker.lang in UNSPACED else " "
        found = {text: (text, 1.0) for text in texts}
        for text, said in zip(worded, speaker.say([clean[text] for text in worded]), strict=True):
            sizes = sum(one.read for one in said)
            sure = sum(self._card.confidence(one.signs, one.read) * one.read for one in said) / sizes
            found[text] = glue.join(one.text for one in said), sure
        return found

    def _speaker(self, source: Lang, target: Lang) -> Speaker:
        with self._lock:
            if (source, target) not in self._speakers:
                self._speakers[source, target] = self._opened(source, target)
            return self._speakers[source, target]

    def _opened(self, source: Lang, target: Lang) -> Speaker:
        other = target if source == ENGLISH else source
        here, there = (open_language(self._folder, lang) for lang in (source, target))
        table = open_table(self._folder, other, from_english=source == ENGLISH)
        weights = np.array(self._card.weights[f"{source}>{target}"], np.float32)
        offer = Offer(table, there.model, there.spelling, weights, whole_words=source == ENGLISH)
        return Speaker(
            here.spelling, there.spelling, target, offer, there.model, there.casing, weights, self._effort
        )


def parts(text: Spelled) -> list[Spelled]:
    """Return a text in stretches that are short enough to search, cut at signs, else at words."""
    found, start, n = [], 0, len(text.ids)
    while n - start > MOST:
        edges = [i for i in range(start + MOST // 2, start + MOST + 1) if text.starts[i]]
        signs = [i for i in edges if not any(char.isalnum() or char == HOLE for char in text.surface[i - 1])]
        end = (signs or edges or [start + MOST])[-1]
        found.append(text.part(start, end))
        start = end
    return [*found, text.part(start, n)] if n > start else found
