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

from dragoman.backends.related.blend import DEPTH, Forest
from dragoman.backends.related.features import Proposed, gathered
from dragoman.backends.related.sequence import SequenceScores
from dragoman.backends.related.shelved import (
    NOTHING,
    Floats,
    Products,
    Ranked,
    Rows,
    Scores,
    leading,
)
from dragoman.backends.related.writing import Generation
from dragoman.learn.blend import Trees, learn_blend
from dragoman.learn.offline import MODELS, Past, Tried, bpr_scorer, scorer_of, tried
from dragoman.learn.plan import Plan
from dragoman.learn.sequences import Sequences, Split, leave_one_out, read_sequences
from dragoman.measure.recommend import coverage, entropy, gini, novelty, shown_counts
from dragoman.types import Vectors

_CHUNK = 1000  # shoppers whose proposals are in memory at a time


@dataclass(frozen=True, slots=True)
class Trial:
    """A file of sequences, split; products are numbered from 0."""

    split: Split
    train: tuple[Rows, ...]  # of the shoppers tested, in their order; after them may come others'
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
    return trial_of(read_sequences(path))


def trial_of(found: Sequences) -> Trial:
    """Return the trial of sequences, leave-one-out."""
    return _trial(leave_one_out(found.rows, found.items), found.products)


def trial_by_time(found: Sequences, times: Sequence[Sequence[float]], *, share: float = 0.9) -> Trial:
    """Return a trial in which nothing is learned from what happened after the test began.

    What came before the moment by which ``share`` of all meetings had happened is known; the test is what a
    shopper met first after it. Shoppers who met fewer than two products before it or none after are only
    learned from.

    Args:
        times: When each product of each sequence was met, ascending.
    """
    whole = np.sort(np.concatenate([np.asarray(one, np.float64) for one in times]))
    cut = whole[min(int(share * len(whole)), len(whole) - 1)]
    before = [int(np.searchsorted(np.asarray(one), cut)) for one in times]
    tested = [i for i, count in enumerate(before) if 2 <= count < len(found.rows[i])]
    others = [i for i, count in enumerate(before) if count and i not in set(tested)]
    split = Split(
        tuple(found.rows[i][: before[i] - 1] for i in tested),
        np.array([found.rows[i][before[i] - 1] for i in tested], np.int32),
        np.array([found.rows[i][before[i]] for i in tested], np.int32),
        found.items,
    )
    more = tuple(found.rows[i][: before[i]].astype(np.int64) - 1 for i in others)
    trial = _trial(split, found.products)
    return replace(trial, train=trial.train + more)


def _trial(split: Split, products: tuple[str, ...]) -> Trial:
    return Trial(
        split,
        tuple(one.astype(np.int64) - 1 for one in split.train),
        tuple(one.astype(np.int64) - 1 for one in split.before_test()),
        split.valid.astype(np.int64) - 1,
        split.test.astype(np.int64) - 1,
        products,
    )


def fewer(trial: Trial, shoppers: int) -> Trial:
    """Return the trial with so many shoppers, drawn at random, to be tried on; what is learned from stays."""
    drawn = np.sort(np.random.default_rng(0).permutation(len(trial.test))[:shoppers])
    return replace(trial, before=tuple(trial.before[i] for i in drawn), test=trial.test[drawn])


def try_model(trial: Trial, name: str, plan: Plan) -> Tried:
    """Learn the model of a name, one of `MODELS` or "bpr", and try it on the test."""
    if name == "bpr":
        return tried(bpr_scorer(trial.past, plan), trial.before, trial.test)
    return tried(scorer_of(MODELS[name](trial.past, plan), trial.before), trial.before, trial.test)


def try_content(trial: Trial, vectors: Vectors) -> Tried:
    """Try what is most like what a shopper met, by unit vectors (products, dim), 0 for unknown."""
    return tried(scorer_of(_Alike(vectors), trial.before), trial.before, trial.test)


class _Alike:
    """Scores by content alone: cosines with the mean of what was met."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self._is_known = np.any(vectors != 0, axis=1)

    def near(self, rows: Rows) -> Floats:
        return self._said(self._vectors[rows], self._is_known[rows])

    def following(self, histories: Sequence[Rows]) -> Floats:
        kept = [history[self._is_known[history]] for history in histories]
        aims = [self._vectors[one].sum(axis=0) / max(1, len(one)) for one in kept]
        return self._said(np.array(aims, np.float32), np.array([len(one) > 0 for one in kept], bool))

    def leading(self, histories: Sequence[Rows], k: int) -> list[Ranked]:
        return leading(self.following(histories), histories, k)

    def _said(self, aims: Floats, is_said: NDArray[np.bool_]) -> Floats:
        scores = np.asarray(aims @ self._vectors.T, np.float32)
        scores[:, ~self._is_known] = NOTHING
        scores[~is_said] = NOTHING
        return scores


def try_blend(trial: Trial, models: Mapping[str, Scores], *, seed: int, taught: int = 0) -> Tried:
    """Learn trees over some models on the last but one of ``taught`` shoppers (0: all); try them on the test.

    What `Blend` does one history after another, done for a thousand at a time; a test holds the two together.
    """
    order = np.random.default_rng(seed).permutation(len(trial.valid))
    drawn = np.sort([i for i in order if len(trial.train[i])][: taught or None])
    found, targets = _lessons(trial, list(models.values()), drawn)
    forest = Forest(learn_blend(found, targets, Trees(), seed=seed))
    begun = process_time()
    lists: list[tuple[int, ...]] = []
    ranks: list[int] = []
    for some in _chunks(np.arange(len(trial.before))):
        told = _gathered(list(models.values()), [trial.before[i] for i in some])
        scores = forest.scores(np.concatenate([features for _, features in told]))
        cuts = np.cumsum([len(rows) for rows, _ in told])[:-1]
        for i, (rows, _), said in zip(some, told, np.split(scores, cuts), strict=True):
            listed = rows[np.lexsort((rows, -said))]
            [at] = np.nonzero(listed == trial.test[i])
            ranks.append(int(at[0]) + 1 if len(at) else trial.split.items)
            lists.append(tuple(listed[:10].tolist()))
    return Tried(np.array(ranks), tuple(lists), process_time() - begun)


def _lessons(
    trial: Trial, models: Sequence[Scores], shoppers: NDArray[np.int64]
) -> tuple[list[Proposed], list[str]]:
    """Return what is proposed to shoppers and what came next, where that is among it."""
    found, targets = [], []
    for some in _chunks(shoppers):
        told = _gathered(models, [trial.train[i] for i in some])
        for i, (rows, features) in zip(some, told, strict=True):
            if trial.valid[i] in rows:
                found.append(Proposed(tuple(map(str, rows.tolist())), features))
                targets.append(str(trial.valid[i]))
    return found, targets


def _gathered(models: Sequence[Scores], histories: Sequence[Rows]) -> list[tuple[Rows, Floats]]:
    lists = [model.leading(histories, DEPTH) for model in models]
    return [gathered(of_all, len(history)) for history, *of_all in zip(histories, *lists, strict=True)]


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
