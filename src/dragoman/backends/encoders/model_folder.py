"""A model folder: one encoder on disk, written once, then only mapped and run.

card.json          what it is: name, dim, pooling, prefixes, max_tokens, precision, origin
model.onnx         everything but the word embeddings
table.codes.npy    the word embeddings, int8, gathered from the mapped file
table.scales.npy   their scales, float16
places.npy         position plus type embedding of every place, float32
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
from typing import Literal, TypeAlias

import numpy as np

from dragoman.backends.encoders.calibrate import ranges_of
from dragoman.backends.encoders.graph import build_graph
from dragoman.backends.encoders.quantise import grids_of
from dragoman.backends.encoders.tokens import open_tokenizer
from dragoman.backends.encoders.weights import Pooling, Weights
from dragoman.errors import Corrupt

Precision: TypeAlias = Literal["int8", "float32"]

FORMAT = 4
"""Raised when folders written earlier can no longer be read, or would give other vectors."""

CARD = "card.json"
REWRITE = "delete the folder; it is written again"


@dataclass(frozen=True, slots=True)
class Card:
    """What a model folder says of itself.

    ``name`` hashes what the folder was made from: equal names, vectors that may be compared. It is no hash of
    what was made, for that differs from one processor to the next in the last bits of a float.
    """

    name: str
    dim: int
    pooling: Pooling
    prefixes: Mapping[str, str]  # by role
    max_tokens: int
    precision: str
    origin: str
    format: int = FORMAT


def write_model_folder(
    weights: Weights, folder: Path, *, precision: Precision = "int8", identity: str = ""
) -> Card:
    """Write ``weights`` as a model folder and return its card.

    Args:
        identity: Hash of what the weights come from, for the name; without it the folder's content is hashed.

    The folder appears whole or not at all: it is written beside its place and renamed. When two
    processes write the same folder, the first to finish wins and the other's work is dropped.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        draft.chmod(0o755)  # mkdtemp keeps other accounts out; a model is no secret
        card = _fill(draft, weights, precision, identity)
        _publish(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return card


def read_card(folder: Path) -> Card:
    """Return the card of a model folder; raises Corrupt when it cannot be read."""
    try:
        card = Card(**json.loads((folder / CARD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise Corrupt(f"cannot read {folder / CARD}: {error}", hint=REWRITE) from error
    if card.format != FORMAT:
        raise Corrupt(f"{folder} has format {card.format}, this version reads {FORMAT}", hint=REWRITE)
    return card


def _fill(draft: Path, weights: Weights, precision: Precision, identity: str) -> Card:
    tokenizer = open_tokenizer(weights.tokenizer, max_tokens=weights.shape.positions)
    words, rows = tokenizer.get_vocab_size(), len(weights.table.codes)
    if words > rows:
        said = f"{weights.origin}: {words} words in the tokenizer, {rows} in the weights"
        raise Corrupt(said, hint="do tokenizer.json and the weights belong together?")
    grids = grids_of(weights, ranges_of(weights, tokenizer)) if precision == "int8" else {}
    np.save(draft / "table.codes.npy", weights.table.codes)
    np.save(draft / "table.scales.npy", weights.table.scales)
    np.save(draft / "places.npy", weights.places())
    (draft / "tokenizer.json").write_text(weights.tokenizer, encoding="utf-8")
    (draft / "model.onnx").write_bytes(build_graph(weights, grids).SerializeToString(deterministic=True))
    habits = json.dumps([dict(weights.prefixes), FORMAT], sort_keys=True)
    card = Card(
        name=f"{precision}-{identity or digest(sorted(draft.iterdir()), habits)}",
        dim=weights.shape.hidden,
        pooling=weights.pooling,
        prefixes=dict(weights.prefixes),
        max_tokens=weights.shape.positions,
        precision=precision,
        origin=weights.origin,
    )
    (draft / CARD).write_text(json.dumps(asdict(card), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return card


def digest(paths: list[Path], habits: str) -> str:
    """Return 16 hex digits that change when a file's name or content or ``habits`` does."""
    whole = hashlib.sha256(habits.encode())
    for path in paths:
        with path.open("rb") as file:
            whole.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:16]


def _publish(draft: Path, folder: Path) -> None:
    try:
        os.rename(draft, folder)
    except OSError:
        if not (folder / CARD).is_file():
            raise
