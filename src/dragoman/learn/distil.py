"""The task ``distil``: a smaller body learns the vectors that a larger one, the recipe's teacher, has."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from dragoman.errors import BadConfig
from dragoman.learn.concepts import Concept, Source, is_held_out, read_concepts
from dragoman.learn.evidence import queries_of
from dragoman.learn.files import Find, files_of, options_of
from dragoman.learn.losses import apart
from dragoman.learn.recipe import Recipe, TaskRecipe, build
from dragoman.learn.task import Task
from dragoman.learn.texts import read_texts
from dragoman.models.tower import Tower
from dragoman.ports import Role

_ROLES: tuple[Role, Role] = ("query", "passage")
_PLAIN = 0.3  # share of texts in lower case, as shoppers write
_LONG = 400  # characters of a text; what lies behind is behind most recipes' max_tokens too


@dataclass(frozen=True, slots=True)
class Distillation:
    """Options of ``distil``."""

    sources: tuple[Source, ...] = ()  # concepts: a language by weight, then a text
    texts: tuple[str, ...] = ()  # files of any other texts: see `read_texts`
    langs: tuple[str, ...] = ()  # languages of ``texts`` where they say; none means all
    without: tuple[str, ...] = ()  # query files whose texts must not be met in training
    batch: int = 32
    share: float = 0.5  # of a batch that is concepts, where there are both


def distil(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    """Return the task ``distil``, its texts read.

    The loss is the mean of 1 - cosine, half the squared distance of unit vectors (Reimers and Gurevych 2020,
    eq. 1, arXiv 2004.09813).

    Raises:
        BadConfig: neither concepts nor texts.
    """
    options: Distillation = build(Distillation, options_of(asked, "sources"), "[[tasks]] distil")
    without = queries_of(files_of(find, options.without))
    concepts = [
        one for source in options.sources for one in read_concepts(find(source.path), without=without)
    ]
    taught = [one for one in concepts if not is_held_out(one)]
    texts = [
        text[:_LONG]
        for path in files_of(find, options.texts)
        for text in read_texts(path, langs=options.langs)
    ]
    if not taught and not texts:
        raise BadConfig("distil has no texts", hint='give it texts = ["feed.csv"], or sources of concepts')
    share = options.share if taught and texts else float(bool(taught))
    say = _sayer(taught, recipe)

    def loss(tower: Tower, rng: random.Random) -> torch.Tensor:
        drawn = [say(rng) if rng.random() < share else rng.choice(texts) for _ in range(options.batch)]
        said = [text.lower() if rng.random() < _PLAIN else text for text in drawn]
        role = rng.choice(_ROLES)
        return apart(tower.encode(said, role), tower.origin(said, role))

    held = [one for one in concepts if is_held_out(one)]
    return Task("distil", loss, asked.weight, asked.share, held=held)


def _sayer(concepts: Sequence[Concept], recipe: Recipe) -> Callable[[random.Random], str]:
    """Return what says a concept in a language it has, English too, by the recipe's weights."""
    weights = recipe.weights()

    def say(rng: random.Random) -> str:
        while True:
            concept = rng.choice(concepts)
            langs = list(concept)
            chances = [weights.get(lang, 1.0) for lang in langs]
            if sum(chances):
                return rng.choice(concept[rng.choices(langs, chances)[0]])

    return say
