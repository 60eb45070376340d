"""The blender tried on a whole file says what the blender that serves says, one shopper after another."""

from pathlib import Path

import numpy as np
import pytest

from dragoman.backends.related.blend import DEPTH, Blend
from dragoman.backends.related.features import proposed
from dragoman.backends.related.shelved import Products, Scores, Shelved
from dragoman.learn.blend import Trees, learn_blend
from dragoman.learn.offline import MODELS
from dragoman.learn.plan import Plan
from dragoman.learn.trial import Trial, open_trial, try_blend


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    rng = np.random.default_rng(0)
    starts = rng.integers(0, 300, 200)
    walks = [[(start + int(step)) % 300 for step in np.cumsum(rng.integers(1, 4, 6))] for start in starts]
    lines = [f"s{i} {' '.join(f'p{one}' for one in walk)}" for i, walk in enumerate(walks)]
    (tmp_path / "walks.txt").write_text("\n".join(lines), encoding="utf-8")
    return open_trial(tmp_path / "walks.txt")


@pytest.fixture
def models(trial: Trial) -> dict[str, Scores]:
    return {name: MODELS[name](trial.past, Plan()) for name in ("popularity", "covisit", "itemknn")}


def test_the_trial_ranks_as_serving_does(trial: Trial, models: dict[str, Scores]) -> None:
    products = Products.of([f"{row:07d}" for row in range(trial.split.items)])
    shelved = [Shelved(name, products, model) for name, model in models.items()]
    named = [[products.ids[row] for row in one] for one in trial.train]
    found = proposed(shelved, named, DEPTH)
    graph = learn_blend(found, [products.ids[row] for row in trial.valid], Trees(), seed=0)
    before = [[products.ids[row] for row in one] for one in trial.before]
    served = Blend(shelved, graph).next_items(before, 10)
    wanted = [tuple(products.rows[hit.id] for hit in hits) for hits in served]
    assert list(try_blend(trial, models, seed=0).lists) == wanted


def test_trees_may_be_taught_by_some_shoppers_only(trial: Trial, models: dict[str, Scores]) -> None:
    few, all_of_them = (try_blend(trial, models, seed=0, taught=taught) for taught in (40, 0))
    assert few.lists != all_of_them.lists
