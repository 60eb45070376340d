"""The task ``reading``: spans that answer asks, be they names of facts or questions."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import torch

from dragoman.backends.readers.marks import Mark, marks_of
from dragoman.backends.readers.trained import shipped_reader
from dragoman.backends.readers.windows import whole_words
from dragoman.errors import BadConfig
from dragoman.learn.asks import Asked, read_asked
from dragoman.learn.concepts import Source
from dragoman.learn.evidence import queries_of
from dragoman.learn.files import Find, files_of, options_of
from dragoman.learn.labelled import drawer, few_of_each, parted
from dragoman.learn.recipe import Recipe, TaskRecipe, build
from dragoman.learn.task import Task
from dragoman.measure.values import counted
from dragoman.models.heads import load_heads
from dragoman.models.pieces import NOWHERE, Pieces, pieces_of, states_of
from dragoman.models.spans import KINDS, SpanHead
from dragoman.models.tower import Tower

Draw: TypeAlias = Callable[[int, random.Random], list[Asked]]


@dataclass(frozen=True, slots=True)
class Reading:
    """Options of ``reading``."""

    sources: tuple[Source, ...]
    name: str = "spans"  # of the head; sets that shall share it are sources of one task
    begin: str = ""  # folder with a head to go on with ("shipped" is ours); name it as `start` too
    without: tuple[str, ...] = ()  # query files whose texts must not be met in training
    names: Mapping[str, str] = field(default_factory=dict)  # tags of BIO files in words
    batch: int = 8
    asks: int = 20  # asks of a text that are drawn at a time, those it answers first
    width: int = 128
    dropout: float = 0.1
    least: float = 0.3  # score from which a span counts when it is measured
    held: int = 4  # in a hundred rows
    most: int = 60  # rows of a language that measure


def reading(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    """Return the task ``reading``, its rows read."""
    options: Reading = build(Reading, options_of(asked, "sources"), "[[tasks]] reading")
    draw, held = _rows(options, recipe, find)
    seed = random.Random(f"{recipe.seed}/{options.name}").getrandbits(32)
    head = _begun(options, find) or SpanHead(width=options.width, dropout=options.dropout, seed=seed)
    few = few_of_each(held, options.most, seed=recipe.seed)

    def loss(tower: Tower, rng: random.Random) -> torch.Tensor:
        rows = draw(options.batch, rng)
        return loss_of(tower, head, rows, [_some(row, options.asks, rng) for row in rows])

    def ready(tower: Tower) -> None:
        rng = random.Random(recipe.seed)
        rows = [row for _ in range(8) for row in draw(4, rng)]
        states = torch.cat(states_of(tower, [one.ids for one in pieces_of(tower, _texts(rows), "passage")]))
        names = sorted({ask for row in rows for ask in row.places})
        head.centre_on(states, vectors_of(tower, names))

    def measure(tower: Tower) -> dict[str, float]:
        return _figures(tower, head, few, options.least)

    found = measure if few else None
    return Task(options.name, loss, asked.weight, asked.share, head, measure=found, ready=ready)


def _rows(options: Reading, recipe: Recipe, find: Find) -> tuple[Draw, list[Asked]]:
    """What draws rows, each time of one set so that few asks need encoding; and rows to measure by."""
    without = queries_of(files_of(find, options.without))
    weights = recipe.weights()
    draws: list[Draw] = []
    shares: list[float] = []
    held: list[Asked] = []
    for source in options.sources:
        rows = read_asked(find(source.path), lang=source.lang or "und", names=options.names)
        kept = [row for row in rows if row.key not in without]
        mine, aside = parted(kept, held=source.held or options.held)
        if not any(row.places for row in mine):
            raise BadConfig(f"{source.path}: nothing is asked", hint="rows with asks, or fewer in `held`")
        held += aside
        shares.append(source.share * len(mine))
        draws.append(drawer(mine, [weights.get(row.lang, 1.0) for row in mine]))
    return lambda k, rng: rng.choices(draws, shares)[0](k, rng), held


def _begun(options: Reading, find: Find) -> SpanHead | None:
    """The head that the task goes on with; raises BadConfig where the folder has none that marks spans."""
    if not options.begin:
        return None
    folder = shipped_reader() if options.begin == "shipped" else find(options.begin)
    for head in load_heads(folder).values():
        if isinstance(head, SpanHead):
            return head
    raise BadConfig(f"begin = {options.begin!r}: no head that marks spans", hint="a folder of `reading`")


def loss_of(
    tower: Tower, head: SpanHead, rows: Sequence[Asked], asks: Sequence[Sequence[str]]
) -> torch.Tensor:
    """Return the loss of some asks of each row, a mean over all pairs of text and ask."""
    pieces = pieces_of(tower, _texts(rows), "passage")
    states = states_of(tower, [one.ids for one in pieces])
    names = sorted({ask for some in asks for ask in some})
    at = {name: i for i, name in enumerate(names)}
    vectors = vectors_of(tower, names)
    total = torch.zeros(())
    for row, one, state, some in zip(rows, pieces, states, asks, strict=True):
        logits = head(state, vectors[[at[ask] for ask in some]])
        counts = torch.tensor([[float(place != NOWHERE)] for place in one.places])
        total = total + head.loss(logits, wanted_of(row, one, some), counts.expand(-1, len(some)))
    return total / sum(len(some) for some in asks)


def vectors_of(tower: Tower, asks: Sequence[str]) -> torch.Tensor:
    """Return (asks, dim): the mean of each ask's states, which the head brings to one length."""
    return torch.stack([state.mean(dim=0) for state in states_of(tower, tower.tokens(asks, "query"))])


def wanted_of(row: Asked, pieces: Pieces, asks: Sequence[str]) -> torch.Tensor:
    """Return (tokens, asks, 3) of 0 and 1: where spans begin, end and go on."""
    wanted = torch.zeros(len(pieces.ids), len(asks), KINDS)
    for column, ask in enumerate(asks):
        for start, end in row.places[ask]:
            inside = [
                i for i, (a, b) in enumerate(pieces.places) if (a, b) != NOWHERE and a < end and start < b
            ]
            if inside:
                wanted[inside[0], column, 0] = 1.0
                wanted[inside[-1], column, 1] = 1.0
                wanted[inside[0] : inside[-1] + 1, column, 2] = 1.0
    return wanted


def read_with(
    tower: Tower, head: SpanHead, texts: Sequence[str], asks: Sequence[str], *, least: float
) -> list[dict[str, list[tuple[int, int, float]]]]:
    """Return, per text and ask, the spans (start, end, score) found, best first."""
    pieces = pieces_of(tower, texts, "passage")
    with torch.no_grad():
        vectors = vectors_of(tower, asks)
        chances = [
            torch.sigmoid(head(state, vectors)) for state in states_of(tower, [one.ids for one in pieces])
        ]
    found = []
    for text, one, each in zip(texts, pieces, chances, strict=True):
        stands = torch.tensor([place != NOWHERE for place in one.places]).numpy()
        marks = {ask: marks_of(each[:, i].numpy(), stands, least=least) for i, ask in enumerate(asks)}
        found.append({ask: [_place(text, one, mark) for mark in some] for ask, some in marks.items()})
    return found


def _place(text: str, pieces: Pieces, mark: Mark) -> tuple[int, int, float]:
    """Characters of a mark, as the backend has them: whole words."""
    start, end = whole_words(text, pieces.places[mark.first][0], pieces.places[mark.last][1])
    return start, end, mark.score


def _some(row: Asked, most: int, rng: random.Random) -> list[str]:
    """What the text answers and some of what it does not, at most ``most`` of them, in random order."""
    asks = sorted(row.places, key=lambda ask: (not row.places[ask], rng.random()))
    return asks[:most]


def _texts(rows: Iterable[Asked]) -> list[str]:
    return [row.text for row in rows]


def _figures(
    tower: Tower, head: SpanHead, few: Mapping[str, Sequence[Asked]], least: float
) -> dict[str, float]:
    """F1 of values, one said per text and ask, of each language; the score is their mean."""
    figures: dict[str, float] = {}
    for lang, rows in few.items():
        asks = sorted({ask for row in rows for ask in row.places})
        said = read_with(tower, head, _texts(rows), asks, least=least)
        judged = [
            (row.values.get(ask, ()), _best(row.text, found[ask]))
            for row, found in zip(rows, said, strict=True)
            for ask in row.places
        ]
        figures[f"F1/{lang}"] = round(counted(judged).f1, 4)
    return {"score": round(sum(figures.values()) / len(figures), 4), **figures}


def _best(text: str, found: Sequence[tuple[int, int, float]]) -> str:
    return text[found[0][0] : found[0][1]] if found else ""
