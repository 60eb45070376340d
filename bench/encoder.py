"""Query latency and bulk rate of an encoder, beside the int8 GEMM peak of a core measured in the same run.

    python bench/encoder.py [--path FOLDER] [--precision int8|float32] [--rounds 7] [--json]

Every rate is the best of several rounds, per CPU-second of one thread (a busy machine disturbs that
least) and per second of wall time. The peak is the best that ONNX Runtime (and OpenVINO, where
installed) reaches on plain matrix products of 8-bit integers, in one thread. Shares count the dense
steps only: attention, tokenizing and gathering are work that the encoder does besides.
"""

import argparse
import json
import os
import platform
import resource
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.encoders.model_folder import Precision
from dragoman.backends.encoders.sources import find_model

QUERIES = (
    "outdoor hammock stand",
    "wired headphones",
    "kopfhörer mit kabel",
    "chaussures de randonnée",
    "mochila escolar",
    "panela de pressão",
    "зимние ботинки",
    "حقيبة ظهر للسفر",
    "सूती साड़ी",
    "户外吊床支架",
    "登山リュック",
    "아기 안전문",
    "รองเท้าวิ่ง",
)
WORDS = [
    "steel",
    "bottle",
    "garden",
    "solar",
    "lamp",
    "cotton",
    "blue",
    "waterproof",
    "bag",
    "with",
    "two",
    "straps",
    "and",
    "a",
    "zip",
    "for",
    "travel",
]
SHAPES = ((256, 384, 1536), (512, 1536, 1536), (1024, 2048, 2048))  # rows, inputs, outputs


Clock: TypeAlias = Callable[[], float]
Floats: TypeAlias = NDArray[np.float64]


def best(run: Callable[[], object], rounds: int, clock: Clock) -> float:
    """Seconds of the quickest of ``rounds`` runs."""
    spent = []
    for _ in range(rounds):
        start = clock()
        run()
        spent.append(clock() - start)
    return min(spent)


def int8_peak(rounds: int) -> tuple[float, str]:
    """Most 10^9 operations (a product and a sum are two) per CPU-second, and who reached it."""
    found = {}
    for rows, inputs, outputs in SHAPES:
        work = 2e-9 * rows * inputs * outputs
        for name, run in products(rows, inputs, outputs).items():
            found[f"{name} {rows}x{inputs}x{outputs}"] = work / best(run, rounds * 3, time.process_time)
    name = max(found, key=lambda key: found[key])
    return found[name], name


def products(rows: int, inputs: int, outputs: int) -> dict[str, Callable[[], object]]:
    """Matrix products of 8-bit integers by each runtime at hand."""
    rng = np.random.default_rng(0)
    left = rng.integers(0, 256, (rows, inputs)).astype(np.uint8)
    found: dict[str, Callable[[], object]] = {}
    for kind in (np.int8, np.uint8):
        weight = rng.integers(-60, 60, (inputs, outputs)).astype(kind)
        run = partial(onnx_product(weight).run, None, {"x": left})
        found[f"onnxruntime u8 x {np.dtype(kind).name}"] = run
    if find_spec("openvino"):
        found["openvino u8 x i8"] = openvino_product(left, rng.integers(-60, 60, (inputs, outputs)))
    return found


def onnx_product(weight: np.ndarray) -> onnxruntime.InferenceSession:
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["x", "w"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, [None, weight.shape[0]])],
        [helper.make_tensor_value_info("y", TensorProto.INT32, None)],
        [numpy_helper.from_array(weight, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def openvino_product(left: np.ndarray, codes: np.ndarray) -> Callable[[], object]:
    """The same product as OpenVINO wants it said: real numbers between a rounding and its inverse."""
    import openvino

    nodes = [
        helper.make_node("QuantizeLinear", ["x", "one", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "one", "zero"], ["d"]),
        helper.make_node("DequantizeLinear", ["w", "one"], ["v"]),
        helper.make_node("MatMul", ["d", "v"], ["y"]),
    ]
    constants = [
        numpy_helper.from_array(np.array(1, np.float32), "one"),
        numpy_helper.from_array(np.array(0, np.uint8), "zero"),
        numpy_helper.from_array(codes.astype(np.int8), "w"),
    ]
    given = [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(left.shape))]
    result = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "product", given, result, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    core = openvino.Core()
    network = core.read_model(model.SerializeToString())
    options = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "ENABLE_CPU_PINNING": False}
    request = core.compile_model(network, "CPU", options).create_infer_request()
    x = left.astype(np.float32)
    return lambda: request.infer({"x": x})


def operations(model: Path) -> float:
    """Operations of the dense steps on one token: a product and a sum for every weight of their matrices."""
    constants = onnx.load(model).graph.initializer
    return 2.0 * sum(int(np.prod(entry.dims)) for entry in constants if len(entry.dims) == 2)


def texts_of(words: int, count: int) -> list[str]:
    """Product-like texts of so many words."""
    rng = np.random.default_rng(words)
    return [" ".join(rng.choice(WORDS, size=words)) for _ in range(count)]


def latencies(encoder: FolderEncoder, rounds: int) -> Floats:
    """Wall milliseconds of every query alone, cold: (rounds, queries)."""
    found = np.zeros((rounds, len(QUERIES)))
    for row in found:
        for i, query in enumerate(QUERIES):
            start = time.perf_counter()
            encoder.encode([query], "query")
            row[i] = (time.perf_counter() - start) * 1e3
    return found


def rate(encoder: FolderEncoder, texts: list[str], tokens: int, rounds: int, clock: Clock) -> float:
    """Tokens a second of ``clock``, whole path: words to unit rows."""
    return tokens / best(lambda: encoder.encode(texts, "passage"), rounds, clock)


def measure(path: str, precision: Precision, rounds: int) -> dict[str, object]:
    """Run everything once and return the figures by name."""
    start = time.perf_counter()
    one = FolderEncoder(path, precision=precision)
    opened = time.perf_counter() - start
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    two = FolderEncoder(path, precision=precision, threads=2)
    model = find_model(path, home=Path("~/.cache/dragoman").expanduser(), precision=precision)
    tokenizer = Tokenizer.from_file(str(model.tokenizer))

    def count(texts: Sequence[str], role: str) -> int:
        return sum(len(tokenizer.encode(model.card.prefixes[role] + text).ids) for text in texts)

    peak, by = int8_peak(rounds)
    work = operations(model.tokenizer.parent / "model.onnx") * 1e-9
    titles, descriptions = texts_of(16, 192), texts_of(90, 48)
    figures: dict[str, object] = {
        "machine": f"{cpu()}, {os.cpu_count()} cores",
        "onnxruntime": version("onnxruntime"),
        "encoder": one.name,
        "open_s": round(opened, 2),
        "resident_mb": round(resident),
        "gops_a_token": round(work, 4),
        "int8_peak_gops": round(peak, 1),
        "int8_peak_by": by,
    }
    for threads, encoder in ((1, one), (2, two)):
        found = latencies(encoder, rounds * 4)[1:]
        figures[f"query_ms_best_{threads}"] = round(float(found.min(axis=0).mean()), 2)
        figures[f"query_ms_p50_{threads}"] = round(float(np.median(found)), 2)
        figures[f"query_ms_p99_{threads}"] = round(float(np.percentile(found, 99)), 2)
    figures["query_tokens"] = round(count(QUERIES, "query") / len(QUERIES), 1)
    for name, texts in (("titles", titles), ("descriptions", descriptions)):
        tokens = count(texts, "passage")
        figures[f"{name}_tokens"] = round(tokens / len(texts), 1)
        per_cpu = rate(one, texts, tokens, rounds, time.process_time)
        figures[f"{name}_tokens_a_cpu_s"] = round(per_cpu)
        figures[f"{name}_share_of_peak"] = round(per_cpu * work / peak, 3)
        for threads, encoder in ((1, one), (2, two)):
            wall = rate(encoder, texts, tokens, rounds, time.perf_counter)
            figures[f"{name}_tokens_a_wall_s_{threads}"] = round(wall)
    return figures


def cpu() -> str:
    """The processor's name, and the instructions that decide how fast bytes multiply."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return platform.processor()
    lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    fields = {key.strip(): value.strip() for key, value in lines.items()}
    known = [
        flag for flag in ("avx2", "avx_vnni", "avx512_vnni", "amx_int8") if flag in fields.get("flags", "")
    ]
    return f"{fields.get('model name', platform.processor())} ({', '.join(known)})"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--path", default="", help="a model folder; empty: the packaged weights")
    parser.add_argument("--precision", default="int8", choices=["int8", "float32"])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure(asked.path, asked.precision, asked.rounds)
    if asked.json:
        print(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        print(f"{name:32} {value}")


if __name__ == "__main__":
    main()
