"""Recommenders on a file of sequences, leave-one-out: what `dragoman eval recommend` and the benches share.

All models learn from what comes before the last two products; the last but one is there to choose dials and
to teach the blender, the last is the test, and is looked at once.
"""

import resource
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.related.blend import DEPTH, Blend
from dragoman.backends.related.features import proposed
from dragoman.backends.related.sequence import SequenceScores
from dragoman.backends.related.shelved import Products, Rows, Scores, Shelved
from dragoman.backends.related.writing import Generation
from dragoman.learn.blend import Trees, learn_blend
from dragoman.learn.offline import MODELS, Past, Tried, bpr_scorer, scorer_of, tried
from dragoman.learn.plan import Plan
from dragoman.learn.sequences import Split, leave_one_out, read_sequences
from dragoman.measure.recommend import coverage, entropy, gini, novelty, shown_counts

_CHUNK = 1000  # shoppers whose proposals are in memory at a time
_TAUGHT = 8000  # shoppers that the trees learn from


@dataclass(frozen=True, slots=True)
class Trial:
    """A file of sequences, split; products are numbered from 0."""

    split: Split
    train: tuple[Rows, ...]
    before: tuple[Rows, ...]  # with the last but one: what is known when the last is guessed
    valid: NDArray[np.int64]
    test: NDArray[np.int64]
    products: tuple[str, ...]  # ids by the split's numbers, from 1

    @property
    def past(self) -> Past:
        """What models learn from."""
        return Past(self.train, self.split.items)

    def met(self) -> NDArray[np.int64]:
        """Return (products,): how often each was met in what is learned from."""
        return self.past.counts().astype(np.int64)


def open_trial(path: Path) -> Trial:
    """Return the trial of a file; raises NotFound and BadInput as `read_sequences` does."""
    found = read_sequences(path)
    split = leave_one_out(found.rows, found.items)
    return Trial(
        split,
        tuple(one.astype(np.int64) - 1 for one in split.train),
        tuple(one.astype(np.int64) - 1 for one in split.before_test()),
        split.valid.astype(np.int64) - 1,
        split.test.astype(np.int64) - 1,
        found.products,
    )


def fewer(trial: Trial, shoppers: int) -> Trial:
    """Return the trial with so many shoppers, drawn at random, to be tried on; what is learned from stays."""
    drawn = np.sort(np.random.default_rng(0).permutation(len(trial.test))[:shoppers])
    return replace(trial, before=tuple(trial.before[i] for i in drawn), test=trial.test[drawn])


def try_model(trial: Trial, name: str, plan: Plan) -> Tried:
    """Learn the model of a name, one of `MODELS`, "bpr" or "blend", and try it on the test."""
    if name == "blend":
        return try_blend(trial, {each: fit(trial.past, plan) for each, fit in MODELS.items()}, seed=plan.seed)
    if name == "bpr":
        return tried(bpr_scorer(trial.past, plan), trial.before, trial.test)
    return tried(scorer_of(MODELS[name](trial.past, plan), trial.before), trial.before, trial.test)


def try_blend(trial: Trial, models: Mapping[str, Scores], *, seed: int, taught: int = _TAUGHT) -> Tried:
    """Learn trees over some models on the last but one of ``taught`` shoppers, and try them on the test."""
    products = Products.of([f"{row:07d}" for row in range(trial.split.items)])
    shelved = [Shelved(name, products, model) for name, model in models.items()]
    order = np.random.default_rng(seed).permutation(len(trial.train))
    drawn = np.sort([i for i in order if len(trial.train[i])][:taught])
    found = [one for some in _chunks(drawn) for one in proposed(shelved, _named(trial.train, some), DEPTH)]
    targets = [products.ids[trial.valid[i]] for i in drawn]
    blended = Blend(shelved, learn_blend(found, targets, Trees(), seed=seed))
    begun = process_time()
    lists: list[tuple[int, ...]] = []
    ranks: list[int] = []
    for some in _chunks(np.arange(len(trial.before))):
        told = blended.next_items(_named(trial.before, some), trial.split.items)
        for i, hits in zip(some, told, strict=True):
            rows = [products.rows[hit.id] for hit in hits]
            target = int(trial.test[i])
            ranks.append(rows.index(target) + 1 if target in rows else trial.split.items)
            lists.append(tuple(rows[:10]))
    return Tried(np.array(ranks), tuple(lists), process_time() - begun)


def served(
    written: tuple[Mapping[str, object], Mapping[str, NDArray[np.float32]]],
) -> Scores:
    """Return an exported sequence model as serving runs it; see `exported`."""
    with TemporaryDirectory() as folder:
        Generation(Path(folder), Products((), {})).sequence("sequence", *written)
        return SequenceScores(Path(folder) / "sequence")


def breadth(found: Tried, trial: Trial) -> Mapping[str, float]:
    """Return how wide the lists are: coverage, Gini, entropy, novelty; see `dragoman.measure.recommend`."""
    counts = shown_counts(found.lists, trial.split.items)
    return {
        "coverage": coverage(counts),
        "gini": gini(counts),
        "entropy": entropy(counts),
        "novelty": float(novelty(found.lists, trial.met()).mean()),
    }


def groups_of(trial: Trial) -> tuple[str, ...]:
    """Return, per shopper, "cold" where what came next was met at most five times before, else "warm"."""
    return tuple("cold" if count <= 5 else "warm" for count in trial.met()[trial.test])


def memory_mb() -> float:
    """Return the most memory that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _chunks(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    for at in range(0, len(rows), _CHUNK):
        yield rows[at : at + _CHUNK]


def _named(histories: Sequence[Rows], some: NDArray[np.int64]) -> list[list[str]]:
    return [[f"{row:07d}" for row in histories[i]] for i in some]
