"""The task ``phrases``: tables of phrases, language models, capitals and weights, English and each language.

A language that is finished is not made again: the run goes on where it was stopped.
"""

import json
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from dragoman.backends.translators.phrases.casing import Casing, casing_of, chained, titled_casing_of
from dragoman.backends.translators.phrases.ngrams import Floats
from dragoman.backends.translators.phrases.shelf import (
    CARD,
    Card,
    Language,
    Models,
    models_of,
    write_language,
)
from dragoman.backends.translators.phrases.spelling import UNKNOWN, UNSPACED, Spelling
from dragoman.backends.translators.phrases.tables import opened, stored
from dragoman.backends.translators.phrases.texts import Texts
from dragoman.backends.translators.phrases.titles import TitleSigns
from dragoman.backends.translators.phrases.translator import ENGLISH, Speaker, speaker_of
from dragoman.errors import BadConfig, Conflict
from dragoman.learn.concepts import Source
from dragoman.learn.files import Find, options_of
from dragoman.learn.loop import Measured, Progress
from dragoman.learn.phrase_pairs import Counts
from dragoman.learn.phrase_pieces import learn_spelling, longest_piece
from dragoman.learn.phrase_weights import confidence_of, tune
from dragoman.learn.phrases import Phrase, is_held_out, read_phrases, share_of
from dragoman.learn.recipe import Recipe, TaskRecipe, build
from dragoman.learn.title_signs import learn_title_signs, tells_titles
from dragoman.types import Lang

KIND = "phrases"
_FEWEST = 40  # texts of a language
_LONGEST, _RATIO = 60, 4  # pieces of a text that is learned from; how much longer it may be than its twin
_RECIPE = "recipe.digest"
_CASED = 500  # texts that say how much a capital calls for another
_ASIDE, _SHORT = 0.03, 60  # share of the texts that weights are found on; their characters


@dataclass(frozen=True, slots=True)
class PhraseTask:
    """Options of ``phrases``."""

    sources: tuple[Source, ...]
    targets: tuple[Lang, ...]  # beside English
    further: str = ""  # the first source's texts in languages that it lacks
    name: str = "dragoman-phrases"  # engine and version, for the card
    english_pieces: int = 8000
    pieces: int = 5000
    tuned: int = 300  # texts that weights are found on
    least: int = 2  # how often a long phrase must be seen
    short: int = 4  # pieces up to which a phrase is kept that was seen once
    least_triple: int = 2  # how often three pieces must be seen
    chief: int = 4  # how often the first source's texts count in the language models of ``targets``
    held: bool = True  # keep the texts that measure out of it


@dataclass(frozen=True, slots=True)
class Taught:
    """A text in several languages."""

    phrase: Phrase
    share: float  # how much it counts
    is_chief: bool  # of the first source, which weights are found on


@dataclass(frozen=True, slots=True)
class _Side:
    """One language as it is learned: pieces, and what its texts tell."""

    lang: Lang
    pieces: str
    spelling: Spelling
    texts: Texts
    models: Models
    casing: Casing


@dataclass(frozen=True, slots=True)
class _Job:
    """One language's work, for a process of its own."""

    options: PhraseTask
    texts: Sequence[Taught]
    english: str  # pieces
    folder: Path
    seed: int


def compose(
    recipe: Recipe,
    find: Find,
    folder: Path,
    *,
    progress: Progress | None = None,
    measured: Measured | None = None,
) -> Path:
    """Learn a phrase translator by a recipe whose one task is ``phrases``; return the folder it is in.

    Raises:
        BadConfig: there are other tasks, options that it does not know, or a language without texts.
        Conflict: the folder is another recipe's.
        NotFound, BadInput: see `read_phrases`.
    """
    if len(recipe.tasks) != 1:
        raise BadConfig(f"{recipe.name}: {len(recipe.tasks)} tasks", hint=f"{KIND} has no tower to share")
    options = read_options(recipe.tasks[0])
    every = [
        Taught(one, source.share, i == 0)
        for i, source in enumerate(options.sources)
        for one in read_phrases(
            find(source.path), find(options.further) if options.further and not i else None
        )
    ]
    texts = [one for one in every if not (options.held and is_held_out(one.phrase))]
    learned = folder / "learned"
    _claim(folder, recipe)
    english = _english(texts, options, learned)
    jobs = [
        _Job(options, [one for one in texts if lang in one.phrase], english, learned / lang, recipe.seed)
        for lang in options.targets
    ]
    if bare := [job.folder.name for job in jobs if len(job.texts) < _FEWEST]:
        raise BadConfig(f"too few texts in {', '.join(bare)}", hint="more sources, or fewer `targets`")
    with ProcessPoolExecutor(recipe.threads, mp_context=get_context("spawn")) as pool:
        for done, _ in enumerate(pool.map(_learned, jobs), 1):
            if progress is not None:
                progress(done, len(jobs), 0.0)
    _write_card(options, learned)
    return learned


def _claim(folder: Path, recipe: Recipe) -> None:
    """Make the folder this recipe's: what is finished in it stays, so it must be of the same one."""
    path = folder / _RECIPE
    folder.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.read_text(encoding="utf-8").strip() != recipe.digest():
        hint = "name another folder with --out, or delete this one"
        raise Conflict(f"{folder} holds a run of another recipe", hint=hint)
    path.write_text(recipe.digest() + "\n", encoding="utf-8")


def read_options(asked: TaskRecipe) -> PhraseTask:
    """Return the task's options; raises BadConfig."""
    options: PhraseTask = build(PhraseTask, options_of(asked, "sources"), f"[[tasks]] {KIND}")
    return options


def is_aside(phrase: Phrase) -> bool:
    """Say whether weights are found on a phrase: then no table knows it while they are."""
    return share_of(f"weights {phrase[ENGLISH].lower()}") < _ASIDE


def _english(texts: Sequence[Taught], options: PhraseTask, learned: Path) -> str:
    """Write English, and return its pieces."""
    pieces = learn_spelling([one.phrase[ENGLISH] for one in texts], size=options.english_pieces, spaced=True)
    side = _side(ENGLISH, pieces, texts, options)
    write_language(learned / ENGLISH, pieces=pieces, texts=side.texts, casing=side.casing)
    return pieces


def _side(lang: Lang, pieces: str, texts: Sequence[Taught], options: PhraseTask) -> _Side:
    spelling = Spelling(pieces)
    ordered = sorted(texts, key=lambda one: not one.is_chief)
    own = [one.phrase[lang] for one in ordered]
    chief = own[: sum(one.is_chief for one in texts)]
    # English has so many texts that it needs no telling what shops sound like.
    times = 1 if lang == ENGLISH else options.chief
    rows = Texts(spelling.ids(own), len(chief), times, options.least_triple)
    some = random.Random(0).sample(chief, min(_CASED, len(chief)))
    has_titles = lang == ENGLISH or tells_titles([one.phrase for one in texts], lang)
    casing = titled_casing_of(lang, own) if has_titles else chained(casing_of(lang, own), some)
    return _Side(lang, pieces, spelling, rows, models_of(rows, spelling), casing)


def _learned(job: _Job) -> None:
    """Learn one language: weights without the texts that are aside, then everything with them."""
    if (job.folder / CARD).is_file():
        return
    options, lang = job.options, job.folder.name
    own = [one.phrase[lang] for one in job.texts]
    pieces = learn_spelling(
        own, size=options.pieces, spaced=lang not in UNSPACED, longest=longest_piece(lang)
    )
    taught = [one for one in job.texts if not is_aside(one.phrase)]
    aside = [
        one
        for one in job.texts
        if is_aside(one.phrase) and max(len(one.phrase[lang]), len(one.phrase[ENGLISH])) <= _SHORT
    ]
    chief = [one for one in aside if one.is_chief]
    aside = chief if len(chief) >= options.tuned // 2 else aside
    some = random.Random(job.seed).sample(aside, min(options.tuned, len(aside)))
    half = _Pair.of(job, pieces, taught)
    found: dict[str, list[float]] = {}
    told, good = [], []
    for source, target in ((ENGLISH, lang), (lang, ENGLISH)):
        weights, signs, right = tune(
            partial(half.speaker, target),
            [(one.phrase[source], one.phrase[target]) for one in some],
            seed=job.seed,
        )
        found[f"{source}>{target}"] = [round(float(one), 4) for one in weights]
        told += signs
        good += right
    whole = _Pair.of(job, pieces, job.texts)
    write_language(
        job.folder,
        pieces=pieces,
        texts=whole.other.texts,
        casing=whole.other.casing,
        titles=whole.titles,
        table=whole.table,
    )
    about = {"weights": found, "evidence": told, "good": good, "titled": whole.tells_titles}
    (job.folder / CARD).write_text(json.dumps(about), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Pair:
    """English and another language, with what connects them."""

    english: _Side
    other: _Side
    table: dict[str, np.ndarray]
    tells_titles: bool  # whether either language's titles are the other's
    titles: TitleSigns  # of the other language

    @classmethod
    def of(cls, job: _Job, pieces: str, texts: Sequence[Taught]) -> "_Pair":
        lang = job.folder.name
        english = _side(ENGLISH, job.english, texts, job.options)
        other = _side(lang, pieces, texts, job.options)
        left, right = (
            side.spelling.ids([one.phrase[side.lang] for one in texts]) for side in (english, other)
        )
        rows = zip(left, right, texts, strict=True)
        fit = [(a, b, one.share) for a, b, one in rows if _is_fit(a, b)]
        sources, targets, shares = zip(*fit, strict=True)
        counts = Counts(sources, targets, shares, (_holes(english), _holes(other)))
        table = stored(*counts.table(least=job.options.least, short=job.options.short))
        phrases = [one.phrase for one in texts]
        titles = learn_title_signs([one[lang] for one in phrases], [one[ENGLISH] for one in phrases])
        return cls(english, other, table, tells_titles(phrases, lang), titles)

    def speaker(self, target: Lang, weights: Floats) -> Speaker:
        """Return the translator into one of both languages, with some weights."""
        sides = (self.other, self.english) if target == ENGLISH else (self.english, self.other)
        here, there = (Language(one.spelling, one.casing, self.titles) for one in sides)
        table = opened(self.table, from_english=target != ENGLISH)
        pair = (sides[0].lang, target)
        return speaker_of(
            pair, (here, there), sides[1].models, table, weights, tells_titles=self.tells_titles
        )


def _holes(side: _Side) -> frozenset[int]:
    return frozenset(side.spelling.hole(spaced=spaced) for spaced in (True, False)) - {UNKNOWN}


def _is_fit(left: Sequence[int], right: Sequence[int]) -> bool:
    short, long = sorted((len(left), len(right)))
    return short > 0 and long <= min(_LONGEST, _RATIO * (short + 1))


def _write_card(options: PhraseTask, learned: Path) -> None:
    """Gather the languages' cards into one."""
    weights: dict[str, list[float]] = {}
    told: list[dict[str, float]] = []
    good: list[bool] = []
    titled: list[Lang] = []
    for lang in options.targets:
        part = json.loads((learned / lang / CARD).read_text(encoding="utf-8"))
        weights |= part["weights"]
        told += part["evidence"]
        good += part["good"]
        titled += [lang] if part["titled"] else []
    langs = tuple(sorted((ENGLISH, *options.targets)))
    card = Card(options.name, langs, weights, confidence_of(told, good), tuple(titled))
    (learned / CARD).write_text(json.dumps(asdict(card), indent=1) + "\n", encoding="utf-8")
