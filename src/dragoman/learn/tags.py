"""The task ``tags``: spans in a text and what they are, such as brands, colours and product names (BIO)."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch.nn.functional import cross_entropy

from dragoman.errors import BadConfig
from dragoman.learn.concepts import Source
from dragoman.learn.evidence import queries_of
from dragoman.learn.files import Find, files_of, options_of
from dragoman.learn.labelled import drawer, few_of_each, parted
from dragoman.learn.recipe import Recipe, TaskRecipe, build
from dragoman.learn.tagged import Interval, Span, Tagged, read_tagged, spans_of, tags_of, words_in
from dragoman.learn.task import Task
from dragoman.models.heads import LabelHead
from dragoman.models.pieces import Pieces, pieces_of, states_of
from dragoman.models.tower import Tower
from dragoman.ports import Role

_OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class Tags:
    """Options of ``tags``."""

    sources: tuple[Source, ...]
    name: str = "tags"  # of the head; two tasks of this kind need two
    measured: tuple[Source, ...] = ()  # files that only measure; else `held` in a hundred rows do
    without: tuple[str, ...] = ()  # query files whose texts must not be met in training
    rare: int = 1  # labels of fewer spans to train on are left out
    batch: int = 24
    dropout: float = 0.1
    role: Role = "passage"
    held: int = 4  # in a hundred rows
    most: int = 100  # rows of a language that measure


def tags(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    """Return the task ``tags``, its rows read."""
    options: Tags = build(Tags, options_of(asked, "sources", "measured"), "[[tasks]] tags")
    taught, held, shares = _rows(options, find)
    labels = sorted({span.label for row in taught for span in row.spans})
    if not labels:
        raise BadConfig(f"{options.name}: no spans", hint="lower `rare`, or more data")
    weights = recipe.weights()
    draw = drawer(
        taught, [share * weights.get(row.lang, 1.0) for row, share in zip(taught, shares, strict=True)]
    )
    every = [_OUTSIDE, *(f"{mark}-{label}" for label in labels for mark in "BI")]
    place = {tag: i for i, tag in enumerate(every)}
    seed = random.Random(f"{recipe.seed}/{options.name}").getrandbits(32)
    head = LabelHead(every, dropout=options.dropout, seed=seed)
    aside = few_of_each(held, options.most, seed=recipe.seed)

    def loss(tower: Tower, rng: random.Random) -> torch.Tensor:
        rows, wanted = _counted(tower, draw(options.batch, rng), options.role)
        found: torch.Tensor = cross_entropy(head(rows), torch.tensor([place[tag] for tag in wanted]))
        return found

    def ready(tower: Tower) -> None:
        head.centre_on(_counted(tower, draw(options.batch, random.Random(recipe.seed)), options.role)[0])

    def measure(tower: Tower) -> dict[str, float]:
        return _figures(tower, head, aside, options.role)

    found = measure if aside else None
    return Task(options.name, loss, asked.weight, asked.share, head, measure=found, ready=ready)


def _counted(tower: Tower, drawn: Sequence[Tagged], role: Role) -> tuple[torch.Tensor, list[str]]:
    """(pieces, dim) states of the pieces that count, of all texts, and the tag of each."""
    pieces = pieces_of(tower, [row.text for row in drawn], role)
    states = states_of(tower, [one.ids for one in pieces])
    rows: list[torch.Tensor] = []
    wanted: list[str] = []
    for row, one, state in zip(drawn, pieces, states, strict=True):
        said = tags_of(row.spans, row.words)
        begun = begun_by(one, row.words)
        rows.append(state[list(begun)])
        wanted += [said[words[0]] for words in begun.values()]
    return torch.cat(rows), wanted


def begun_by(pieces: Pieces, words: Sequence[Interval]) -> dict[int, list[int]]:
    """Return the pieces that words begin in, each with those words.

    A word's first piece speaks for it, its other pieces do not count (Devlin et al. 2019, sec. 5.3). Where
    words are single characters a piece may begin several: the first one's tag is the piece's.

    >>> begun_by(Pieces((0, 9, 8, 7, 2), ((0, 0), (0, 2), (2, 4), (4, 6), (0, 0))), [(0, 4), (4, 5), (5, 6)])
    {1: [0], 3: [1, 2]}
    """
    found: dict[int, list[int]] = {}
    at = 0
    for i, (start, end) in enumerate(pieces.places):
        while at < len(words) and words[at][0] < end:
            if words[at][0] >= start:
                found.setdefault(i, []).append(at)
            at += 1
    return found


def spans_in(
    tower: Tower,
    head: LabelHead,
    texts: Sequence[str],
    role: Role = "passage",
    *,
    words: Sequence[Sequence[Interval]] | None = None,
) -> list[tuple[Span, ...]]:
    """Return the spans that a head finds in each text.

    Args:
        tower: The tower that the head has learned on.
        head: A head of the task ``tags``.
        texts: What is beyond ``tower.max_tokens`` is not looked at.
        role: As in training.
        words: Where each text's words are; by `words_in`, if nobody knows better.
    """
    places = [words_in(text) for text in texts] if words is None else words
    pieces = pieces_of(tower, texts, role)
    with torch.no_grad():
        states = states_of(tower, [one.ids for one in pieces])
        found = [head(state).argmax(dim=1).tolist() for state in states]
    return [
        _spans({i: head.labels[tag] for i, tag in enumerate(said)}, one, mine)
        for said, one, mine in zip(found, pieces, places, strict=True)
    ]


def _spans(said: dict[int, str], pieces: Pieces, words: Sequence[Interval]) -> tuple[Span, ...]:
    """Spans from the tags of pieces: words that begin in one piece share its tag, B for the first only."""
    tags = [_OUTSIDE] * len(words)
    for i, mine in begun_by(pieces, words).items():
        for at, word in enumerate(mine):
            tags[word] = f"I{said[i][1:]}" if at and said[i] != _OUTSIDE else said[i]
    return spans_of(tags, words)


def _rows(options: Tags, find: Find) -> tuple[list[Tagged], list[Tagged], list[float]]:
    """Rows to train on, rows to measure by, and the share of the source of each of the first."""
    without = queries_of(files_of(find, options.without))

    def read(source: Source) -> list[Tagged]:
        return read_tagged(find(source.path), lang=source.lang or "und", without=without)

    held = [row for source in options.measured for row in read(source)]
    barred = {row.key for row in held}
    taught: list[tuple[Tagged, float]] = []
    for source in options.sources:
        mine, aside = parted(read(source), held=0 if options.measured else options.held)
        taught += [(row, source.share) for row in mine if row.key not in barred]
        held += aside
    counts = Counter(span.label for row, _ in taught for span in row.spans)
    kept = {label for label, count in counts.items() if count >= options.rare}
    return [_only(row, kept) for row, _ in taught], [_only(row, kept) for row in held], [n for _, n in taught]


def _only(row: Tagged, labels: set[str]) -> Tagged:
    return replace(row, spans=tuple(span for span in row.spans if span.label in labels))


def _figures(tower: Tower, head: LabelHead, aside: dict[str, list[Tagged]], role: Role) -> dict[str, float]:
    """Span F1 of each language and how much of it pieces and length allow; the score is the mean F1.

    A span counts as found where both its ends and its label are right (Tjong Kim Sang and De Meulder 2003).
    """
    figures: dict[str, float] = {}
    for lang, rows in aside.items():
        texts = [row.text for row in rows]
        true = [row.spans for row in rows]
        said = spans_in(tower, head, texts, role, words=[row.words for row in rows])
        figures[f"span F1/{lang}"] = round(_f1(true, said), 4)
        figures[f"reachable/{lang}"] = round(_f1(true, _reachable(rows, pieces_of(tower, texts, role))), 4)
    scores = [value for key, value in figures.items() if key.startswith("span F1")]
    return {"score": round(sum(scores) / len(scores), 4), **figures}


def _reachable(rows: Sequence[Tagged], pieces: Sequence[Pieces]) -> list[tuple[Span, ...]]:
    """What a head without fault would find."""
    found: list[tuple[Span, ...]] = []
    for row, one in zip(rows, pieces, strict=True):
        said = tags_of(row.spans, row.words)
        begun = begun_by(one, row.words)
        found.append(_spans({i: said[words[0]] for i, words in begun.items()}, one, row.words))
    return found


def _f1(true: Sequence[Sequence[Span]], said: Sequence[Sequence[Span]]) -> float:
    """2 tp / (true + said) over all texts; 1 where there is nothing to find and nothing is said."""
    hits = sum(len(set(one) & set(other)) for one, other in zip(true, said, strict=True))
    named = sum(len(one) for one in true) + sum(len(other) for other in said)
    return 2 * hits / named if named else 1.0
