"""A model folder: one encoder on disk, written once, then only mapped and run.

    card.json          what it is: name, dim, pooling, prefixes, max_tokens, precision, origin
    model.onnx         everything but the word embeddings
    table.codes.npy    the word embeddings, int8, gathered from the map
    table.scales.npy   their scales, float16
    places.npy         position plus type embedding of every position, float32
    tokenizer.json
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from dragoman.backends.encoders.graph import build_graph
from dragoman.backends.encoders.weights import Pooling, Weights
from dragoman.errors import Corrupt

FORMAT = 1
"""Raised when folders written earlier can no longer be read, or would give other vectors."""

CARD = "card.json"


@dataclass(frozen=True, slots=True)
class Card:
    """What a model folder says of itself. ``name`` ends in a hash of the content: equal names, equal vectors."""

    name: str
    dim: int
    pooling: Pooling
    prefixes: Mapping[str, str]
    max_tokens: int
    precision: str
    origin: str
    format: int = FORMAT


def write_model_folder(weights: Weights, folder: Path, *, precision: str = "float32") -> Card:
    """Write ``weights`` as a model folder and return its card.

    The folder appears whole or not at all: it is written beside its place and renamed. When two
    processes write the same folder, the first to finish wins and the other's work is dropped.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        card = _fill(draft, weights, precision)
        _publish(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return card


def read_card(folder: Path) -> Card:
    """Return the card of a model folder; raises Corrupt when it cannot be read."""
    try:
        card = Card(**json.loads((folder / CARD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise Corrupt(f"cannot read {folder / CARD}: {error}", hint="delete the folder; it is written again") from error
    if card.format != FORMAT:
        raise Corrupt(
            f"{folder} has format {card.format}, this version reads {FORMAT}",
            hint="delete the folder; it is written again",
        )
    return card


def _fill(draft: Path, weights: Weights, precision: str) -> Card:
    positions = weights.arrays["embeddings.position_embeddings.weight"]
    kinds = weights.arrays["embeddings.token_type_embeddings.weight"]
    np.save(draft / "table.codes.npy", weights.table.codes)
    np.save(draft / "table.scales.npy", weights.table.scales)
    np.save(draft / "places.npy", (positions[: weights.shape.positions] + kinds[0]).astype(np.float32))
    (draft / "tokenizer.json").write_text(weights.tokenizer, encoding="utf-8")
    (draft / "model.onnx").write_bytes(build_graph(weights).SerializeToString(deterministic=True))
    habits = json.dumps([weights.pooling, dict(weights.prefixes), FORMAT], sort_keys=True)
    card = Card(
        name=f"{precision}-{_digest(draft, habits)}",
        dim=weights.shape.hidden,
        pooling=weights.pooling,
        prefixes=dict(weights.prefixes),
        max_tokens=weights.shape.positions,
        precision=precision,
        origin=weights.origin,
    )
    (draft / CARD).write_text(json.dumps(asdict(card), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return card


def _digest(folder: Path, habits: str) -> str:
    whole = hashlib.sha256(habits.encode())
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            whole.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:16]


def _publish(draft: Path, folder: Path) -> None:
    try:
        os.rename(draft, folder)
    except OSError:
        if not (folder / CARD).is_file():
            raise
