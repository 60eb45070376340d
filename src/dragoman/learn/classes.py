"""The task ``classes``: one label for a whole text, such as its category, intent or sentiment."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy

from dragoman.errors import BadConfig
from dragoman.learn.augment import slip
from dragoman.learn.concepts import Source
from dragoman.learn.evidence import queries_of
from dragoman.learn.files import Find, files_of, options_of
from dragoman.learn.labelled import Labelled, chances_of, drawer, few_of_each, parted, read_labelled
from dragoman.learn.recipe import Recipe, TaskRecipe, build
from dragoman.learn.task import Task
from dragoman.measure.macro import f1_by_label
from dragoman.models.heads import LabelHead
from dragoman.models.tower import Tower
from dragoman.ports import Role

_CENTRED = 64  # texts by whose mean vectors are centred


@dataclass(frozen=True, slots=True)
class Classes:
    """Options of ``classes``."""

    sources: tuple[Source, ...]
    name: str = "classes"  # of the head; two tasks of this kind need two
    measured: tuple[Source, ...] = ()  # files that only measure; else `held` in a hundred rows do
    without: tuple[str, ...] = ()  # query files whose texts must not be met in training
    depth: int = 0  # parts of a label "a > b > c" that count; 0 is all
    rare: int = 1  # labels of fewer rows to train on are left out
    balance: float = 0.0  # 0 draws labels as often as they occur, 1 all alike
    batch: int = 32
    dropout: float = 0.1
    slips: float = 0.05  # share of texts with a typing slip
    role: Role = "query"
    held: int = 4  # in a hundred rows
    most: int = 100  # rows of a language that measure


def classes(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    """Return the task ``classes``, its rows read."""
    options: Classes = build(Classes, options_of(asked, "sources", "measured"), "[[tasks]] classes")
    taught, held, shares = _rows(options, find)
    labels = sorted({row.label for row in taught})
    if len(labels) < 2:
        raise BadConfig(
            f"{options.name}: {len(labels)} labels", hint="two are needed; lower `rare`, or more data"
        )
    weights = recipe.weights()
    chances = chances_of([row.label for row in taught], balance=options.balance)
    draw = drawer(
        taught,
        [
            chance * share * weights.get(row.lang, 1.0)
            for row, chance, share in zip(taught, chances, shares, strict=True)
        ],
    )
    place = {label: i for i, label in enumerate(labels)}
    seed = random.Random(f"{recipe.seed}/{options.name}").getrandbits(32)
    head = LabelHead(labels, dropout=options.dropout, seed=seed)
    aside = few_of_each([row for row in held if row.label in place], options.most, seed=recipe.seed)

    def loss(tower: Tower, rng: random.Random) -> torch.Tensor:
        drawn = draw(options.batch, rng)
        texts = [slip(row.text, rng=rng) if rng.random() < options.slips else row.text for row in drawn]
        wanted = torch.tensor([place[row.label] for row in drawn])
        found: torch.Tensor = cross_entropy(head(tower.encode(texts, options.role)), wanted)
        return found

    def ready(tower: Tower) -> None:
        drawn = draw(_CENTRED, random.Random(recipe.seed))
        head.centre_on(tower.encode([row.text for row in drawn], options.role))

    def measure(tower: Tower) -> dict[str, float]:
        said = {
            lang: told(tower, head, [row.text for row in rows], options.role) for lang, rows in aside.items()
        }
        pairs = {
            lang: [(row.label, one) for row, one in zip(rows, said[lang], strict=True)]
            for lang, rows in aside.items()
        }
        return _figures(pairs)

    found = measure if aside else None
    return Task(options.name, loss, asked.weight, asked.share, head, measure=found, ready=ready)


def likely(tower: Tower, head: LabelHead, texts: Sequence[str], role: Role = "query") -> torch.Tensor:
    """Return (texts, labels) probabilities; each row sums to 1."""
    with torch.no_grad():
        return torch.softmax(head(tower.encode(texts, role)), dim=1)


def told(tower: Tower, head: LabelHead, texts: Sequence[str], role: Role = "query") -> list[str]:
    """Return the likeliest label of each text."""
    return [head.labels[int(i)] for i in likely(tower, head, texts, role).argmax(dim=1)]


def _rows(options: Classes, find: Find) -> tuple[list[Labelled], list[Labelled], list[float]]:
    """Rows to train on, rows to measure by, and the share of the source of each of the first."""
    without = queries_of(files_of(find, options.without))

    def read(source: Source) -> list[Labelled]:
        lang = source.lang or "und"
        return read_labelled(find(source.path), lang=lang, depth=options.depth, without=without)

    held = [row for source in options.measured for row in read(source)]
    barred = {row.key for row in held}
    taught: list[tuple[Labelled, float]] = []
    for source in options.sources:
        mine, aside = parted(read(source), held=0 if options.measured else options.held)
        taught += [(row, source.share) for row in mine if row.key not in barred]
        held += aside
    counts = Counter(row.label for row, _ in taught)
    kept = [(row, share) for row, share in taught if counts[row.label] >= options.rare]
    return [row for row, _ in kept], held, [share for _, share in kept]


def _figures(found: Mapping[str, list[tuple[str, str]]]) -> dict[str, float]:
    """Accuracy and macro F1 of each language; the score is the macro F1 over the rows of all."""
    figures: dict[str, float] = {"score": _macro([pair for pairs in found.values() for pair in pairs])}
    for lang, pairs in found.items():
        figures[f"accuracy/{lang}"] = round(sum(true == said for true, said in pairs) / len(pairs), 4)
        figures[f"macro F1/{lang}"] = _macro(pairs)
    return figures


def _macro(pairs: Sequence[tuple[str, str]]) -> float:
    each = f1_by_label(Counter(pairs))
    return round(sum(each.values()) / len(each), 4)
