"""The task ``completion``: what shoppers go on to type, learned by a small causal language model."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from dragoman.errors import BadConfig
from dragoman.learn.concepts import Source
from dragoman.learn.evidence import queries_of
from dragoman.learn.files import Find, files_of, options_of
from dragoman.learn.letters import learn_letters
from dragoman.learn.loop import Measured, Progress, train
from dragoman.learn.query_texts import Counted, parted_queries, read_queries
from dragoman.learn.recipe import Recipe, TaskRecipe, build
from dragoman.learn.task import Task
from dragoman.models.language import MODELS, Kind, LanguageModel, Letters, Shape
from dragoman.types import Lang

KIND = "completion"
_UNKNOWN = 0.2  # share of texts shown without their language, for shoppers of whom nothing is known
_SPELLED = 200_000  # characters of a language that the pieces are learned from
_NATS_A_BIT = 0.6931471805599453


@dataclass(frozen=True, slots=True)
class Completion:
    """Options of ``completion``."""

    sources: tuple[Source, ...]
    without: tuple[str, ...] = ()  # query files whose texts must not be met in training
    langs: tuple[str, ...] = ()  # that are learned; the others of the sources are left out
    model: Kind = "gru"
    pieces: int = 8000
    alphabet: int = 2500
    dim: int = 160
    hidden: int = 384
    layers: int = 1
    heads: int = 4
    dropout: float = 0.1
    batch: int = 64  # texts
    others: int = 1000  # pieces that stand for all that a batch does not go on with; 0 takes them all
    held: int = 4  # in a hundred
    most: int = 60  # texts of a language that measure


@dataclass(frozen=True, slots=True)
class Queries:
    """Texts to learn from, by language with their running sums of weights, and texts to measure by."""

    taught: Mapping[Lang, tuple[str, ...]]
    sums: Mapping[Lang, tuple[float, ...]]
    held: Counted


def read_completion(asked: TaskRecipe, find: Find) -> tuple[Completion, Queries]:
    """Return a recipe's options and its texts.

    Raises:
        NotFound, BadInput: see `read_queries`.
        BadConfig: an unknown option, or a language without texts.
    """
    options: Completion = build(Completion, options_of(asked, "sources"), f"[[tasks]] {KIND}")
    texts = read_queries(options.sources, find, langs=options.langs)
    kept = {lang: texts.get(lang, {}) for lang in options.langs or sorted(texts)}
    without = queries_of(files_of(find, options.without))
    taught, held = parted_queries(kept, held=options.held, without=without)
    if bare := [lang for lang, some in taught.items() if not some]:
        raise BadConfig(f"no texts in {', '.join(bare)}", hint="more sources, or fewer `langs`")
    listed = {lang: tuple(some) for lang, some in taught.items()}
    sums = {lang: tuple(accumulate(some.values())) for lang, some in taught.items()}
    return options, Queries(listed, sums, held)


def compose(recipe: Recipe, find: Find, folder: Path, **hooks: Progress | Measured | None) -> Path:
    """Train a language model by a recipe whose one task is ``completion``; see `dragoman.learn.train`.

    Raises:
        BadConfig: there are other tasks, or see `read_completion`.
    """
    if len(recipe.tasks) != 1:
        raise BadConfig(f"{recipe.name}: {len(recipe.tasks)} tasks", hint=f"{KIND} has no tower to share")
    options, queries = read_completion(recipe.tasks[0], find)
    model = make_model(options, letters_of(options, queries, seed=recipe.seed), seed=recipe.seed)
    task = completion(recipe, options, queries, model)
    # The loop asks a model for its weights, to turn dropout on and off, and to save itself.
    return train(recipe, [task], model, folder, **hooks)  # type: ignore[arg-type]


def letters_of(options: Completion, queries: Queries, *, seed: int) -> Letters:
    """Return pieces learned from texts of as many characters in each language."""
    rng = random.Random(f"{seed}/letters")
    drawn = {
        lang: rng.choices(some, cum_weights=queries.sums[lang], k=_SPELLED * len(some) // sum(map(len, some)))
        for lang, some in sorted(queries.taught.items())
    }
    return learn_letters(drawn, queries.taught, size=options.pieces, alphabet=options.alphabet)


def make_model(options: Completion, letters: Letters, *, seed: int) -> LanguageModel:
    """Return an untrained model."""
    torch.manual_seed(seed)
    names = ("dim", "hidden", "layers", "heads", "dropout")
    return MODELS[options.model](
        Shape(options.model, **{name: getattr(options, name) for name in names}), letters
    )


def completion(recipe: Recipe, options: Completion, queries: Queries, model: LanguageModel) -> Task:
    """Return the task: a language at random by weight, then a text of it."""
    weights = recipe.weights()
    langs = [lang for lang in queries.taught if weights.get(lang, 1.0)]
    chances = [weights.get(lang, 1.0) for lang in langs]
    spell = Speller(model)
    aside = {
        lang: random.Random(recipe.seed).sample(sorted(some), min(options.most, len(some)))
        for lang, some in queries.held.items()
    }

    def loss(_: Any, rng: random.Random) -> torch.Tensor:  # Any: the loop's tower, which is this model
        drawn = [
            (lang, rng.choices(queries.taught[lang], cum_weights=queries.sums[lang])[0])
            for lang in rng.choices(langs, chances, k=options.batch)
        ]
        rows = [spell.row("und" if rng.random() < _UNKNOWN else lang, text) for lang, text in drawn]
        return model.loss(rows, others=others_of(rows, len(model.table), options.others, rng))

    def measure(_: Any) -> dict[str, float]:
        found = {lang: bits_a_character(model, lang, some) for lang, some in aside.items() if some}
        score = 2 ** -(sum(found.values()) / len(found))
        return {"score": score, **{f"bits a character/{lang}": bits for lang, bits in found.items()}}

    return Task(KIND, loss, measure=measure if any(aside.values()) else None)


def others_of(rows: Sequence[Sequence[int]], pieces: int, k: int, rng: random.Random) -> torch.Tensor | None:
    """Return ``k`` ids that no row goes on with, drawn evenly; None where there are not so many.

    >>> others_of([[1, 2, 0]], 5, 3, random.Random(0)).tolist()
    [1, 3, 4]
    """
    left = sorted({*range(pieces)} - {i for row in rows for i in row[1:]})
    return torch.tensor(sorted(rng.sample(left, k))) if 0 < k <= len(left) else None


class Speller:
    """Texts as rows of ids: the language, the pieces, the end; a row too long loses its last pieces."""

    def __init__(self, model: LanguageModel) -> None:
        self._letters, self._most = model.letters, model.shape.most
        self._tokenizer = Tokenizer.from_str(model.letters.tokenizer)

    def row(self, lang: Lang, text: str) -> list[int]:
        """Return one row."""
        ids = self._tokenizer.encode(text).ids
        return [self._letters.ids(lang), *ids[: self._most - 1], 0]


def bits_a_character(model: LanguageModel, lang: Lang, texts: list[str]) -> float:
    """Return bits a character over texts as typed, each text's end counted as one."""
    spell = Speller(model)
    nats = float(model.nats([spell.row(lang, text) for text in texts]).sum())
    return nats / _NATS_A_BIT / sum(len(text) + 1 for text in texts)
