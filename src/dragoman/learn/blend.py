"""The blender's trees: LightGBM's LambdaMART over what all models say. Knows proposals and what came true."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm
import numpy as np

from dragoman.backends.related.features import Proposed
from dragoman.backends.related.trees import trees_as_onnx
from dragoman.errors import BadInput


@dataclass(frozen=True, slots=True)
class Trees:
    """Dials of LambdaMART (Burges 2010)."""

    rounds: int = 120
    leaves: int = 15
    rate: float = 0.05
    least: int = 50  # rows in a leaf
    share: float = 0.8  # of features a tree may look at
    negatives: int = 40  # proposals kept a shopper beside the one that came true; 0 keeps all
    threads: int = 1


def learn_blend(found: Sequence[Proposed], targets: Sequence[str], dials: Trees, *, seed: int) -> bytes:
    """Return trees, as an ONNX graph, that put the product which came next before the others proposed.

    Args:
        found: What was proposed to each shopper.
        targets: What came next; a shopper to whom it was not proposed teaches nothing.
        dials: Of the trees.
        seed: Draws the proposals that are kept.

    Raises:
        BadInput: nobody was proposed what came next.
    """
    rng = np.random.default_rng(seed)
    parts, labels, groups = [], [], []
    for one, target in zip(found, targets, strict=True):
        if target not in one.ids:
            continue
        rows = _some(one.ids.index(target), len(one.ids), dials.negatives, rng)
        parts.append(one.features[rows])
        labels.append(np.arange(len(rows)) == 0)
        groups.append(len(rows))
    if not parts:
        raise BadInput("no shopper was proposed what came next", hint="more events, or a greater depth")
    return _trees(np.concatenate(parts), np.concatenate(labels).astype(np.int32), groups, dials, seed)


def _some(target: int, n: int, most: int, rng: np.random.Generator) -> list[int]:
    """Return the target's row, then others drawn at random."""
    others = np.delete(np.arange(n), target)
    if most and len(others) > most:
        others = np.sort(rng.choice(others, most, replace=False))
    return [target, *others.tolist()]


def _trees(features: np.ndarray, labels: np.ndarray, groups: list[int], dials: Trees, seed: int) -> bytes:
    given = {
        "objective": "lambdarank",
        "lambdarank_truncation_level": 20,
        "num_leaves": dials.leaves,
        "learning_rate": dials.rate,
        "min_data_in_leaf": min(dials.least, max(1, len(labels) // 20)),
        "feature_fraction": dials.share,
        "num_threads": dials.threads,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # LightGBM warns of its own parameters' future names
        data = lightgbm.Dataset(features, labels, group=groups)
        booster = lightgbm.train(given, data, num_boost_round=dials.rounds)
    return trees_as_onnx(booster.dump_model()["tree_info"], features.shape[1])
