"""The task ``masked``: hidden words are guessed (masked language modelling), in a shop's own languages."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

from dragoman.catalog.reading import read
from dragoman.catalog.telling import hinted
from dragoman.errors import BadConfig, BadInput
from dragoman.learn.concepts import Source, read_concepts
from dragoman.learn.evidence import queries_of
from dragoman.learn.files import Find, files_of, options_of
from dragoman.learn.labelled import drawer, few_of_each, parted
from dragoman.learn.recipe import Recipe, TaskRecipe, build
from dragoman.learn.task import Task
from dragoman.measure.lines import numbered_lines
from dragoman.models.heads import MaskedHead
from dragoman.models.pieces import NOWHERE, Pieces, pieces_of, states_of
from dragoman.models.tower import Tower
from dragoman.ports import Role
from dragoman.text.normalise import normalise
from dragoman.types import Listing

_ROLES: tuple[Role, Role] = ("query", "passage")
_MASKS = ("<mask>", "[MASK]")
_TO_MASK, _TO_OTHER = 0.8, 0.1  # Devlin et al. 2019, sec. 3.1; the rest stay as they are, and are guessed too
_COUNTED = 20_000  # texts whose words are counted before the first step
_AT_ONCE = 64  # rows of logits over 250,000 words: 64 MB


@dataclass(frozen=True, slots=True)
class Masked:
    """Options of ``masked``."""

    lines: tuple[Source, ...] = ()  # plain texts, one a line
    concepts: tuple[Source, ...] = ()
    feeds: tuple[Source, ...] = ()  # product feeds of any format: titles, descriptions, bullets, passages
    name: str = "masked"  # of the head
    without: tuple[str, ...] = ()  # query files whose texts must not be met in training
    batch: int = 32
    share: float = 0.15  # of a text's pieces that are to be guessed
    sampled: int = 4096  # draws of words that stand for the whole vocabulary; 0 takes all of it
    held: int = 4  # in a hundred texts that only measure
    most: int = 40  # texts of a language that measure


@dataclass(frozen=True, slots=True)
class Written:
    """A text, its language, and what keeps it on one side of the split."""

    text: str
    lang: str
    key: str


def masked(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    """Return the task ``masked``, its texts read."""
    options: Masked = build(Masked, options_of(asked, "lines", "concepts", "feeds"), "[[tasks]] masked")
    if not 0 < options.share < 1:
        raise BadConfig(f"{options.name}: share = {options.share}", hint="above 0, below 1; BERT has .15")
    without = queries_of(files_of(find, options.without))
    rows = [pair for pair in _texts(options, find) if normalise(pair[0].text) not in without]
    shares = dict(rows)
    taught, held = parted(list(shares), held=options.held)
    weights = recipe.weights()
    draw = drawer(taught, [shares[row] * weights.get(row.lang, 1.0) for row in taught])
    head = MaskedHead(seed=random.Random(f"{recipe.seed}/{options.name}").getrandbits(32))
    aside = few_of_each(held, options.most, seed=recipe.seed)

    def loss(tower: Tower, rng: random.Random) -> torch.Tensor:
        texts = [row.text for row in draw(options.batch, rng)]
        states, wanted = _hidden(tower, texts, rng.choice(_ROLES), options.share, rng)
        chance = torch.Generator().manual_seed(rng.getrandbits(63))
        return head.loss(states, wanted, tower.words, sampled=options.sampled, chance=chance)

    def ready(tower: Tower) -> None:
        some = random.Random(recipe.seed).sample(taught, min(_COUNTED, len(taught)))
        ids = [id for one in tower.tokenizer.encode_batch([row.text for row in some]) for id in one.ids[1:-1]]
        head.begin_at(torch.bincount(torch.tensor(ids), minlength=tower.words.shape[0]))

    def measure(tower: Tower) -> dict[str, float]:
        figures: dict[str, float] = {}
        for lang, some in aside.items():
            rng = random.Random(f"{recipe.seed}/{lang}")
            texts = [row.text for row in some]
            with torch.no_grad():
                states, wanted = _hidden(tower, texts, "passage", options.share, rng)
                figures |= _figures(tower, head, states, wanted, lang)
        scores = [value for key, value in figures.items() if key.startswith("accuracy")]
        return {"score": round(sum(scores) / len(scores), 4), **figures}

    found = measure if aside else None
    return Task(options.name, loss, asked.weight, asked.share, head, measure=found, ready=ready)


def hide(
    pieces: Pieces, *, mask: int, vocabulary: int, share: float, rng: random.Random
) -> tuple[list[int], dict[int, int]]:
    """Return a text's ids with some hidden, and what was at those places: at least one, if it has any words.

    Of the hidden ones, 80 in a hundred become the mask, 10 any other word, 10 stay (Devlin et al. 2019).

    >>> pieces = Pieces((0, 7, 8, 2), ((0, 0), (0, 3), (4, 8), (0, 0)))
    >>> hide(pieces, mask=9, vocabulary=10, share=0.5, rng=random.Random(2))
    ([0, 9, 8, 2], {1: 7})
    """
    places = [i for i, place in enumerate(pieces.places) if place != NOWHERE]
    count = min(len(places), max(1, round(share * len(places))))
    chosen = sorted(rng.sample(places, count))
    ids = list(pieces.ids)
    for i in chosen:
        chance = rng.random()
        if chance < _TO_MASK:
            ids[i] = mask
        elif chance < _TO_MASK + _TO_OTHER:
            ids[i] = rng.randrange(vocabulary)
    return ids, {i: pieces.ids[i] for i in chosen}


def mask_of(tower: Tower) -> int:
    """Return the id of the body's mask.

    Raises:
        BadConfig: its vocabulary has none.
    """
    found = [at for mask in _MASKS if (at := tower.tokenizer.token_to_id(mask)) is not None]
    if not found:
        raise BadConfig(
            f"this body has no {' or '.join(_MASKS)}", hint="leave out the task masked, or name another body"
        )
    return int(found[0])


def _hidden(
    tower: Tower, texts: Sequence[str], role: Role, share: float, rng: random.Random
) -> tuple[torch.Tensor, torch.Tensor]:
    """(m, dim) states at the hidden places of all texts, and the (m,) ids that were there."""
    mask, vocabulary = mask_of(tower), tower.words.shape[0]
    hidden = [
        hide(one, mask=mask, vocabulary=vocabulary, share=share, rng=rng)
        for one in pieces_of(tower, texts, role)
    ]
    states = states_of(tower, [ids for ids, _ in hidden])
    rows = [state[list(wanted)] for state, (_, wanted) in zip(states, hidden, strict=True)]
    return torch.cat(rows), torch.tensor([id for _, wanted in hidden for id in wanted.values()])


def _figures(
    tower: Tower, head: MaskedHead, states: torch.Tensor, wanted: torch.Tensor, lang: str
) -> dict[str, float]:
    """The share of hidden pieces that come first among all words, and the perplexity: e to the mean loss."""
    hits, lost = 0, 0.0
    for start in range(0, len(wanted), _AT_ONCE):
        logits = head(states[start : start + _AT_ONCE], tower.words)
        true = wanted[start : start + _AT_ONCE]
        hits += int((logits.argmax(dim=1) == true).sum())
        lost += float(cross_entropy(logits, true, reduction="sum"))
    places = max(1, len(wanted))
    return {
        f"accuracy/{lang}": round(hits / places, 4),
        f"perplexity/{lang}": round(math.exp(min(50.0, lost / places)), 2),
    }


def _texts(options: Masked, find: Find) -> Iterator[tuple[Written, float]]:
    """Every text with the share of its source."""
    readers = ((options.lines, _of_lines), (options.concepts, _of_concepts), (options.feeds, _of_feed))
    for sources, reader in readers:
        for source in sources:
            yield from ((text, source.share) for text in reader(source, find(source.path)))


def _of_lines(source: Source, path: Path) -> Iterator[Written]:
    lang = source.lang or hinted(path) or "und"
    for _, line in numbered_lines(path):
        yield Written(line.strip(), lang, normalise(line))


def _of_concepts(_source: Source, path: Path) -> Iterator[Written]:
    """The key is what `is_held_out` goes by: concepts that measure how languages meet measure here too."""
    for concept in read_concepts(path):
        for lang, texts in concept.items():
            yield from (Written(text, lang, concept["en"][0].lower()) for text in texts)


def _of_feed(_source: Source, path: Path) -> Iterator[Written]:
    """Titles, descriptions, bullets and passages; a product is on one side of the split with all of them."""
    found = 0
    for row in read(path):
        if isinstance(row, Listing):
            found += 1
            mine = row.product
            passages = (passage.text for passage in row.passages)
            for text in (*mine.titles, *mine.descriptions, *mine.bullets, *passages):
                yield Written(text.value, text.lang.split("-")[0], mine.id)
    if not found:
        raise BadInput(f"no product in the feed {path}", hint="`dragoman ingest` says what is wrong with it")
