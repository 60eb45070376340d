"""The task ``translate``: one decoder that writes many languages, while it reads what a frozen encoder sees.

A run's last measured weights are averaged (Vaswani et al. 2017, 6.1); ``learned`` is the average.
"""

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from dragoman.errors import BadConfig
from dragoman.learn.concepts import Source
from dragoman.learn.files import Find, options_of
from dragoman.learn.language import others_of
from dragoman.learn.letters_of_pairs import first_table, learn_pieces, spread_of, tag
from dragoman.learn.loop import Measured, Progress, train
from dragoman.learn.phrases import Phrase, is_held_out, read_phrases, titles
from dragoman.learn.recipe import Recipe, TaskRecipe, build
from dragoman.learn.spoken_pairs import Shelf, Spoken, draw_pairs, pair_of
from dragoman.learn.states import Remembered, encoder_of
from dragoman.learn.task import Task
from dragoman.models.blocks import Kind, Shape
from dragoman.models.seq2seq import KINDS, Translator
from dragoman.types import Lang

KIND = "translate"
_LETTERS = 400_000  # characters of a language that the pieces are learned from
_SPREAD_OF = 2000  # texts whose states say how large states are
_AVERAGED = "decoder.safetensors"


@dataclass(frozen=True, slots=True)
class Translate:
    """Options of ``translate``."""

    sources: tuple[Source, ...]
    heard: tuple[float, ...]  # a source each: share of its foreign texts that are read
    targets: tuple[str, ...]  # languages that are written
    start: str = ""  # folder of an earlier run's ``learned`` to go on from, its pieces included
    model: Kind = "transformer"
    encoder: str = "packaged"  # or "scratch": one that is learned along
    encoder_layers: int = 12
    reads: int = 3  # layers of an encoder from scratch
    pieces: int = 10_000
    alphabet: int = 4500
    dim: int = 256
    hidden: int = 1024
    layers: int = 2
    heads: int = 4
    dropout: float = 0.1
    batch: int = 160  # texts
    parts: int = 4  # of a batch, by length
    others: int = 1000  # pieces that stand for all that a batch does not go on with; 0 takes them all
    smooth: float = 0.1
    home: float = 0.6  # chance that a pair is out of English
    titles: int = 6000  # texts made of the first source's terms
    titles_share: float = 0.1
    longest: int = 110  # characters of a text to learn from
    averaged: int = 5  # measured weights whose mean is what is learned
    most: int = 24  # texts of a language that measure


@dataclass(frozen=True, slots=True)
class Pairs:
    """Shelves to draw from, and pairs to measure by."""

    shelves: tuple[Shelf, ...]
    held: tuple[Spoken, ...]


def compose(recipe: Recipe, find: Find, folder: Path, **hooks: Progress | Measured | None) -> Path:
    """Train a translator by a recipe whose one task is ``translate``; see `dragoman.learn.train`.

    Raises:
        BadConfig: there are other tasks, or options that it does not know.
        NotFound, BadInput: see `read_phrases`.
    """
    if len(recipe.tasks) != 1:
        raise BadConfig(f"{recipe.name}: {len(recipe.tasks)} tasks", hint=f"{KIND} has no tower to share")
    options = read_options(recipe.tasks[0])
    pairs = read_pairs(options, find, seed=recipe.seed)
    seen = None if options.encoder == "scratch" else remembered(options, folder, threads=recipe.threads)
    model = make_model(options, pairs, seen, find, seed=recipe.seed)
    task = translate(recipe, options, pairs, model, seen)
    mean = Mean(folder, options.averaged)
    told = hooks.get("measured")
    # The loop asks a model for its weights, to turn dropout on and off, and to save itself.
    train(recipe, [task], model, folder, progress=hooks.get("progress"), measured=mean.after(told))  # type: ignore[arg-type]
    return folder / "learned"


def remembered(options: Translate, folder: Path, *, threads: int) -> Remembered:
    """Return what the packaged encoder sees, kept beside the run's folder for the runs to come."""
    layers = options.encoder_layers
    return Remembered(folder.parent / f"states{layers}", encoder_of(layers=layers), threads=threads)


def read_options(asked: TaskRecipe) -> Translate:
    """Return a recipe's options; raises BadConfig."""
    options: Translate = build(Translate, options_of(asked, "sources"), f"[[tasks]] {KIND}")
    if len(options.heard) != len(options.sources):
        raise BadConfig(f"heard = {list(options.heard)}", hint=f"{len(options.sources)} shares, one a source")
    return options


def read_pairs(options: Translate, find: Find, *, seed: int) -> Pairs:
    """Return what a recipe's sources hold; of every source four in a hundred only measure."""
    every = [read_phrases(find(source.path)) for source in options.sources]
    if options.encoder == "scratch":  # it reads what it writes, and has no pieces for another language
        every = [[_within(one, options.targets) for one in phrases] for phrases in every]
    some = [[one for one in phrases if len(one["en"]) <= options.longest] for phrases in every]
    taught = [[one for one in phrases if not is_held_out(one)] for phrases in some]
    shelves = [
        Shelf(phrases, source.share, heard)
        for phrases, source, heard in zip(taught, options.sources, options.heard, strict=True)
    ]
    if options.titles:
        made = titles(taught[0], options.titles, seed=seed)
        shelves.append(Shelf(made, options.titles_share, 0.025))
    held = [one for phrases in some for one in phrases if is_held_out(one)]
    return Pairs(tuple(shelves), _aside(held, options, seed=seed))


def _within(phrase: Phrase, langs: Sequence[Lang]) -> Phrase:
    return {lang: text for lang, text in phrase.items() if lang in langs or lang == "en"}


def _aside(held: Sequence[Phrase], options: Translate, *, seed: int) -> tuple[Spoken, ...]:
    rng = random.Random(f"{seed}/held")
    found: list[Spoken] = []
    for lang in options.targets:
        source = "de" if lang == "en" else "en"
        known = [one for one in held if lang in one and source in one]
        found += [pair_of(one, source, lang) for one in rng.sample(known, min(options.most, len(known)))]
    return tuple(found)


def make_model(
    options: Translate, pairs: Pairs, seen: Remembered | None, find: Find, *, seed: int
) -> Translator:
    """Return an untrained model, or one that begins where an earlier run ended.

    Args:
        seen: What the frozen encoder sees; None lets the model learn an encoder of its own.
    """
    torch.manual_seed(seed)
    if options.start:
        return opened(find(options.start), dropout=options.dropout)
    tokenizer = learn_pieces(
        _letters(options, pairs, seed=seed), size=options.pieces, alphabet=options.alphabet
    )
    names = ("dim", "hidden", "layers", "heads", "dropout")
    sizes = {name: getattr(options, name) for name in names}
    pieces = Tokenizer.from_str(tokenizer).get_vocab_size()
    if seen is None:
        shape = Shape(options.model, reads=options.reads, memory=options.dim, **sizes)
        return KINDS[options.model](shape, tokenizer, pieces)
    model = KINDS[options.model](Shape(options.model, memory=seen.dim, **sizes), tokenizer, pieces)
    rng = random.Random(f"{seed}/spread")
    drawn = [rng.choice(rng.choice(pairs.shelves).phrases) for _ in range(_SPREAD_OF)]
    states = seen.states([pair_of(one, "en", "en").text for one in drawn])
    model.level, model.spread = spread_of([torch.from_numpy(np.array(one)) for one in states])
    with torch.no_grad():
        model.table.copy_(first_table(tokenizer, seen.weights, options.dim))
    return model


def opened(folder: Path, *, dropout: float = 0.0) -> Translator:
    """Return the model that a run left in ``folder``, to go on with or to write with."""
    arrays, shape = read_decoder(folder)
    tokenizer = (folder / "tokenizer.json").read_text(encoding="utf-8")
    model = KINDS[shape.kind](replace(shape, dropout=dropout), tokenizer, len(arrays["table"]))
    known = model.state_dict()
    # What evens the states is folded into the steps that read them: it stays as it was made, 0 and 1.
    model.load_state_dict(known | {n: torch.from_numpy(a) for n, a in arrays.items() if n in known})
    return model


def read_decoder(folder: Path) -> tuple[dict[str, np.ndarray[Any, np.dtype[np.float32]]], Shape]:
    """Return the weights and the shape of a saved model."""
    return load_file(folder / _AVERAGED), Shape(**json.loads(_told(folder)["shape"]))


def _told(folder: Path) -> dict[str, str]:
    with safe_open(folder / _AVERAGED, "np") as file:
        found: dict[str, str] = file.metadata()
    return found


def _letters(options: Translate, pairs: Pairs, *, seed: int) -> dict[Lang, list[str]]:
    """Texts of as many characters in each language, of every source by its share."""
    rng = random.Random(f"{seed}/letters")
    sizes = [shelf.share for shelf in pairs.shelves]
    drawn: dict[Lang, list[str]] = {lang: [] for lang in options.targets}
    spent: dict[Lang, int] = defaultdict(int)
    for _ in range(60_000):
        phrase = rng.choice(rng.choices(pairs.shelves, sizes)[0].phrases)
        for lang in options.targets:
            if lang in phrase and spent[lang] < _LETTERS:
                drawn[lang].append(phrase[lang])
                spent[lang] += len(phrase[lang])
    if bare := [lang for lang, some in drawn.items() if not some]:
        raise BadConfig(f"no texts in {', '.join(bare)}", hint="more sources, or fewer `targets`")
    return drawn


def translate(
    recipe: Recipe, options: Translate, pairs: Pairs, model: Translator, seen: Remembered | None
) -> Task:
    """Return the task: pairs at random, the pieces of one said by the states of the other."""
    spell = Speller(model)
    targets = {lang: recipe.weights().get(lang, 1.0) for lang in options.targets}

    def read(some: Sequence[Spoken]) -> list[torch.Tensor]:
        if seen is None:
            return [torch.tensor(spell.row(one.source, one.text)) for one in some]
        return [torch.from_numpy(np.array(rows)) for rows in seen.states([one.text for one in some])]

    def loss(_: Any, rng: random.Random) -> torch.Tensor:  # Any: the loop's tower, which is this model
        some = draw_pairs(pairs.shelves, options.batch, targets=targets, home=options.home, rng=rng)
        rows = [spell.row(one.target, one.wanted) for one in some]
        others = others_of(rows, len(model.table), options.others, rng)
        return model.loss(read(some), rows, others=others, smooth=options.smooth, parts=options.parts)

    def measure(_: Any) -> dict[str, float]:
        by: dict[Lang, list[Spoken]] = defaultdict(list)
        for one in pairs.held:
            by[one.target].append(one)
        found = {}
        for lang, some in by.items():
            hit, all_ = model.hits(read(some), [spell.row(one.target, one.wanted) for one in some])
            found[lang] = hit / all_
        return {"score": sum(found.values()) / len(found), **found}

    return Task(KIND, loss, measure=measure if pairs.held else None)


class Speller:
    """Texts as rows of ids: the language, the pieces, the end; a row too long loses its last pieces."""

    def __init__(self, model: Translator) -> None:
        self._most, self._tokenizer = model.shape.most, Tokenizer.from_str(model.tokenizer)
        self._known: dict[str, list[int]] = {}

    def row(self, lang: Lang, text: str) -> list[int]:
        """Return one row."""
        if text not in self._known:
            self._known[text] = self._tokenizer.encode(text).ids
        first = self._tokenizer.token_to_id(tag(lang))
        assert first is not None, "every language that is written is a piece"
        return [first, *self._known[text][: self._most - 2], 0]


class Mean:
    """Keeps the weights of the last measurements beside a run, and writes their mean where the run's are."""

    def __init__(self, folder: Path, count: int) -> None:
        self._learned, self._kept, self._count = folder / "learned", folder / "kept", count

    def after(self, told: Any) -> Measured:  # Any: another who wants to be told, or None
        """Return what the loop calls after each measurement."""

        def measured(step: int, score: float) -> None:
            self._average(step)
            if told is not None:
                told(step, score)

        return measured

    def _average(self, step: int) -> None:
        self._kept.mkdir(exist_ok=True)
        if "mean of" in _told(self._learned):  # the loop kept an earlier measurement, which was better
            return
        arrays, shape = read_decoder(self._learned)
        save_file(arrays, self._kept / f"{step:08d}.safetensors")
        paths = sorted(self._kept.glob("*.safetensors"))
        for old in paths[: -self._count]:
            old.unlink()
        some = [load_file(path) for path in paths[-self._count :]]
        mean = {name: np.mean([one[name] for one in some], axis=0) for name in arrays}
        told = {"shape": json.dumps(asdict(shape)), "mean of": str(len(some))}
        save_file(mean, self._learned / _AVERAGED, metadata=told)
