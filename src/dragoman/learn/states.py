"""What a frozen encoder makes of every token of a text, computed once and kept on disk.

A decoder that learns from these never pays for the encoder again. Knows texts and arrays, no translations.
"""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias
from weakref import finalize

import ctranslate2
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from dragoman.backends.encoders.adapter import merge_adapter, shipped_adapter
from dragoman.backends.encoders.packaged import read_packaged
from dragoman.backends.encoders.weights import Weights
from dragoman.backends.translators.convert import write_encoder
from dragoman.learn.compress import dropped

States: TypeAlias = NDArray[np.float16]
"""(tokens, dim), the special ones at both ends among them."""

Encode: TypeAlias = Callable[[Sequence[Sequence[int]]], list[States]]
"""Rows of ids to the states of each."""

_BATCH = 48
_TOGETHER = 4096  # texts sorted by length together


def encoder_of(*, layers: int, adapted: bool = True) -> Weights:
    """Return the packaged encoder's first layers, with the shipped adapter where it is wanted."""
    weights = read_packaged()
    weights = merge_adapter(weights, shipped_adapter()) if adapted else weights
    return dropped(weights, range(layers)) if layers < weights.shape.layers else weights


def pieces_of(weights: Weights) -> list[str]:
    """Return the encoder's word pieces by id; one that the tokenizer does not know has a name of its own."""
    tokenizer = Tokenizer.from_str(weights.tokenizer)
    return [tokenizer.id_to_token(i) or f"<{i}>" for i in range(len(weights.table.codes))]


def open_encoder(weights: Weights, folder: Path, *, threads: int) -> Encode:
    """Return the encoder in 8-bit integers on the runtime that will serve it, written to ``folder`` once."""
    if not (folder / "model.bin").is_file():
        fresh = folder.with_name(f"{folder.name}.new")
        write_encoder(weights, pieces_of(weights), fresh, rounding="int8")
        fresh.replace(folder)
    engine = ctranslate2.Encoder(str(folder), compute_type="int8", inter_threads=1, intra_threads=threads)

    def encode(rows: Sequence[Sequence[int]]) -> list[States]:
        found = np.array(engine.forward_batch([list(row) for row in rows]).last_hidden_state)
        return [found[i, : len(row)].astype(np.float16) for i, row in enumerate(rows)]

    return encode


class Remembered:
    """States of texts, on disk in ``folder``; a text that is new is encoded when it is asked for."""

    def __init__(self, folder: Path, weights: Weights, *, longest: int = 96, threads: int = 1) -> None:
        """Open the folder, or begin it. What a crash left half written is cut off."""
        folder.mkdir(parents=True, exist_ok=True)
        self.weights, self.dim = weights, weights.shape.hidden
        self._tokenizer = Tokenizer.from_str(weights.tokenizer)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)
        self._encode = open_encoder(weights, folder / "encoder", threads=threads)
        self._places: dict[str, tuple[int, int]] = {}
        self._names = (folder / "texts.jsonl").open("a+", encoding="utf-8")
        self._states = os.open(folder / "states.f16", os.O_RDWR | os.O_CREAT)
        finalize(self, self._names.close)
        finalize(self, os.close, self._states)
        self._end = self._read_places()

    def __contains__(self, text: str) -> bool:
        """Say whether the states of a text are known."""
        return text in self._places

    def states(self, texts: Sequence[str]) -> list[States]:
        """Return the states of each text."""
        self.learn([text for text in texts if text not in self._places])
        return [self._state(*self._places[text]) for text in texts]

    def learn(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> None:
        """Encode the texts that are new, of like lengths together."""
        new = list(dict.fromkeys(text for text in texts if text not in self._places))
        for start in range(0, len(new), _TOGETHER):
            some = new[start : start + _TOGETHER]
            rows = [found.ids for found in self._tokenizer.encode_batch_fast(some)]
            order = sorted(range(len(some)), key=lambda i: len(rows[i]))
            for at in range(0, len(order), _BATCH):
                batch = order[at : at + _BATCH]
                self._keep([some[i] for i in batch], self._encode([rows[i] for i in batch]))
                (progress or len([]).__add__)(len(batch))

    def _state(self, start: int, length: int) -> States:
        width = self.dim * 2
        return np.frombuffer(os.pread(self._states, length * width, start * width), np.float16).reshape(
            length, self.dim
        )

    def _keep(self, texts: Sequence[str], states: Sequence[States]) -> None:
        os.pwrite(self._states, np.concatenate(states).tobytes(), self._end * self.dim * 2)
        for text, state in zip(texts, states, strict=True):
            self._places[text] = (self._end, len(state))
            self._names.write(json.dumps([text, len(state)], ensure_ascii=False) + "\n")
            self._end += len(state)
        self._names.flush()

    def _read_places(self) -> int:
        """Read what is known, cut off a line half written, and return how many tokens there are."""
        self._names.seek(0)
        at = size = 0
        for line in self._names:
            if not line.endswith("\n"):
                break
            size += len(line.encode())
            text, length = json.loads(line)
            self._places[text] = (at, length)
            at += length
        self._names.truncate(size)
        self._names.seek(size)
        return at
