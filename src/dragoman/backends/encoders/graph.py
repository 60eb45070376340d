"""Writes a BERT-shaped encoder as an ONNX graph of ONNX Runtime's fused operators, without torch.

In: ``tokens`` (B, T, D), the summed embeddings of every token; ``mask`` (B, T), 1 for a token and 0
for padding; ``pool`` (B, 1, T), the weight each token has in its row's vector. Out: ``pooled``
(B, 1, D), not yet of unit length. The word embeddings stay outside: they are gathered from a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from dragoman.backends.encoders.weights import Floats, Shape, Weights

_FUSED = "com.microsoft"


@dataclass(frozen=True, slots=True)
class _Graph:
    """Nodes and constants while they are collected."""

    shape: Shape
    arrays: Mapping[str, Floats]
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def array(self, name: str) -> str:
        return self.constant(name, self.arrays[name])

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: float) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], output, domain=domain, **attributes))
        return output

    def linear(self, name: str, x: str, weight: Floats) -> str:
        """``x`` times the transposed ``weight`` (outputs, inputs); the bias is left to the next step."""
        return self.add("MatMul", [x, self.constant(f"{name}.weight", weight.T)], f"{name}.product")

    def attention(self, layer: str, x: str) -> str:
        parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self.arrays[f"{part}.weight"] for part in parts])
        bias = np.concatenate([self.arrays[f"{part}.bias"] for part in parts])
        name = f"{layer}.attention.self"
        return self.add(
            "Attention",
            [x, self.constant(f"{name}.weight", weight.T), self.constant(f"{name}.bias", bias), "mask"],
            name,
            _FUSED,
            num_heads=self.shape.heads,
        )

    def add_and_norm(self, name: str, x: str, skipped: str) -> str:
        """Residual step: normalise ``x + bias + skipped``; ``name`` is the dense step that made ``x``."""
        place = name.removesuffix(".dense")
        scale, shift = (self.array(f"{place}.LayerNorm.{part}") for part in ("weight", "bias"))
        inputs = [x, skipped, scale, shift, self.array(f"{name}.bias")]
        return self.add("SkipLayerNormalization", inputs, place, _FUSED, epsilon=self.shape.eps)

    def layer(self, layer: str, x: str) -> str:
        mixed = self.attention(layer, x)
        out, inner, outer = (f"{layer}.{n}.dense" for n in ("attention.output", "intermediate", "output"))
        x = self.add_and_norm(out, self.linear(out, mixed, self.arrays[f"{out}.weight"]), x)
        wide = self.linear(inner, x, self.arrays[f"{inner}.weight"])
        wide = self.add("BiasGelu", [wide, self.array(f"{inner}.bias")], f"{inner}.gelu", _FUSED)
        return self.add_and_norm(outer, self.linear(outer, wide, self.arrays[f"{outer}.weight"]), x)


def build_graph(weights: Weights) -> onnx.ModelProto:
    """Return the float32 graph of ``weights``."""
    graph = _Graph(weights.shape, weights.arrays)
    norm = [graph.array(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
    x = graph.add("LayerNormalization", ["tokens", *norm], "embedded", axis=-1, epsilon=weights.shape.eps)
    for i in range(weights.shape.layers):
        x = graph.layer(f"encoder.layer.{i}", x)
    graph.add("MatMul", ["pool", x], "pooled")
    return _model(graph)


def _model(graph: _Graph) -> onnx.ModelProto:
    width = graph.shape.hidden
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["B", "T", width]),
        helper.make_tensor_value_info("mask", TensorProto.INT32, ["B", "T"]),
        helper.make_tensor_value_info("pool", TensorProto.FLOAT, ["B", 1, "T"]),
    ]
    output = helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["B", 1, width])
    proto = helper.make_graph(graph.nodes, "encoder", inputs, [output], graph.constants)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)]
    return helper.make_model(proto, opset_imports=versions, ir_version=8, producer_name="dragoman")
