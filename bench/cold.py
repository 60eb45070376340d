"""Products that hardly anybody met, and shoppers who met hardly anything: what content is worth then.

    python bench/cold.py [--set Beauty] [--data ../shared/data] [--runs runs/cold] [--seed 0] [--steps 800]

A tenth of the products, drawn at random, is taken out of everything that is learned from, and put back into
the shop as new: nobody met them, only their attributes are known (the public sets have no texts). A sequence
model that hides the ids of some products in each step learns to do with attributes. All figures rank all
products, those already met taken out; what came next is the test product of leave-one-out.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from recommenders import FILES, recipe_of, sequences_of

from dragoman.backends.related.shelved import NOTHING, Floats, Ranked, Rows, Scores, leading
from dragoman.learn import next_item
from dragoman.learn.next_item import Held, Known, NextItem
from dragoman.learn.offline import Past, covisitation, popularity, scorer_of, tried
from dragoman.learn.plan import Plan
from dragoman.learn.sequence_export import exported
from dragoman.learn.trial import Trial, open_trial, served
from dragoman.measure.recommend import standing


class ContentScores:
    """The nearest by attributes to what was met: TF-IDF, cosines, the newest counting most."""

    def __init__(self, tags: NDArray[np.int64], *, fading: float = 0.8) -> None:
        rows, places = np.nonzero(tags)
        counted = sp.csr_matrix((np.ones(len(rows), np.float32), (rows, tags[rows, places])))
        weights = np.log(len(tags) / np.maximum(np.asarray((counted > 0).sum(axis=0)).ravel(), 1))
        found = counted @ sp.diags(weights.astype(np.float32))
        norms = np.sqrt(np.asarray(found.multiply(found).sum(axis=1))).ravel()
        self._unit = (sp.diags((1 / np.maximum(norms, 1e-9)).astype(np.float32)) @ found).tocsr()
        self._fading = fading

    def near(self, rows: Rows) -> Floats:
        return np.asarray((self._unit[rows] @ self._unit.T).todense(), np.float32)

    def following(self, histories: Sequence[Rows]) -> Floats:
        ages = [self._fading ** np.arange(len(one) - 1, -1, -1) for one in histories]
        starts = np.concatenate([[0], np.cumsum([len(one) for one in histories])])
        mixed = sp.csr_matrix(
            (np.concatenate(ages).astype(np.float32), np.concatenate(histories), starts),
            shape=(len(histories), self._unit.shape[0]),
        )
        found = np.asarray((mixed @ self._unit @ self._unit.T).todense(), np.float32)
        found[found <= 0] = NOTHING
        return found

    def leading(self, histories: Sequence[Rows], k: int) -> list[Ranked]:
        return leading(self.following(histories), histories, k)


def sequence(
    given: argparse.Namespace, trial: Trial, train: Sequence[Rows], tags: NDArray[np.int64]
) -> Scores:
    """Learn from what is left, ids hidden from a third of the products at each step."""
    recipe = recipe_of(given.set, "sasrec_tags", given.seed, given.steps)
    recipe = replace(recipe, name="cold", measure_every=max(1, recipe.steps // 2), patience=0)
    options: NextItem = replace(next_item.options_of(recipe), id_dropout=0.33)
    kept = [i for i, one in enumerate(train) if len(one) > 0]
    held = Held([train[i] + 1 for i in kept], trial.split.valid[kept])
    known, items = Known(tags), trial.split.items
    folder = given.runs / f"{given.set}-{given.seed}"
    learned = next_item.learn_next_item(
        recipe, options, [one + 1 for one in train], held, known, items, folder
    )
    return served(exported(learned, known, np.unique(np.concatenate(train)) + 1))


def say(
    title: str, models: Mapping[str, Scores], histories: Sequence[Rows], targets: NDArray[np.int64]
) -> None:
    for name, model in models.items():
        found = standing(tried(scorer_of(model, histories), histories, targets).ranks, k=10, seed=0)
        recall, gain = found.recall, found.ndcg
        print(
            f"{title}\t{found.shoppers}\t{name}\tR@10 {recall.mean:.4f} [{recall.low:.4f}, {recall.high:.4f}]"
            f"\tnDCG@10 {gain.mean:.4f} [{gain.low:.4f}, {gain.high:.4f}]",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", default="Beauty", choices=FILES)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=Path, default=Path("runs/cold"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=800)
    given = parser.parse_args()
    trial = open_trial(sequences_of(given.set, given.data))
    options = next_item.options_of(recipe_of(given.set, "sasrec_tags", given.seed, given.steps))
    tags = next_item.known_of(
        options, trial.products, lambda place: given.data / place.removeprefix("data:")
    ).tags
    assert tags is not None
    items = trial.split.items
    cold = np.random.default_rng(given.seed).permutation(items)[: items // 10]
    train = [one[~np.isin(one, cold)] for one in trial.train]
    past, plan = Past([one for one in train if len(one)], items), Plan(seed=given.seed)
    models: dict[str, Scores] = {
        "popularity": popularity(past, plan),
        "co-visitation": covisitation(past, plan),
        "content": ContentScores(tags[1:]),
        "sequence over ids and attributes": sequence(given, trial, train, tags),
    }
    before = [one[~np.isin(one, cold)] for one in trial.before]
    usable = np.array([len(one) > 0 for one in before])
    met = np.bincount(np.concatenate(train), minlength=items)[trial.test]
    buckets = {
        "product nobody met": met == 0,
        "product met once or twice": (met >= 1) & (met <= 2),
        "product met 3 to 5 times": (met >= 3) & (met <= 5),
        "product met more often": met > 5,
    }
    for title, chosen in buckets.items():
        rows = np.flatnonzero(chosen & usable)
        say(title, models, [before[i] for i in rows], trial.test[rows])
    rows = np.flatnonzero(usable & (met > 0))
    for size in (1, 2, 3):
        say(f"shopper who met {size}", models, [before[i][-size:] for i in rows], trial.test[rows])


if __name__ == "__main__":
    main()
