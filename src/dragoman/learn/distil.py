"""The task ``distil``: a smaller body learns the vectors that a larger one, the recipe's teacher, has."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from dragoman.errors import BadConfig
from dragoman.learn.bank import Bank
from dragoman.learn.concepts import Concept, Source, is_held_out, read_concepts
from dragoman.learn.evidence import queries_of
from dragoman.learn.files import Find, files_of, options_of
from dragoman.learn.losses import apart, ranked_alike
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
    role: str = ""  # query or passage: a body that reads nothing else; "" is either, drawn by the batch
    bank: int = 0  # English texts of the sources that both bodies must rank alike
    temperature: float = 0.05
    distil: float = 1.0  # pull towards the teacher's vector, beside ranking alike


def distil(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    """Return the task ``distil``, its texts read.

    The loss is the mean of 1 - cosine, half the squared distance of unit vectors (Reimers and Gurevych 2020,
    eq. 1, arXiv 2004.09813); with a ``bank``, how differently the two rank its texts as well.

    Raises:
        BadConfig: neither concepts nor texts, a role that there is not, a bank without concepts.
    """
    options: Distillation = build(Distillation, options_of(asked, "sources"), "[[tasks]] distil")
    without = queries_of(files_of(find, options.without))
    concepts = [read_concepts(find(source.path), without=without) for source in options.sources]
    taught = [[one for one in some if not is_held_out(one)] for some in concepts]
    sizes = [len(some) * source.share for some, source in zip(taught, options.sources, strict=True)]
    texts = [
        text[:_LONG]
        for path in files_of(find, options.texts)
        for text in read_texts(path, langs=options.langs)
    ]
    if not sum(sizes) and not texts:
        raise BadConfig("distil has no texts", hint='give it texts = ["feed.csv"], or sources of concepts')
    if options.role not in ("", *_ROLES):
        raise BadConfig(f"distil with role = {options.role!r}", hint="query, passage, or leave it out")
    if options.bank and not sum(sizes):
        raise BadConfig(f"distil with bank = {options.bank} and no concepts", hint="give it sources")
    english = sorted({one["en"][0] for some in taught for one in some})
    bank = Bank(random.Random(recipe.seed).sample(english, min(options.bank, len(english))))
    roles = tuple(role for role in _ROLES if options.role in ("", role))
    share = options.share if sum(sizes) and texts else float(bool(sum(sizes)))
    say = _sayer(taught, sizes, recipe)

    def loss(tower: Tower, rng: random.Random) -> torch.Tensor:
        drawn = [say(rng) if rng.random() < share else rng.choice(texts) for _ in range(options.batch)]
        said = [text.lower() if rng.random() < _PLAIN else text for text in drawn]
        role = rng.choice(roles)
        rows, targets = tower.encode(said, role), tower.origin(said, role)
        found = options.distil * apart(rows, targets)
        if options.bank:
            among = bank.rows(tower, "passage")  # what a query looks for; a passage's neighbours too
            found = found + ranked_alike(rows, targets, among, temperature=options.temperature)
        return found

    held = [one for some in concepts for one in some if is_held_out(one)]
    return Task("distil", loss, asked.weight, asked.share, held=held)


def _sayer(
    concepts: Sequence[Sequence[Concept]], sizes: Sequence[float], recipe: Recipe
) -> Callable[[random.Random], str]:
    """Return what says a concept in a language it has, English too, by the recipe's weights."""
    weights = recipe.weights()

    def say(rng: random.Random) -> str:
        while True:
            concept = rng.choice(rng.choices(concepts, sizes)[0])
            langs = list(concept)
            chances = [weights.get(lang, 1.0) for lang in langs]
            if sum(chances):
                return rng.choice(concept[rng.choices(langs, chances)[0]])

    return say
