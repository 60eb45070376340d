"""The task ``next_item``: which product a shopper meets next, learned by a sequence model."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from dragoman.errors import BadConfig
from dragoman.learn.files import Find
from dragoman.learn.loop import Measured, Progress, train
from dragoman.learn.recipe import Recipe, build
from dragoman.learn.sequences import (
    Packed,
    Rows,
    Scorer,
    leave_one_out,
    packed,
    ranks,
    read_sequences,
    read_tags,
)
from dragoman.learn.task import Task
from dragoman.models.sequence import SequenceModel, padded_left
from dragoman.models.sequence_blocks import BlockKind, SequenceShape

KIND = "next_item"
_LEAST_STEPS, _MOST_STEPS = 100, 20_000  # of rounds: seconds, and about a quarter of an hour


@dataclass(frozen=True, slots=True)
class NextItem:
    """Options of ``next_item``."""

    sequences: str
    tags: str = ""  # JSON of product → attributes
    until: Literal["valid", "all"] = "valid"  # "all" learns from every event and measures nothing
    dim: int = 64
    blocks: int = 1
    heads: int = 1
    inner: int = 64
    length: int = 50
    dropout: float = 0.2
    block: BlockKind = "sasrec"
    temperature: float = 0.0
    has_ids: bool = True
    id_dropout: float = 0.0
    batch: int = 128  # shoppers
    negatives: int = 256  # drawn evenly from all products, the same for all places of a batch
    in_batch: bool = False  # the other targets of a batch are negatives too, each weighed by its share
    crop: float = 0.0  # share of histories that end earlier, at random
    rounds: int = 0  # through all shoppers, instead of the recipe's steps; 0 leaves those
    watched: int = 3000  # shoppers that a measurement during training looks at; 0 is all


@dataclass(frozen=True, slots=True)
class Known:
    """What a model is told of products beside their sequences."""

    tags: NDArray[np.int64] | None = None  # (items + 1, most), 0 is none
    vectors: NDArray[np.float32] | None = None  # (items + 1, dim)


@dataclass(frozen=True, slots=True)
class Met:
    """Products that anybody met in training, and the log of every product's share of all targets."""

    rows: torch.Tensor
    share: torch.Tensor  # (items + 1,)


@dataclass(frozen=True, slots=True)
class Held:
    """Histories and what came after each, kept aside to measure by."""

    histories: Sequence[Rows]
    targets: NDArray[np.integer]


def compose(recipe: Recipe, find: Find, folder: Path, **hooks: Progress | Measured | None) -> Path:
    """Train a sequence model by a recipe whose one task is ``next_item``; see `dragoman.learn.train`.

    Raises:
        BadConfig: there are other tasks, or an unknown option.
        NotFound, BadInput: see `read_sequences`.
    """
    options = options_of(recipe)
    found = read_sequences(find(options.sequences))
    known = known_of(options, found.products, find)
    split = leave_one_out(found.rows, found.items)
    held = Held(split.train, split.valid) if options.until == "valid" else None
    taught = split.train if held else found.rows
    return learn_next_item(recipe, options, taught, held, known, found.items, folder, **hooks)


def options_of(recipe: Recipe) -> NextItem:
    """Return the options of a recipe's one task; raises BadConfig."""
    if len(recipe.tasks) != 1:
        raise BadConfig(f"{recipe.name}: {len(recipe.tasks)} tasks", hint=f"{KIND} has no tower to share")
    options: NextItem = build(NextItem, recipe.tasks[0].options, f"[[tasks]] {KIND}")
    return options


def known_of(options: NextItem, products: Sequence[str], find: Find) -> Known:
    """Return what the recipe's files say of products; raises NotFound and BadInput, see `read_tags`."""
    return Known(read_tags(find(options.tags), products) if options.tags else None)


def learn_next_item(
    recipe: Recipe,
    options: NextItem,
    taught: Sequence[Rows],
    held: Held | None,
    known: Known,
    items: int,
    folder: Path,
    **hooks: Progress | Measured | None,
) -> Path:
    """Train on sequences at hand, products from 1; return the folder with what was learned."""
    recipe = _lasting(recipe, options, len(taught))
    model = make_sequence_model(options, items, known, seed=recipe.seed)
    task = next_item(options, model, taught, held)
    # The loop asks a model for its weights, to turn dropout on and off, and to save itself.
    return train(recipe, [task], model, folder, **hooks)  # type: ignore[arg-type]


def _lasting(recipe: Recipe, options: NextItem, shoppers: int) -> Recipe:
    """Return the recipe with as many steps as its rounds take, within what is worth waiting for."""
    if not options.rounds:
        return recipe
    steps = options.rounds * shoppers // options.batch
    return replace(recipe, steps=min(max(steps, _LEAST_STEPS), _MOST_STEPS))


def make_sequence_model(options: NextItem, items: int, known: Known, *, seed: int) -> SequenceModel:
    """Return an untrained model that knows what products are."""
    torch.manual_seed(seed)
    names = ("dim", "blocks", "heads", "inner", "length", "dropout", "block", "temperature", "has_ids")
    shape = SequenceShape(
        items,
        **{name: getattr(options, name) for name in names},
        id_dropout=options.id_dropout,
        tags=0 if known.tags is None else int(known.tags.max()),
        vector=0 if known.vectors is None else known.vectors.shape[1],
    )
    model = SequenceModel(shape)
    tell(model, known)
    return model


def tell(model: SequenceModel, known: Known) -> None:
    """Tell a model what products are."""
    model.items.know(
        None if known.tags is None else torch.from_numpy(known.tags),
        None if known.vectors is None else torch.from_numpy(known.vectors),
    )


def next_item(options: NextItem, model: SequenceModel, taught: Sequence[Rows], held: Held | None) -> Task:
    """Return the task: shoppers at random, each with the newest part of a history."""
    usable = [one for one in taught if len(one) > 1]
    if not usable:
        raise BadConfig("no shopper met two products", hint="more events")
    counts = np.bincount(np.concatenate([one[1:] for one in usable]), minlength=model.shape.items + 1)
    # What nobody met yet must not be taught as what nobody wants: only what was met is a negative.
    rows = torch.from_numpy(np.unique(np.concatenate(usable))).long()
    met = Met(rows, torch.from_numpy(np.maximum(counts, 1) / counts.sum()).float().log())

    watched = _watched(options, held)

    def loss(_: Any, rng: random.Random) -> torch.Tensor:  # Any: the loop's tower, which is this model
        drawn = [_cropped(rng.choice(usable), options, rng) for _ in range(options.batch)]
        return _loss(model, options, packed(drawn, options.length), met)

    def measure(_: Any) -> dict[str, float]:
        assert held is not None
        found = ranks(scorer(model), [held.histories[i] for i in watched], held.targets[watched])
        gains = np.where(found <= 10, 1 / np.log2(found + 1), 0.0)
        return {
            "score": float(gains.mean()),
            "ndcg@10": float(gains.mean()),
            "recall@10": float((found <= 10).mean()),
        }

    return Task(KIND, loss, measure=measure if held is not None else None)


def _watched(options: NextItem, held: Held | None) -> NDArray[np.int64]:
    """The shoppers that measurements look at, the same for every seed and recipe."""
    n = 0 if held is None else len(held.targets)
    order = np.random.default_rng(0).permutation(n)
    return np.sort(order[: options.watched] if options.watched else order)


def scorer(model: SequenceModel) -> Scorer:
    """Return a function from histories to every product's score, by this model as it is now."""
    table = model.table()

    def score(histories: Sequence[Rows]) -> NDArray[np.float32]:
        with torch.no_grad():
            states = model.ends(padded_left(list(histories), model.shape.length))
            found: NDArray[np.float32] = model.scores(states, table).numpy()
        return found

    return score


def _cropped(history: Rows, options: NextItem, rng: random.Random) -> Rows:
    """Return the newest part of a history, or of what it was at some earlier time."""
    end = len(history)
    if end > 2 and (rng.random() < options.crop or end > options.length + 1):
        end = rng.randint(2, end)
    return history[max(0, end - options.length - 1) : end]


def _loss(model: SequenceModel, options: NextItem, batch: Packed, met: Met) -> torch.Tensor:
    """Return the loss of one batch: each place's target against products that were drawn.

    Sampled softmax (Klenitskiy and Vasilev 2023); the other targets of the batch, if asked for, are weighed
    by how often they turn up (Yi et al. 2019, eq. 5).
    """
    owners = torch.from_numpy(batch.owners)
    rows, real = torch.from_numpy(batch.rows), owners > 0
    targets = torch.from_numpy(batch.targets)[real]
    others = met.rows[torch.randperm(len(met.rows))[: options.negatives]]
    # Looking a product up costs the more the larger the table is: each of the batch is looked up once.
    found, where = torch.unique(torch.cat([rows.flatten(), targets, others]), return_inverse=True)
    vectors = model.items(found)
    at, wanted, drawn = where.split([rows.numel(), len(targets), len(others)])
    states = model.follow(vectors[at.view(rows.shape)], torch.from_numpy(batch.places), _own(owners))[real]
    states, aims = model.aimed(states, vectors)
    own = (states * aims[wanted]).sum(-1)
    against = _against(states, aims, wanted, drawn).logsumexp(-1)
    if options.in_batch:
        within = _against(states, aims, wanted, wanted.unique(), met.share[found])
        against = torch.logaddexp(against, within.logsumexp(-1))
    loss: torch.Tensor = (torch.logaddexp(own, against) - own).mean()
    return loss


def _against(
    states: torch.Tensor,
    aims: torch.Tensor,
    wanted: torch.Tensor,
    drawn: torch.Tensor,
    share: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return (n, m): the logits of m products for n states, less the log of their share of all draws.

    What a state itself wants is out of the running.

    Args:
        states: (n, D).
        aims: (p, D) of all products at hand.
        wanted: (n,) rows of ``aims``.
        drawn: (m,) rows of ``aims``, none twice.
        share: (p,) logarithms.
    """
    logits = states @ aims[drawn].T
    if share is not None:
        logits = logits - share[drawn]
    column = torch.full((len(aims),), -1)
    column[drawn] = torch.arange(len(drawn))
    [hit] = torch.nonzero(column[wanted] >= 0, as_tuple=True)
    return logits.index_put_((hit, column[wanted[hit]]), torch.tensor(-1e4))


def _own(owners: torch.Tensor) -> torch.Tensor:
    """Return (B, T, T): a place looks at earlier places of its own history, and at itself."""
    T = owners.shape[1]
    same = (owners.unsqueeze(1) == owners.unsqueeze(2)) & torch.tril(torch.ones((T, T), dtype=torch.bool))
    return same | torch.eye(T, dtype=torch.bool)
