"""Finds out what a path holds and makes it runnable: ours, Hugging Face's, or a graph that runs as it is.

Converted weights are written once, under ``home``/models. Knows folders, never texts.
"""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dragoman.backends.encoders.adapter import merge_adapter
from dragoman.backends.encoders.hugging_face import (
    read_hugging_face,
    read_max_tokens,
    read_pooling,
    read_prefixes,
    read_text,
)
from dragoman.backends.encoders.model_folder import (
    CARD,
    FORMAT,
    Card,
    Precision,
    digest,
    read_card,
    write_model_folder,
)
from dragoman.backends.encoders.packaged import packaged_path, read_packaged
from dragoman.backends.encoders.runner import FolderRunner, GraphRunner, Run
from dragoman.backends.encoders.weights import Weights
from dragoman.errors import BadConfig, NotFound, Unsupported

log = logging.getLogger(__name__)

_READ = (
    "adapter_config.json", "config.json", "tokenizer.json", "modules.json", "1_Pooling/config.json",
    "config_sentence_transformers.json", "sentence_bert_config.json",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Model:
    """A folder that can be run: its card, its tokenizer's file, and a way to open it for so many cores."""

    card: Card
    tokenizer: Path
    open: Callable[[int], Run]


def find_model(path: str, *, adapter: str = "", home: Path, precision: Precision = "int8") -> Model:
    """Return the model that ``path`` holds, converting it first where it must be; "" is the packaged one.

    Raises:
        NotFound: nothing there that is known.
        BadConfig: an adapter for a folder whose weights are rounded already.
        Unsupported: an architecture that cannot be converted, or an adapter that cannot be merged.
        Corrupt: a file cannot be read.
    """
    folder = Path(path).expanduser()
    if path and not folder.is_dir():
        raise NotFound(
            f"no folder {path!r}", hint="give the folder of a model, or nothing for the packaged one"
        )
    if adapter and not Path(adapter).expanduser().is_dir():
        raise NotFound(f"no adapter folder {adapter!r}", hint="a folder that PEFT wrote, shipped, or none")
    is_ours, graph = (folder / CARD).is_file(), _graph_in(folder)
    if path and adapter and (is_ours or graph):
        raise BadConfig(
            f"{folder} is converted already, {adapter} cannot be merged",
            hint="name the folder it was made from",
        )
    if path and is_ours:
        return _ours(folder)
    if path and graph and not list(folder.glob("*.safetensors")):
        return _foreign(folder, graph)
    source = folder if path else packaged_path()
    name = folder.resolve().name if path else "multilingual-e5-small"
    made = home / "models" / f"{name}-{precision}-{_key(source, adapter)}"
    if not made.is_dir():
        log.info("writing the model folder %s (once)", made)
        weights = _merged(folder if path else None, adapter)
        write_model_folder(weights, made, precision=precision, identity=_identity(source, adapter, weights))
    return _ours(made)


def _merged(folder: Path | None, adapter: str) -> Weights:
    weights = read_hugging_face(folder) if folder else read_packaged()
    return merge_adapter(weights, Path(adapter).expanduser()) if adapter else weights


def _ours(folder: Path) -> Model:
    card = read_card(folder)
    if card.pooling == "none":
        raise Unsupported(f"{folder} gives vectors of tokens, not of texts", hint="it is a reader's folder")
    return Model(card, folder / "tokenizer.json", lambda threads: FolderRunner(folder, threads=threads))


def _graph_in(folder: Path) -> Path | None:
    places = (folder / "onnx" / "model.onnx", folder / "model.onnx")
    return next((place for place in places if place.is_file() and not (folder / CARD).is_file()), None)


def _foreign(folder: Path, graph: Path) -> Model:
    tokenizer = folder / "tokenizer.json"
    read_text(tokenizer)
    pooling, prefixes = read_pooling(folder), read_prefixes(folder)
    runner = GraphRunner(graph, pooling=pooling, threads=1)
    habits = json.dumps([pooling, prefixes], sort_keys=True)
    weights = [
        path for path in sorted(graph.parent.iterdir()) if path.name.startswith(graph.name)
    ]  # and .onnx_data
    card = Card(
        name=f"onnx-{digest([*weights, tokenizer], habits)}",
        dim=runner.dim,
        pooling=pooling,
        prefixes=prefixes,
        max_tokens=read_max_tokens(folder) or 512,
        precision="as it is",
        origin=folder.name,
    )
    opened = {1: runner}
    return Model(card, tokenizer, lambda n: opened.get(n) or GraphRunner(graph, pooling=pooling, threads=n))


def _identity(source: Path, adapter: str, weights: Weights) -> str:
    """The same on every machine for the same source files, wherever they lie."""
    habits = json.dumps([dict(weights.prefixes), weights.pooling, FORMAT], sort_keys=True)
    files = [source] if source.is_file() else _read_of(source)
    if adapter:
        files += _read_of(Path(adapter).expanduser())
    return digest(files, habits)


def _read_of(folder: Path) -> list[Path]:
    """The files that make the vectors, by name: a log or a checkpoint beside them changes nothing."""
    return sorted(
        [*folder.glob("*.safetensors"), *(path for name in _READ if (path := folder / name).is_file())]
    )


def _key(source: Path, adapter: str) -> str:
    """Changes when a source file does, by size and time: reading gigabytes at every start is too slow."""
    whole = hashlib.sha256(str(FORMAT).encode())
    places = [source, *([Path(adapter).expanduser()] if adapter else [])]
    for place in places:
        for path in sorted(place.iterdir()) if place.is_dir() else [place]:
            if path.is_file():
                state = path.stat()
                whole.update(f"{path.resolve()}\0{state.st_size}\0{state.st_mtime_ns}\0".encode())
    return whole.hexdigest()[:12]
