"""Our translator: phrases seen said, put together as the other language would. Knows texts, no products."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from dragoman.backends.translators.languages import direction
from dragoman.backends.translators.phrases.casing import Casing, own_forms
from dragoman.backends.translators.phrases.ngrams import Floats
from dragoman.backends.translators.phrases.options import JUMP, Offer, Options
from dragoman.backends.translators.phrases.rereading import LIKELIEST, Draft, reread
from dragoman.backends.translators.phrases.respelling import Reader
from dragoman.backends.translators.phrases.search import Effort, search
from dragoman.backends.translators.phrases.search import Path as Way
from dragoman.backends.translators.phrases.shelf import (
    Card,
    Language,
    Models,
    is_shipped,
    open_language,
    open_models,
    open_table,
    read_card,
    shipped_data,
)
from dragoman.backends.translators.phrases.spelling import HOLE, MOST, SPACE, UNSPACED, Spelled, Spelling
from dragoman.backends.translators.phrases.tables import PhraseTable
from dragoman.backends.translators.phrases.titles import TitleSigns, is_title
from dragoman.errors import BadConfig, NotFound
from dragoman.text.tags import script_of
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

    source: Reader
    target: Spelling
    lang: Lang  # of the target
    offer: Offer
    models: Models  # of the target
    casing: Casing
    weights: Floats
    tells_titles: bool  # whether what is a title in one of both is one in the other
    titles: TitleSigns  # of the source, where only its words can tell
    effort: Effort = Effort()

    def say(self, texts: Sequence[str]) -> list[list[Said]]:
        """Return what each text becomes, in stretches."""
        stretches = [parts(self.source.read(text)) for text in texts]
        said = iter(self.best([part for some in stretches for part in some]))
        return [[next(said) for _ in some] for some in stretches]

    def best(self, texts: Sequence[Spelled]) -> list[Said]:
        """Return the translation of each stretch: of the likeliest what reads best."""
        read = reread(self._ways(texts, LIKELIEST), self.models.letters, self.lang)
        return [self._said(text, draft) for text, draft in zip(texts, read, strict=True)]

    def ways(self, texts: Sequence[Spelled], k: int) -> list[list[Said]]:
        """Return the likeliest translations of each stretch as the search finds them, best first."""
        found = zip(texts, self._ways(texts, k), strict=True)
        return [[self._said(text, draft) for draft in drafts] for text, drafts in found]

    def _ways(self, texts: Sequence[Spelled], k: int) -> list[list[Draft]]:
        found: list[list[Draft]] = []
        for at in range(0, len(texts), _AT_ONCE):
            some = texts[at : at + _AT_ONCE]
            options = [self.offer.of(text) for text in some]
            every = search(options, self.models.pieces, self.weights, self.effort, k)
            for text, offered, ways in zip(some, options, every, strict=True):
                found.append([self._draft(text, offered, way) for way in ways])
        return found

    def _draft(self, text: Spelled, options: Options, way: Way) -> Draft:
        raw, kept = "", []
        for option in way.options:
            written = self.target.written(list(options.ids[option]))
            copied = options.copied.get(option)
            if copied is not None:
                written = SPACE * copied.startswith(SPACE) + HOLE
            if HOLE in written:
                kept.append(self._kept(text, int(options.start[option]), copied))
            raw += written
        return Draft(raw.replace(SPACE, " ").strip(), tuple(kept), self._signs(options, way), way.score)

    def _said(self, text: Spelled, draft: Draft) -> Said:
        plain = draft.plain
        first = text.surface[0].removeprefix(SPACE)[:1]
        # A source without capitals says nothing of them: texts of a shop begin with one.
        is_capital = None if plain.startswith(HOLE) else first.isupper() or first.lower() == first.upper()
        source = "".join(text.surface).replace(SPACE, " ").strip()
        cased = self.casing.write(
            plain, is_capital=is_capital, titled=self._is_titled(source), like=own_forms(source)
        )
        for one in draft.kept:
            cased = cased.replace(HOLE, one, 1)
        return Said(cased, draft.signs, len(text.ids))

    def _is_titled(self, source: str) -> bool:
        """Say whether a text's translation is a title, if the language has any."""
        if self.tells_titles:
            return is_title(source) is True
        return self.titles.odds(source) > 0

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


def speaker_of(
    pair: tuple[Lang, Lang],
    languages: tuple[Language, Language],
    models: Models,
    table: PhraseTable,
    weights: Floats,
    *,
    tells_titles: bool,
    effort: Effort | None = None,
) -> Speaker:
    """Return what says texts of the first language in the second.

    Args:
        models: Of the second.
        weights: (len(SIGNS),)
        tells_titles: Whether what is a title in one of both is one in the other.
    """
    (source, target), (here, there) = pair, languages
    # English has no closed compounds worth cutting, and few forms; other languages are read piece by piece.
    english = source == ENGLISH
    reader = Reader(here.spelling, table, respells=english, cuts=english and script_of(target) != "Latn")
    return Speaker(
        reader,
        there.spelling,
        target,
        Offer(table, models.pieces, there.spelling, weights, whole_words=english),
        models,
        there.casing,
        weights,
        tells_titles,
        here.titles if target == ENGLISH else TitleSigns(),
        effort or Effort(),
    )


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
        return speaker_of(
            (source, target),
            (here, there),
            open_models(self._folder, target),
            table,
            weights,
            tells_titles=other in self._card.titled,
            effort=self._effort,
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
