"""Writes LightGBM's trees as an ONNX graph, so that serving needs no LightGBM. Knows both formats only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from dragoman.errors import Unsupported


@dataclass(slots=True)
class _Nodes:
    """The attributes of TreeEnsembleRegressor, filled node by node."""

    trees: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    features: list[int] = field(default_factory=list)
    bounds: list[float] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    yes: list[int] = field(default_factory=list)
    no: list[int] = field(default_factory=list)
    leaf_trees: list[int] = field(default_factory=list)
    leaf_ids: list[int] = field(default_factory=list)
    leaf_values: list[float] = field(default_factory=list)


def trees_as_onnx(dumped: Sequence[Mapping[str, Any]], features: int) -> bytes:  # Any: LightGBM's JSON
    """Return a graph of ``dump_model()["tree_info"]``: ``features`` (n, features) float32 → ``score`` (n, 1).

    Raises:
        Unsupported: a split that is no "at most" on a number.
    """
    nodes = _Nodes()
    for tree, info in enumerate(dumped):
        _add(nodes, tree, info["tree_structure"])
    node = helper.make_node(
        "TreeEnsembleRegressor",
        ["features"],
        ["score"],
        domain="ai.onnx.ml",
        n_targets=1,
        nodes_treeids=nodes.trees,
        nodes_nodeids=nodes.ids,
        nodes_featureids=nodes.features,
        nodes_values=nodes.bounds,
        nodes_modes=nodes.modes,
        nodes_truenodeids=nodes.yes,
        nodes_falsenodeids=nodes.no,
        target_treeids=nodes.leaf_trees,
        target_nodeids=nodes.leaf_ids,
        target_ids=[0] * len(nodes.leaf_ids),
        target_weights=nodes.leaf_values,
    )
    graph = helper.make_graph(
        [node],
        "blend",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, features])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, [None, 1])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    model: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
    return model


def _add(nodes: _Nodes, tree: int, part: Mapping[str, Any]) -> int:
    """Add a part of a tree and return the number of its node."""
    own = nodes.ids[-1] + 1 if nodes.trees and nodes.trees[-1] == tree else 0
    nodes.trees.append(tree)
    nodes.ids.append(own)
    for each in (nodes.features, nodes.yes, nodes.no):
        each.append(0)
    nodes.bounds.append(0.0)
    nodes.modes.append("LEAF")
    spot = len(nodes.ids) - 1
    if "leaf_value" in part:
        nodes.leaf_trees.append(tree)
        nodes.leaf_ids.append(own)
        nodes.leaf_values.append(float(part["leaf_value"]))
        return own
    if part["decision_type"] != "<=":
        raise Unsupported(f"a split by {part['decision_type']!r}", hint="learn without categorical features")
    nodes.modes[spot] = "BRANCH_LEQ"
    nodes.features[spot] = int(part["split_feature"])
    nodes.bounds[spot] = _at_most(float(part["threshold"]))
    nodes.yes[spot] = _add(nodes, tree, part["left_child"])
    nodes.no[spot] = _add(nodes, tree, part["right_child"])
    return own


def _at_most(bound: float) -> float:
    """Return the largest float32 not above a bound: what is at most the one is at most the other."""
    near = np.float32(bound)
    return float(near if near <= bound else np.nextafter(near, np.float32(-np.inf)))
