"""What a run of the task ``pairs`` learned, opened without torch: its body as a model folder, and its head.

The folder holds a LoRA adapter for the packaged body, a head, and a card: a few megabytes. The body is merged
and written under ``home`` once. Knows folders and arrays, never texts.
"""

import hashlib
import json
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from scipy.special import erf

from dragoman.backends.encoders.adapter import merge_adapter
from dragoman.backends.encoders.model_folder import FORMAT, Precision, write_model_folder
from dragoman.backends.encoders.packaged import read_packaged
from dragoman.backends.encoders.weights import Floats, first
from dragoman.backends.rerankers.pairs import QUERY_TOKENS, TEXT_TOKENS
from dragoman.backends.rerankers.shipped import ADAPTER
from dragoman.errors import Corrupt, NotFound

log = logging.getLogger(__name__)

CARD = "reranker.json"
_HEADS, _TENSORS = "heads.json", "heads.safetensors"
_BODY = ("adapter_config.json", ADAPTER)
_AGAIN = "train it again, or install the package again"
_NO_PREFIXES = MappingProxyType({"query": "", "passage": ""})


@dataclass(frozen=True, slots=True)
class Card:
    """What a reranker says of itself: its layers, how much it reads, how a logit becomes a probability."""

    layers: int
    query_tokens: int = QUERY_TOKENS
    text_tokens: int = TEXT_TOKENS
    scale: float = 1.0  # p = 1 / (1 + exp(-(scale * logit + shift))): Platt 1999, eq. 1
    shift: float = 0.0


@dataclass(frozen=True, slots=True)
class Head:
    """The arrays of `dragoman.models.pairing.PairHead`."""

    wide: Floats  # (inner, 3 * dim)
    wide_bias: Floats  # (inner,)
    narrow: Floats  # (1, inner)
    bias: Floats  # (1,)
    likeness: Floats  # (2,)
    telling: Floats  # (dim,)
    middle: Floats  # (2,)
    spread: Floats  # (2,)

    def logits(self, states: Floats, ends: int) -> Floats:
        """Return (n,) logits of (n, tokens, dim) states of pairs.

        Args:
            ends: Tokens of the query's part, both its ends included; more than two.
        """
        size = np.float32(math.sqrt(states.shape[-1]))
        rows = _unit(states)
        words = states[:, 1 : ends - 1]
        near = (rows[:, 1 : ends - 1] @ rows[:, ends:].swapaxes(1, 2)).max(axis=2)
        weight = _shares(words @ self.telling)
        u, v = _unit(words.mean(axis=1)), _unit(states[:, ends:].mean(axis=1))
        alike = np.stack([(near * weight).sum(axis=1), (u * v).sum(axis=1)], axis=1)
        seen = np.concatenate([size * rows[:, 0], size * size / 2 * u * v, size * np.abs(u - v)], axis=1)
        wide = seen @ self.wide.T + self.wide_bias
        inner = wide * (1 + erf(wide / np.float32(math.sqrt(2)))) / 2
        found = (inner @ self.narrow.T + self.bias)[:, 0] + (
            (alike - self.middle) / self.spread
        ) @ self.likeness
        return np.asarray(found, dtype=np.float32)


def read_card(folder: Path) -> Card:
    """Return what a reranker's folder says of itself.

    Raises:
        NotFound: the folder holds no reranker.
        Corrupt: its card cannot be read.
    """
    if not (folder / CARD).is_file():
        raise NotFound(
            f"no {folder / CARD}", hint="a reranker's folder is what recipes/ship_reranker.py writes"
        )
    try:
        card = Card(**json.loads((folder / CARD).read_text(encoding="utf-8")))
        numbers = (card.query_tokens, card.text_tokens, card.layers)
        if not all(isinstance(one, int) for one in numbers) or min(numbers[:2]) < 3 or card.layers < 1:
            raise ValueError(f"layers, query_tokens, text_tokens = {numbers}")
        return replace(card, scale=float(card.scale), shift=float(card.shift))
    except (OSError, ValueError, TypeError) as error:
        raise Corrupt(f"cannot read {folder / CARD}: {error}", hint=_AGAIN) from error


def read_head(folder: Path) -> Head:
    """Return the head in a reranker's folder.

    Raises:
        Corrupt: its files cannot be read, or hold no head for pairs.
    """
    try:
        kinds = json.loads((folder / _HEADS).read_text(encoding="utf-8"))
        [name] = [name for name, about in kinds.items() if about["kind"] == "pair"]
        arrays = load_file(folder / _TENSORS)
        return Head(**{part: arrays[f"{name}.{part}"].astype(np.float32) for part in Head.__slots__})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise Corrupt(f"cannot read the head in {folder}: {error!r}", hint=_AGAIN) from error


def body_folder(folder: Path, card: Card, *, home: Path, precision: Precision) -> Path:
    """Return the model folder of the reranker's body, whose output is token states; written once.

    Raises:
        NotFound: the packaged weights are not installed.
        Unsupported, Corrupt: see `merge_adapter`.
    """
    made = home / "models" / f"reranker-{precision}-{card.layers}-{_digest(folder, _BODY)}"
    if not made.is_dir():
        log.info("writing the model folder %s (once)", made)
        weights = merge_adapter(first(read_packaged(), card.layers), folder)
        bare = replace(weights, pooling="none", prefixes=_NO_PREFIXES)
        write_model_folder(bare, made, precision=precision)
    return made


def digest_of(folder: Path) -> str:
    """Return 12 hex digits that change when a file of the reranker does; a few milliseconds.

    Raises:
        Corrupt: a file is missing.
    """
    return _digest(folder, (CARD, _HEADS, _TENSORS, *_BODY))


def _digest(folder: Path, names: Sequence[str]) -> str:
    whole = hashlib.sha256(str(FORMAT).encode())
    try:
        for name in names:
            whole.update(name.encode() + (folder / name).read_bytes())
    except OSError as error:
        raise Corrupt(f"cannot read the reranker {folder}: {error}", hint=_AGAIN) from error
    return whole.hexdigest()[:12]


def _unit(rows: Floats) -> Floats:
    found: Floats = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), np.float32(1e-12))
    return found


def _shares(rows: Floats) -> Floats:
    """Softmax over the last axis."""
    high = np.exp(rows - rows.max(axis=-1, keepdims=True))
    found: Floats = high / high.sum(axis=-1, keepdims=True)
    return found
