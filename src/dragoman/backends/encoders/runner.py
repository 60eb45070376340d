"""Runs a model folder on ONNX Runtime: token ids in, pooled vectors out. Knows numbers, never text."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from dragoman.backends.encoders.model_folder import Card
from dragoman.backends.encoders.weights import Floats, Table
from dragoman.errors import Corrupt


class Runner:
    """One opened model folder; safe to call from many threads."""

    def __init__(self, folder: Path, card: Card, *, threads: int) -> None:
        codes = np.load(folder / "table.codes.npy", mmap_mode="r")
        self._table = Table(codes, np.load(folder / "table.scales.npy", mmap_mode="r"))
        self._places: Floats = np.load(folder / "places.npy")
        self._is_mean = card.pooling == "mean"
        self._session = open_session(folder / "model.onnx", threads)

    def __call__(self, rows: list[list[int]]) -> Floats:
        """Return (len(rows), dim), not of unit length, for rows of token ids, none of them empty."""
        longest = max(map(len, rows))
        ids = np.zeros((len(rows), longest), dtype=np.int64)
        mask = np.zeros((len(rows), longest), dtype=np.int32)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        tokens = self._table.rows(ids)
        tokens += self._places[:longest]
        [pooled] = self._session.run(None, {"tokens": tokens, "mask": mask, "pool": self._pool(mask)})
        return np.asarray(pooled[:, 0], dtype=np.float32)

    def _pool(self, mask: NDArray[np.int32]) -> Floats:
        """(B, 1, T): the share of each token in its row's vector."""
        pool = np.zeros(mask.shape, dtype=np.float32)
        if self._is_mean:
            np.divide(mask, mask.sum(axis=1, keepdims=True), out=pool)
        else:
            pool[:, 0] = 1
        return pool[:, None]


def open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """Open a graph for ``threads`` cores; raises Corrupt when ONNX Runtime refuses it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no class but Exception
        raise Corrupt(f"ONNX Runtime cannot open {path}: {error}", hint="delete the folder; it is written again") from error
