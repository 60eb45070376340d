"""Signed weights where this processor multiplies them exactly: the same numbers to the last bit, faster.

A graph on disk holds its 8-bit weights unsigned, around 128, which every processor multiplies exactly. Those
with dot products of bytes (VNNI, Arm's) take unsigned by signed bytes in one step, a third less time a query;
those before them (AVX2) add pairs of products in 16 bits, which overflow. So the runtime itself is asked,
once a process, for a product that would.
"""

from functools import cache

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from dragoman.backends.encoders.quantise import MIDDLE

PRODUCT = "MatMulIntegerToFloat"
_DEPTH, _ROWS = 64, 4  # enough for the wide kernels


@cache
def is_exact() -> bool:
    """Say whether unsigned by signed bytes come out right here at their largest."""
    left = np.full((_ROWS, _DEPTH), 255, dtype=np.uint8)
    right = np.full((_DEPTH, _DEPTH), 127, dtype=np.int8)
    constants = [
        numpy_helper.from_array(right, "right"),
        numpy_helper.from_array(np.array(1, dtype=np.float32), "one"),
        numpy_helper.from_array(np.array(0, dtype=np.uint8), "none"),
        numpy_helper.from_array(np.array(0, dtype=np.int8), "middle"),
    ]
    inputs = ["left", "right", "one", "one", "none", "middle"]
    node = helper.make_node(PRODUCT, inputs, ["product"], domain="com.microsoft")
    told = helper.make_tensor_value_info("left", TensorProto.UINT8, [_ROWS, _DEPTH])
    asked = helper.make_tensor_value_info("product", TensorProto.FLOAT, [_ROWS, _DEPTH])
    graph = helper.make_graph([node], "probe", [told], [asked], constants)
    versions = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=versions, ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    [product] = session.run(None, {"left": left})
    return bool((np.asarray(product) == 255.0 * 127.0 * _DEPTH).all())


def signed(graph: bytes) -> bytes:
    """Return the graph with the weights of its 8-bit products signed; what is not ours stays as it is."""
    model = onnx.load_from_string(graph)
    held = {one.name: one for one in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type != PRODUCT:
            continue
        weight, middle = held[node.input[1]], held[node.input[5]]
        if weight.data_type != TensorProto.UINT8:
            continue
        codes = numpy_helper.to_array(weight).astype(np.int16) - MIDDLE
        weight.CopyFrom(numpy_helper.from_array(codes.astype(np.int8), weight.name))
        middle.CopyFrom(numpy_helper.from_array(np.array(0, dtype=np.int8), middle.name))
    return bytes(model.SerializeToString())
