"""The kinds of task, and those two whose English moves: languages brought together, questions to evidence."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch

from dragoman.errors import BadConfig
from dragoman.learn.augment import dictionary_of, switch, thin, varied
from dragoman.learn.chunks import encoded
from dragoman.learn.classes import classes
from dragoman.learn.concepts import Source, draw, is_held_out, read_concepts
from dragoman.learn.distil import distil
from dragoman.learn.evidence import answers_of, draw_questions, queries_of, read_questions, spoken
from dragoman.learn.files import Find, files_of, options_of, same_texts
from dragoman.learn.following import answer, follow
from dragoman.learn.losses import apart, contrastive, found_among
from dragoman.learn.masked import masked
from dragoman.learn.mining import Mined, answering
from dragoman.learn.pairs import pairs
from dragoman.learn.reading import reading
from dragoman.learn.recipe import Recipe, TaskRecipe, build
from dragoman.learn.tags import tags
from dragoman.learn.task import Task
from dragoman.models.tower import Tower
from dragoman.ports import Role
from dragoman.text.normalise import normalise


@dataclass(frozen=True, slots=True)
class Alignment:
    """Options of ``align``."""

    sources: tuple[Source, ...]
    without: tuple[str, ...] = ()  # query files whose texts must not be met in training
    batch: int = 48
    temperature: float = 0.05
    distil: float = 5.0  # pull of a foreign text to where its English is now
    anchor: float = 2.0  # pull of the English to where it was before training
    slips: float = 0.1  # share of foreign texts with a typing slip
    keys: float = 0.0  # share with a letter of a neighbouring key
    scripts: float = 0.0  # share in another script: the other Chinese, or Latin letters
    chunk: int = 0  # texts encoded at a time, where the batch is too large for memory; 0 is all of them


@dataclass(frozen=True, slots=True)
class Relevance:
    """Options of ``relevance``."""

    questions: tuple[Source, ...]
    without: tuple[str, ...] = ()
    dictionary: tuple[Source, ...] = ()  # concepts to switch words of a question by
    batch: int = 20
    temperature: float = 0.05
    anchor: float = 1.0
    switched: float = 0.5  # share of questions some of whose words are in another language
    slips: float = 0.0  # as in ``align``
    keys: float = 0.0
    scripts: float = 0.0
    mine: int = 0  # wrong passages to find for each question, among those the body takes for right
    chunk: int = 0  # as in ``align``


def open_task(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    """Return the task a recipe asks for, its data read.

    Raises:
        BadConfig: no such kind, or options it does not know.
        NotFound: data that are not there.
    """
    if asked.kind not in KINDS:
        raise BadConfig(f"no task of kind {asked.kind!r}", hint=f"kinds: {', '.join(KINDS)}")
    return KINDS[asked.kind](asked, recipe, find)


def _align(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    options: Alignment = build(Alignment, options_of(asked, "sources"), "[[tasks]] align")
    without = queries_of(files_of(find, options.without))
    concepts = [read_concepts(find(source.path), without=without) for source in options.sources]
    taught = [[one for one in some if not is_held_out(one)] for some in concepts]
    sizes = [len(some) * source.share for some, source in zip(taught, options.sources, strict=True)]
    weights = recipe.weights()

    def loss(tower: Tower, rng: random.Random) -> torch.Tensor:
        counts = [0] * len(taught)
        for i in rng.choices(range(len(taught)), sizes, k=options.batch):
            counts[i] += 1
        pairs = [
            pair
            for some, k in zip(taught, counts, strict=True)
            for pair in draw(some, k, weights=weights, rng=rng)
        ]
        texts = [varied(pair.text, pair.lang, options, rng=rng) for pair in pairs]
        role: Role = rng.choice(("query", "passage"))
        english = [pair.english for pair in pairs]
        rows = encoded(tower, [*texts, *english], role, chunk=options.chunk)
        foreign, home = rows[: len(texts)], rows[len(texts) :]
        found = contrastive(foreign, home, same=same_texts(english, english), temperature=options.temperature)
        if options.distil:
            found = found + options.distil * apart(foreign, home.detach())
        if options.anchor:
            found = found + options.anchor * apart(home, tower.origin(english, role))
        return found

    held = [one for some in concepts for one in some if is_held_out(one)]
    return Task("align", loss, asked.weight, asked.share, held=held)


def _relevance(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    options: Relevance = build(Relevance, options_of(asked, "questions", "dictionary"), "[[tasks]] relevance")
    without = queries_of(files_of(find, options.without))
    questions = [
        one for source in options.questions for one in read_questions(find(source.path), without=without)
    ]
    terms = dictionary_of([one for source in options.dictionary for one in read_concepts(find(source.path))])
    weights = recipe.weights()
    questions = spoken(questions, weights)
    answers = answers_of(questions)
    mined = Mined(questions, answers, options.mine, seed=recipe.seed)
    langs = sorted({lang for entry in terms.values() for lang in entry if weights.get(lang, 1.0)})
    chances = [weights.get(lang, 1.0) for lang in langs]

    def loss(tower: Tower, rng: random.Random) -> torch.Tensor:
        drawn = draw_questions(mined.of(tower), options.batch, rng=rng)
        asked_texts = [thin(one.text, rng=rng) if rng.random() < 0.3 else one.text for one in drawn]
        if langs:
            asked_texts = [
                switch(text, terms, rng.choices(langs, chances)[0], rng=rng)
                if rng.random() < options.switched
                else text
                for text in asked_texts
            ]
        right = [one.right[0] for one in drawn]
        passages = [*right, *(one.wrong[0] for one in drawn if one.wrong)]
        asked_texts = [varied(text, "", options, rng=rng) for text in asked_texts]
        asked_rows = encoded(tower, asked_texts, "query", chunk=options.chunk)
        rows = encoded(tower, passages, "passage", chunk=options.chunk)
        barred = answering(drawn, [normalise(text) for text in passages], answers)
        found = found_among(asked_rows, rows, barred=barred, temperature=options.temperature)
        if options.anchor:
            found = found + options.anchor * apart(rows, tower.origin(passages, "passage"))
        return found

    return Task("relevance", loss, asked.weight, asked.share)


KINDS: Mapping[str, Callable[[TaskRecipe, Recipe, Find], Task]] = {
    "align": _align,
    "relevance": _relevance,
    "follow": follow,
    "answer": answer,
    "masked": masked,
    "classes": classes,
    "tags": tags,
    "reading": reading,
    "pairs": pairs,
    "distil": distil,
}
