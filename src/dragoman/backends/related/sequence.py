"""The sequence model at serving time, in plain numpy: a history in, a score for every product. No torch."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from dragoman.backends.related.shelved import NOTHING, Floats, Ranked, Rows, leading

_EPS = np.float32(1e-5)  # of torch's LayerNorm


class SequenceScores:
    """Runs what `dragoman.models.sequence` learned; the folder holds its weights and every product's vector.

    Rows of the model's tables are products counted from 1; here they count from 0, and ``order`` leads there.
    """

    def __init__(self, folder: Path) -> None:
        """Read shape.json and model.safetensors, with ``table`` and ``order`` in it."""
        shape = json.loads((folder / "shape.json").read_text(encoding="utf-8"))
        self._weights: Mapping[str, Floats] = load_file(folder / "model.safetensors")
        self._length, self._heads = int(shape["length"]), int(shape["heads"])
        self._blocks, self._kind = int(shape["blocks"]), str(shape["block"])
        self._temperature = float(shape["temperature"])
        self._products = self._weights["table"]  # (n, dim), in the order of ids
        self._is_known = np.any(self._products != 0, axis=1)
        self._knows_all = bool(self._is_known.all())
        aims = _unit(self._products) / self._temperature if self._temperature else self._products
        self._aims: Floats = np.ascontiguousarray(aims, np.float32)

    def near(self, rows: Rows) -> Floats:
        """Return cosines of product vectors."""
        unit = _unit(self._products)
        return self._said(np.asarray(unit[rows] @ unit.T, np.float32), self._is_known[rows])

    def following(self, histories: Sequence[Rows]) -> Floats:
        """Return logits; a history without a known product has no opinion."""
        kept = [history[self._is_known[history]][-self._length :] for history in histories]
        states = np.array([self._state(one) for one in kept], np.float32)
        is_said = np.array([len(one) > 0 for one in kept], bool)
        if self._temperature:
            states = _unit(states)
        scores: Floats = states @ self._aims.T
        return self._said(scores, is_said)

    def leading(self, histories: Sequence[Rows], k: int) -> list[Ranked]:
        """Return the likeliest; see `Scores`."""
        return leading(self.following(histories), histories, k)

    def _said(self, scores: Floats, is_said: np.ndarray) -> Floats:
        if not self._knows_all:
            scores[:, ~self._is_known] = NOTHING
        scores[~is_said] = NOTHING
        return scores

    def _state(self, history: Rows) -> Floats:
        """Return (dim,): where the newest place of a history expects the next product."""
        w = self._weights
        if not len(history):
            return np.zeros(self._products.shape[1], np.float32)
        T = len(history)  # T places, D dim
        x = self._products[history] * np.float32(math.sqrt(self._products.shape[1]))
        x = x + w["places.weight"][np.arange(T - 1, -1, -1)]
        for i in range(self._blocks):
            x = self._block(x, f"blocks.{i}")
        found: Floats = _normed(x[-1:], w, "norm")[0]
        return found

    def _block(self, x: Floats, name: str) -> Floats:
        seen = self._attention(x, f"{name}.attention")
        if self._kind == "ligr":
            return self._gated(x, seen, name)
        w = self._weights
        if self._kind == "normed":
            x = kept = _normed(_normed(x, w, f"{name}.attention.norm") + seen, w, f"{name}.norm")
        else:
            x = x + seen
            kept = _normed(x, w, f"{name}.norm")
        inner = np.maximum(_dense(kept, w, f"{name}.inner"), 0)
        return x + _dense(inner, w, f"{name}.outer")

    def _gated(self, x: Floats, seen: Floats, name: str) -> Floats:
        w = self._weights
        x = x + seen * _sigmoid(_dense(x, w, f"{name}.first"))
        left, right = np.split(_dense(_normed(x, w, f"{name}.norm"), w, f"{name}.inner"), 2, axis=-1)
        inner = _dense(left * _sigmoid(left) * right, w, f"{name}.outer")
        return x + inner * _sigmoid(_dense(x, w, f"{name}.second"))

    def _attention(self, x: Floats, name: str) -> Floats:
        w, T = self._weights, len(x)
        normed = _normed(x, w, f"{name}.norm")
        parts = (_dense(normed, w, f"{name}.{part}") for part in ("asked", "key", "value"))
        asked, key, value = (part.reshape(T, self._heads, -1).transpose(1, 0, 2) for part in parts)
        logits = asked @ key.transpose(0, 2, 1) / np.float32(math.sqrt(asked.shape[-1]))
        logits = np.where(np.tri(T, dtype=bool), logits, NOTHING)
        odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
        seen = (odds / odds.sum(axis=-1, keepdims=True)) @ value
        return _dense(seen.transpose(1, 0, 2).reshape(T, -1), w, f"{name}.out")


def _dense(x: Floats, weights: Mapping[str, Floats], name: str) -> Floats:
    found: Floats = x @ weights[f"{name}.weight"].T
    bias = weights.get(f"{name}.bias")
    return found if bias is None else found + bias


def _normed(x: Floats, weights: Mapping[str, Floats], name: str) -> Floats:
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + _EPS)
    found: Floats = centred / scale * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return found


def _sigmoid(x: Floats) -> Floats:
    found: Floats = 0.5 * (np.tanh(0.5 * x) + 1)  # never overflows
    return found


def _unit(rows: Floats) -> Floats:
    found: Floats = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
    return found
