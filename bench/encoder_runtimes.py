"""The same weights on several runtimes and precisions: speed, cosine to float32, and what retrieval loses.

    python bench/encoder_runtimes.py --data ../shared/data [--only NAME] [--recall] [--rounds 7]

ONNX Runtime's own tool makes the dynamic variants; OpenVINO needs `pip install openvino`, its 8-bit
variant `nncf` as well. Speed is per CPU-second of one thread, the best of several rounds.
"""

import argparse
import gzip
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from dragoman.backends.encoders.calibrate import calibration_texts, ranges_of
from dragoman.backends.encoders.graph import build_graph
from dragoman.backends.encoders.packaged import read_packaged
from dragoman.backends.encoders.quantise import grids_of
from dragoman.backends.encoders.runner import Ids, open_session
from dragoman.backends.encoders.tokens import open_tokenizer
from dragoman.backends.encoders.weights import Floats, Weights

Run: TypeAlias = Callable[[Floats], Floats]
LANGS = ["en", "de", "it", "fr", "es", "pt", "pl", "ru", "ar", "hi", "zh", "ja", "ko"]
LENGTHS = {"query": (10, 1), "titles": (24, 10), "descriptions": (106, 2)}  # tokens, texts of a call


def plain_graph(weights: Weights) -> onnx.ModelProto:
    """The encoder in nothing but ONNX's own operators, for runtimes that do their own fusing."""
    nodes: list[onnx.NodeProto] = []
    constants: dict[str, NDArray[np.generic]] = dict(weights.arrays)
    heads, width = weights.shape.heads, weights.shape.hidden
    constants["split"] = np.array([0, 0, heads, width // heads])
    constants["join"] = np.array([0, 0, width])
    constants["scale"] = np.array((width // heads) ** -0.5, dtype=np.float32)

    def add(kind: str, *inputs: str, **attributes: object) -> str:
        name = f"{kind}{len(nodes)}"
        node = helper.make_node(kind, inputs, [name], name)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        nodes.append(node)
        return name

    def norm(x: str, name: str) -> str:
        parts = [f"{name}.{part}" for part in ("weight", "bias")]
        return add("LayerNormalization", x, *parts, axis=-1, epsilon=weights.shape.eps)

    def dense(x: str, name: str) -> str:
        constants[f"{name}.turned"] = np.ascontiguousarray(weights.arrays[f"{name}.weight"].T)
        constants.pop(f"{name}.weight")
        return add("Add", add("MatMul", x, f"{name}.turned"), f"{name}.bias")

    def attention(x: str, name: str) -> str:
        q, k, v = (add("Reshape", dense(x, f"{name}.{part}"), "split") for part in ("query", "key", "value"))
        q, v = (add("Transpose", part, perm=[0, 2, 1, 3]) for part in (q, v))
        scores = add("MatMul", add("Mul", q, "scale"), add("Transpose", k, perm=[0, 2, 3, 1]))
        mixed = add("MatMul", add("Softmax", scores, axis=-1), v)
        return add("Reshape", add("Transpose", mixed, perm=[0, 2, 1, 3]), "join")

    x = norm("tokens", "embeddings.LayerNorm")
    for i in range(weights.shape.layers):
        layer = f"encoder.layer.{i}"
        mixed = dense(attention(x, f"{layer}.attention.self"), f"{layer}.attention.output.dense")
        x = norm(add("Add", mixed, x), f"{layer}.attention.output.LayerNorm")
        wide = add("Gelu", dense(x, f"{layer}.intermediate.dense"))
        x = norm(add("Add", dense(wide, f"{layer}.output.dense"), x), f"{layer}.output.LayerNorm")
    constants["axis"] = np.array([1])
    nodes.append(helper.make_node("ReduceMean", [x, "axis"], ["pooled"], keepdims=0))
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "plain",
        [helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["B", "T", width])],
        [helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["B", width])],
        [numpy_helper.from_array(np.asarray(v), name) for name, v in constants.items() if name in used],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def on_onnxruntime(model: onnx.ModelProto) -> Run:
    session = open_session(model.SerializeToString(), threads=1)
    return lambda tokens: np.asarray(session.run(None, {"tokens": tokens})[0])


def dynamic(model: onnx.ModelProto, *, per_channel: bool, kind: QuantType, reduce_range: bool = False) -> Run:
    """As onnxruntime.quantization does it: activations measured anew in every call."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/f.onnx", f"{folder}/q.onnx"
        onnx.save(model, source)
        options = {"MatMulConstBOnly": True}
        quantize_dynamic(
            source,
            target,
            per_channel=per_channel,
            reduce_range=reduce_range,
            weight_type=kind,
            extra_options=options,
        )
        return on_onnxruntime(onnx.load(target))


def on_openvino(model: onnx.ModelProto, calibration: Sequence[Floats] = ()) -> Run:
    """Float32, or 8 bits after nncf's post-training quantisation for transformers."""
    import openvino

    core = openvino.Core()
    network = core.read_model(model.SerializeToString())
    if calibration:
        import nncf  # type: ignore[import-not-found,unused-ignore]

        data = nncf.Dataset([{"tokens": tokens} for tokens in calibration])
        kind = nncf.ModelType.TRANSFORMER
        network = nncf.quantize(network, data, model_type=kind, subset_size=len(calibration))
    options = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "ENABLE_CPU_PINNING": False}
    request = core.compile_model(network, "CPU", options).create_infer_request()
    return lambda tokens: np.array(request.infer({"tokens": tokens})[0])


class Lab:
    """The weights, their tokenizer, and the variants by name."""

    def __init__(self) -> None:
        self.weights = read_packaged()
        self.tokenizer = open_tokenizer(self.weights.tokenizer, max_tokens=256)
        self.places = self.weights.places()

    def variants(self) -> Iterator[tuple[str, Callable[[], Run]]]:
        plain = plain_graph(self.weights)
        yield "onnxruntime float32, plain graph", lambda: on_onnxruntime(plain)
        yield "onnxruntime float32, ours", lambda: on_onnxruntime(build_graph(self.weights))
        for kind, name in ((QuantType.QInt8, "s8"), (QuantType.QUInt8, "u8")):
            for per_channel in (False, True):
                axis = "channel" if per_channel else "tensor"
                make = partial(dynamic, plain, per_channel=per_channel, kind=kind)
                yield f"onnxruntime dynamic {name} per {axis}", make
        yield (
            "onnxruntime dynamic s8 per channel, 7 bits",
            lambda: dynamic(plain, per_channel=True, kind=QuantType.QInt8, reduce_range=True),
        )
        yield "onnxruntime static smooth u8, ours (kept)", lambda: on_onnxruntime(self.ours())
        if find_spec("openvino"):
            yield "openvino float32", lambda: on_openvino(plain)
        if find_spec("openvino") and find_spec("nncf"):
            yield "openvino int8 (nncf)", lambda: on_openvino(plain, self.calibration())

    def ours(self) -> onnx.ModelProto:
        grids = grids_of(self.weights, ranges_of(self.weights, self.tokenizer))
        return build_graph(self.weights, grids)

    def calibration(self) -> list[Floats]:
        return [self.embed([self.ids(f"passage: {text}")[:128]]) for text in calibration_texts()]

    def ids(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text).ids)

    def embed(self, rows: Sequence[Sequence[int]]) -> Floats:
        ids: Ids = np.array(rows, dtype=np.int64)
        return np.asarray(self.weights.table.rows(ids) + self.places[: ids.shape[1]])

    def encode(self, run: Run, texts: Sequence[str]) -> Floats:
        """One text a call: the variant at its best, as neighbours change the vectors of dynamic ones."""
        found = np.concatenate([run(self.embed([self.ids(text)])) for text in texts])
        unit: Floats = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit

    def speed(self, run: Run, tokens: int, texts: int, rounds: int) -> float:
        """CPU seconds of the quickest call."""
        rng = np.random.default_rng(0)
        given = self.embed(rng.integers(5, 250_000, (texts, tokens)).tolist())
        spent = []
        for _ in range(rounds):
            start = time.process_time()
            run(given)
            spent.append(time.process_time() - start)
        return min(spent)


def rows_of(path: Path) -> list[dict[str, str]]:
    read = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in read.decode().splitlines()]


def recall(lab: Lab, run: Run, data: Path) -> dict[str, float]:
    """Share of psearch's queries whose product is among the first ten, by language, and their mean."""
    docs = rows_of(data / "corpus.jsonl.gz")
    products = lab.encode(run, [f"passage: {doc['title']} {doc['text']}" for doc in docs])
    place = {doc["_id"]: i for i, doc in enumerate(docs)}
    wanted = [line.split("\t") for line in (data / "qrels.tsv").read_text("utf-8").splitlines()[1:]]
    target = {query: place[doc] for query, doc, _ in wanted}
    found = {}
    for lang in LANGS:
        queries = rows_of(data / f"queries.{lang}.jsonl")
        scores = lab.encode(run, [f"query: {query['text']}" for query in queries]) @ products.T
        best = np.argsort(-scores, axis=1)[:, :10]
        found[lang] = float(np.mean([target[q["_id"]] in top for q, top in zip(queries, best, strict=True)]))
    return found | {"mean": float(np.mean(list(found.values())))}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="../shared/data", help="folder that holds psearch/")
    parser.add_argument("--only", default="", help="variants whose name holds this")
    parser.add_argument("--recall", action="store_true", help="also recall@10 on psearch (minutes a variant)")
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    lab, data = Lab(), Path(asked.data) / "psearch"
    docs = random.Random(0).sample(rows_of(data / "corpus.jsonl.gz"), 40)
    texts = [f"passage: {doc['title']} {doc['text']}" for doc in docs]
    for lang in LANGS:
        queries = random.Random(0).sample(rows_of(data / f"queries.{lang}.jsonl"), 8)
        texts += [f"query: {query['text']}" for query in queries]
    exact = lab.encode(on_onnxruntime(build_graph(lab.weights)), texts)
    for name, make in lab.variants():
        if asked.only not in name:
            continue
        run = make()
        cosines = (lab.encode(run, texts) * exact).sum(axis=1)
        line = f"{name:44} cosine {cosines.mean():.5f} (least {cosines.min():.5f})"
        for what, (tokens, count) in LENGTHS.items():
            rounds = asked.rounds * (8 if what == "query" else 1)
            seconds = lab.speed(run, tokens, count, rounds)
            cost = (
                f"{seconds * 1e3:.2f} ms" if what == "query" else f"{tokens * count / seconds:.0f} tokens/s"
            )
            line += f" | {what} {cost}"
        print(line, flush=True)
        if asked.recall:
            print(
                "    recall@10 " + " ".join(f"{k} {v:.3f}" for k, v in recall(lab, run, data).items()),
                flush=True,
            )


if __name__ == "__main__":
    main()
