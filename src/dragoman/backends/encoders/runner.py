"""Runs an encoder's graph on ONNX Runtime: token ids in, pooled vectors out. Knows numbers, never text."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
import onnxruntime
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from numpy.typing import NDArray

from dragoman.backends.encoders.signed import is_exact, signed
from dragoman.backends.encoders.weights import Floats, Pooling, Table
from dragoman.errors import Corrupt, Unsupported

Ids: TypeAlias = NDArray[np.int64]
Run: TypeAlias = Callable[[Ids], Floats]
"""(B, T) token ids, no padding, to (B, dim) vectors, not of unit length."""

_AGAIN = "delete the folder; it is written again"
_TOKENS = ("last_hidden_state", "token_embeddings")
_SENTENCES = ("sentence_embedding", "pooler_output")

# The fused SkipLayerNormalization is a scalar loop, several times slower than the two steps it replaces.
_SLOWER_FUSED = ["SkipLayerNormFusion"]


class FolderRunner:
    """The graph of a model folder, with word embeddings gathered from a mapped file; safe in many threads."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        try:
            codes = np.load(folder / "table.codes.npy", mmap_mode="r")
            self._table = Table(codes, np.load(folder / "table.scales.npy", mmap_mode="r"))
            self._places: Floats = np.load(folder / "places.npy")
        except (OSError, ValueError) as error:
            raise Corrupt(f"cannot read the arrays of {folder}: {error}", hint=_AGAIN) from error
        self._session = open_own_session(folder / "model.onnx", threads=threads)

    def __call__(self, ids: Ids) -> Floats:
        """Return (B, dim), not of unit length, for ``ids`` (B, T) with B and T of at least 1."""
        tokens = self._table.rows(ids)
        tokens += self._places[: ids.shape[1]]
        [pooled] = self._session.run(None, {"tokens": tokens})
        return np.asarray(pooled, dtype=np.float32)


class GraphRunner:
    """A foreign graph from token ids, as Optimum or sentence-transformers export it; safe in many threads."""

    def __init__(self, graph: Path, *, pooling: Pooling, threads: int) -> None:
        self._session = open_session(graph, threads=threads)
        self._inputs = [entry.name for entry in self._session.get_inputs()]
        outputs = [entry.name for entry in self._session.get_outputs()]
        self._is_mean = pooling == "mean"
        # Tokens before sentences: BERT's pooler_output is a head for another task.
        self._output = next((name for name in (*_TOKENS, *_SENTENCES) if name in outputs), outputs[0])
        if strange := set(self._inputs) - {"input_ids", "attention_mask", "token_type_ids"}:
            raise Unsupported(
                f"{graph} wants {', '.join(sorted(strange))}", hint="export it for feature-extraction"
            )
        self.dim = int(self(np.zeros((1, 1), dtype=np.int64)).shape[1])

    def __call__(self, ids: Ids) -> Floats:
        """Return (B, dim), not of unit length, for ``ids`` (B, T) with B and T of at least 1."""
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        feed = {name: given[name] for name in self._inputs}
        found = np.asarray(self._session.run([self._output], feed)[0], dtype=np.float32)
        if found.ndim == 2:
            return found
        pooled: Floats = found.mean(axis=1) if self._is_mean else found[:, 0]
        return pooled


def open_own_session(graph: Path, *, threads: int) -> onnxruntime.InferenceSession:
    """Open a graph of ours as this processor runs it fastest; raises Corrupt, as `open_session` does."""
    if not is_exact():
        return open_session(graph, threads=threads)
    try:
        return open_session(signed(graph.read_bytes()), threads=threads)
    except (OSError, DecodeError, KeyError) as error:
        raise Corrupt(f"cannot read {graph}: {error}", hint=_AGAIN) from error


def open_session(graph: Path | bytes, *, threads: int) -> onnxruntime.InferenceSession:
    """Open a graph for ``threads`` cores; raises Corrupt when ONNX Runtime refuses it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # a plan per shape would be kept, and every length is a shape
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            graph if isinstance(graph, bytes) else str(graph),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=_SLOWER_FUSED,
        )
    except Exception as error:  # the errors of ONNX Runtime share no class but Exception
        name = "the graph" if isinstance(graph, bytes) else graph
        raise Corrupt(f"ONNX Runtime cannot open {name}: {error}", hint=_AGAIN) from error
