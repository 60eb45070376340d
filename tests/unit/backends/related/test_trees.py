"""The blender's trees give the same in ONNX Runtime as in LightGBM."""

import lightgbm
import numpy as np
import onnxruntime
import pytest
from numpy.testing import assert_allclose

from dragoman.backends.related.trees import trees_as_onnx
from dragoman.errors import Unsupported


def test_the_graph_predicts_what_lightgbm_predicts() -> None:
    rng = np.random.default_rng(0)
    features = rng.integers(0, 9, (400, 5)).astype(np.float32) / 3
    wanted = features[:, 0] * features[:, 1] - features[:, 4] + rng.normal(size=400) * 0.1
    given = {"num_leaves": 9, "num_threads": 1, "verbosity": -1, "min_data_in_leaf": 5}
    booster = lightgbm.train(given, lightgbm.Dataset(features, wanted), num_boost_round=20)
    graph = trees_as_onnx(booster.dump_model()["tree_info"], 5)
    found = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"]).run(
        None, {"features": features}
    )[0]
    assert_allclose(found.ravel(), booster.predict(features), rtol=1e-4, atol=1e-4)


def test_a_split_by_category_is_refused() -> None:
    leaf = {"leaf_value": 1.0}
    tree = {
        "decision_type": "==",
        "threshold": "1||2",
        "split_feature": 0,
        "left_child": leaf,
        "right_child": leaf,
    }
    with pytest.raises(Unsupported, match="=="):
        trees_as_onnx([{"tree_structure": tree}], 1)
