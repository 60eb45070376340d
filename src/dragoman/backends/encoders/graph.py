"""Writes a BERT-shaped encoder as an ONNX graph that ONNX Runtime runs fast, without torch.

In: ``tokens`` (B, T, D), the summed embeddings of B texts of T tokens each. Out: ``pooled`` (B, D), not
yet of unit length, or (B, T, D) with pooling "none". Texts of one call have one length, so there is no
padding and no mask: attention takes half the time, and a vector never depends on its neighbours. Word
embeddings stay outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from dragoman.backends.encoders.quantise import MIDDLE, Grid, round_weight
from dragoman.backends.encoders.weights import Floats, Weights

_FUSED = "com.microsoft"
_CONTEXT = "attention.output.dense"  # the dense step whose input is what attention puts out
_NO_GRIDS: Mapping[str, Grid] = {}


@dataclass(frozen=True, slots=True)
class _Graph:
    """Nodes and constants while they are collected; a dense step with a grid is done in integers."""

    weights: Weights
    grids: Mapping[str, Grid]
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    dense_inputs: dict[str, str] = field(default_factory=dict)

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def array(self, name: str) -> str:
        return self.constant(name, self.weights.arrays[name])

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: float) -> str:
        node = helper.make_node(kind, inputs, [output], output, domain=domain)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self.nodes.append(node)
        return output

    def norm(self, x: str, name: str) -> str:
        parts = [self.array(f"{name}.{part}") for part in ("weight", "bias")]
        return self.add("LayerNormalization", [x, *parts], name, axis=-1, epsilon=self.weights.shape.eps)

    def dense(self, name: str, x: str, weight: Floats, bias: Floats) -> str:
        """Return x @ weight.T + bias; ``weight`` is (outputs, inputs) as torch keeps it."""
        self.dense_inputs[name] = x
        shift = self.constant(f"{name}.bias", bias)
        if name in self.grids:
            return self.dense_in_integers(name, x, weight, shift)
        product = self.add("MatMul", [x, self.constant(f"{name}.weight", weight.T)], f"{name}.product")
        return self.add("Add", [product, shift], f"{name}.sum")

    def dense_in_integers(self, name: str, x: str, weight: Floats, shift: str) -> str:
        grid = self.grids[name]
        if not name.endswith(_CONTEXT):
            x = self.add("Mul", [x, self.constant(f"{name}.evener", 1 / grid.smooth)], f"{name}.even")
        codes, scales = round_weight(weight * grid.smooth)
        step = self.constant(f"{name}.step", np.array(grid.step, dtype=np.float32))
        zero = self.constant(f"{name}.zero", np.array(grid.zero, dtype=np.uint8))
        x = self.add("QuantizeLinear", [x, step, zero], f"{name}.codes")
        by = [self.constant(f"{name}.weight", codes.T), step, self.constant(f"{name}.scales", scales)]
        middle = self.constant(f"{name}.middle", np.array(MIDDLE, dtype=np.uint8))
        return self.add("MatMulIntegerToFloat", [x, *by, zero, middle, shift], f"{name}.sum", _FUSED)

    def attention(self, layer: str, x: str) -> str:
        name = f"{layer}.attention.self"
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self.weights.arrays[f"{part}.weight"] for part in parts])
        bias = np.concatenate([self.weights.arrays[f"{part}.bias"] for part in parts])
        if f"{layer}.{_CONTEXT}" in self.grids:
            # A context is a mean of values, so what the next step wants divided is divided in the values.
            smooth = self.grids[f"{layer}.{_CONTEXT}"].smooth
            even = np.concatenate([np.ones(2 * len(smooth), dtype=np.float32), smooth])
            weight, bias = weight / even[:, None], bias / even
        mixed = self.dense(name, x, weight, bias)
        self.nodes.append(helper.make_node("Split", [mixed], parts, name, axis=-1, num_outputs=3))
        heads = self.weights.shape.heads
        return self.add("MultiHeadAttention", parts, f"{name}.heads", _FUSED, num_heads=heads)

    def gelu(self, name: str, x: str) -> str:
        # The tanh form is 2-3 times faster, and beside rounding to 8 bits its error cannot be seen.
        kind, domain = ("FastGelu", _FUSED) if self.grids else ("Gelu", "")
        return self.add(kind, [x], name, domain)

    def step(self, name: str, x: str) -> str:
        arrays = self.weights.arrays
        return self.dense(name, x, arrays[f"{name}.weight"], arrays[f"{name}.bias"])

    def layer(self, layer: str, x: str) -> str:
        mixed = self.step(f"{layer}.{_CONTEXT}", self.attention(layer, x))
        x = self.norm(self.add("Add", [mixed, x], f"{layer}.mixed"), f"{layer}.attention.output.LayerNorm")
        wide = self.gelu(f"{layer}.gelu", self.step(f"{layer}.intermediate.dense", x))
        narrow = self.step(f"{layer}.output.dense", wide)
        return self.norm(self.add("Add", [narrow, x], f"{layer}.summed"), f"{layer}.output.LayerNorm")

    def pool(self, x: str) -> str:
        if self.weights.pooling == "none":
            return self.add("Identity", [x], "pooled")
        if self.weights.pooling == "mean":
            return self.add("ReduceMean", [x, self.constant("axis", np.array([1]))], "pooled", keepdims=0)
        return self.add("Gather", [x, self.constant("first", np.array(0))], "pooled", axis=1)


@dataclass(frozen=True, slots=True)
class Tapped:
    """A graph that also puts out what goes into each dense step, under these names."""

    model: onnx.ModelProto
    inputs: Mapping[str, str]  # dense step: the output that shows its input


def build_graph(weights: Weights, grids: Mapping[str, Grid] = _NO_GRIDS) -> onnx.ModelProto:
    """Return the graph of ``weights``: float32, but the dense steps named in ``grids`` in 8-bit integers."""
    return _model(_encoder(weights, grids))


def build_tapped(weights: Weights) -> Tapped:
    """Return the float32 graph that shows the input of every dense step, for calibration."""
    graph = _encoder(weights, _NO_GRIDS)
    model = _model(graph)
    for name in dict.fromkeys(graph.dense_inputs.values()):
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    return Tapped(model, graph.dense_inputs)


def _encoder(weights: Weights, grids: Mapping[str, Grid]) -> _Graph:
    graph = _Graph(weights, grids)
    x = graph.norm("tokens", "embeddings.LayerNorm")
    for i in range(weights.shape.layers):
        x = graph.layer(f"encoder.layer.{i}", x)
    graph.pool(x)
    return graph


def _model(graph: _Graph) -> onnx.ModelProto:
    width = graph.weights.shape.hidden
    tokens = helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["B", "T", width])
    shape: list[str | int | None] = ["B", "T", width] if graph.weights.pooling == "none" else ["B", width]
    pooled = helper.make_tensor_value_info("pooled", TensorProto.FLOAT, shape)
    proto = helper.make_graph(graph.nodes, "encoder", [tokens], [pooled], graph.constants)
    versions = [helper.make_opsetid("", 20), helper.make_opsetid(_FUSED, 1)]
    return helper.make_model(proto, opset_imports=versions, ir_version=9, producer_name="dragoman")
