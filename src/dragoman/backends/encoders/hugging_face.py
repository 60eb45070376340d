"""Reads a Hugging Face or sentence-transformers folder of a BERT-shaped encoder. Knows files, no runtime.

BERT, RoBERTa and XLM-RoBERTa differ in names and in where positions start; all else of theirs is one shape.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from dragoman.backends.encoders.weights import BLOCK, Floats, Pooling, Shape, Weights, table_of
from dragoman.errors import Corrupt, NotFound, Unsupported

_FIRST_POSITION = {"bert": 0, "roberta": None, "xlm-roberta": None}  # None: the one behind the padding id
_WORDS = "embeddings.word_embeddings.weight"
_EXPORT = "export it with `optimum-cli export onnx` into the folder's onnx/, which runs as it is"


@dataclass(frozen=True, slots=True)
class _Config:
    """The keys of config.json that matter here."""

    model_type: str
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    layer_norm_eps: float = 1e-12
    hidden_act: str = "gelu"
    pad_token_id: int = 0
    position_embedding_type: str = "absolute"


def read_hugging_face(folder: Path) -> Weights:
    """Return the weights of ``folder``: config.json, tokenizer.json, safetensors, and pooling if it says so.

    Raises:
        NotFound: a file is missing.
        Unsupported: another architecture, activation, pooling, or weights in pickles.
        Corrupt: a file cannot be read, or the tensors do not fit the config.
    """
    config = _config(folder)
    arrays = _arrays(folder)
    _check(config, arrays, folder)
    first = config.pad_token_id + 1 if _FIRST_POSITION[config.model_type] is None else 0
    words = arrays.pop(_WORDS)
    places = "embeddings.position_embeddings.weight"
    arrays[places] = arrays[places][first:]
    longest = min(len(arrays[places]), read_max_tokens(folder) or len(arrays[places]))
    return Weights(
        shape=Shape(
            hidden=config.hidden_size,
            layers=config.num_hidden_layers,
            heads=config.num_attention_heads,
            inner=config.intermediate_size,
            positions=longest,
            eps=config.layer_norm_eps,
        ),
        table=table_of(words),
        arrays=arrays,
        tokenizer=read_text(folder / "tokenizer.json"),
        origin=f"{folder.name} ({config.model_type})",
        pooling=read_pooling(folder),
        prefixes=read_prefixes(folder),
    )


def read_pooling(folder: Path) -> Pooling:
    """Return how token vectors become one: what 1_Pooling says, else the mean.

    Raises:
        Unsupported: another pooling, or a module behind it that changes the vector.
    """
    kinds = [str(module.get("type", "")).rsplit(".", 1)[-1] for module in _list(folder / "modules.json")]
    if strange := sorted(set(kinds) - {"Transformer", "Pooling", "Normalize"}):
        raise Unsupported(f"{folder} has modules {', '.join(strange)}", hint=_EXPORT)
    modes = [
        mode
        for mode, is_on in _mapping(folder / "1_Pooling" / "config.json").items()
        if mode.startswith("pooling_mode_") and is_on is True
    ]
    if modes in ([], ["pooling_mode_mean_tokens"]):
        return "mean"
    if modes == ["pooling_mode_cls_token"]:
        return "cls"
    raise Unsupported(f"{folder} pools by {' + '.join(modes)}", hint="mean and cls pooling are known")


def read_prefixes(folder: Path) -> dict[str, str]:
    """Return the words before a query and a passage, from sentence-transformers' prompts; "" without."""
    prompts = _mapping(folder / "config_sentence_transformers.json").get("prompts")
    known = prompts if isinstance(prompts, dict) else {}
    passage = known.get("passage", known.get("document", ""))
    return {"query": str(known.get("query", "")), "passage": str(passage)}


def read_max_tokens(folder: Path) -> int:
    """Return the longest input sentence-transformers allows, 0 when it does not say."""
    found = _mapping(folder / "sentence_bert_config.json").get("max_seq_length")
    return found if isinstance(found, int) else 0


def read_text(path: Path) -> str:
    """Return a file's text; raises NotFound."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFound(
            f"no {path}", hint="a fast tokenizer is needed: save_pretrained writes tokenizer.json"
        ) from error


def _config(folder: Path) -> _Config:
    found = _mapping(folder / "config.json")
    kind = found.get("model_type", "nothing")
    if kind not in _FIRST_POSITION:
        raise Unsupported(f"{folder} is of type {kind}; known: {', '.join(_FIRST_POSITION)}", hint=_EXPORT)
    names = [name for name in _Config.__dataclass_fields__ if found.get(name) is not None]
    known: dict[str, Any] = {name: found[name] for name in names}  # Any: JSON, checked just below
    try:
        config = _Config(**known)
        sizes = (
            config.hidden_size,
            config.num_hidden_layers,
            config.num_attention_heads,
            config.pad_token_id,
        )
        if not all(isinstance(size, int) for size in (*sizes, config.intermediate_size)):
            raise TypeError("a size is no whole number")
    except TypeError as error:
        raise Corrupt(f"{folder / 'config.json'}: {error}", hint="fetch the folder again") from error
    if config.hidden_act != "gelu" or config.position_embedding_type != "absolute":
        raise Unsupported(
            f"{folder} has activation {config.hidden_act} and {config.position_embedding_type} positions",
            hint=_EXPORT,
        )
    return config


def _arrays(folder: Path) -> dict[str, Floats]:
    parts = sorted(folder.glob("*.safetensors"))
    if not parts:
        pickles = list(folder.glob("*.bin"))
        remedy = "save_pretrained(..., safe_serialization=True) writes them" if pickles else "check the path"
        raise (Unsupported if pickles else NotFound)(f"{folder} has no *.safetensors", hint=remedy)
    found: dict[str, Floats] = {}
    for part in parts:
        try:
            tensors: Mapping[str, NDArray[np.generic]] = load_file(part)
        except (SafetensorError, OSError, ValueError, TypeError, KeyError) as error:
            raise Corrupt(
                f"cannot read {part}: {error}", hint="fetch it again, or save it as float32"
            ) from error
        found |= {_short(name): np.asarray(tensor, dtype=np.float32) for name, tensor in tensors.items()}
    return found


def _short(name: str) -> str:
    """Drop what a wrapper put before BERT's own names.

    >>> _short("roberta.encoder.layer.0.output.dense.bias"), _short("embeddings.LayerNorm.bias")
    ('encoder.layer.0.output.dense.bias', 'embeddings.LayerNorm.bias')
    """
    starts = [at for word in ("embeddings.", "encoder.layer.") if (at := name.find(word)) >= 0]
    return name[min(starts) :] if starts else name


def _check(config: _Config, arrays: Mapping[str, Floats], folder: Path) -> None:
    """Compare the tensors' sizes with what config.json promises."""
    for name, wanted in _sizes(config).items():
        found = arrays[name].shape if name in arrays else ()
        if len(found) != len(wanted) or any(w not in (0, f) for w, f in zip(wanted, found, strict=True)):
            said = f"tensor {name} has shape {found}, config.json wants {wanted} (0: any)"
            raise Corrupt(f"{folder}: {said}", hint="fetch the folder again")
    if config.hidden_size % BLOCK or config.hidden_size % config.num_attention_heads:
        said = f"a width of {config.hidden_size} does not divide by {BLOCK} and the heads"
        raise Unsupported(f"{folder}: {said}", hint=_EXPORT)


def _sizes(config: _Config) -> dict[str, tuple[int, ...]]:
    """By tensor name; 0 is any number of rows."""
    width, inner = config.hidden_size, config.intermediate_size
    tables = ("word_embeddings", "position_embeddings", "token_type_embeddings")
    sizes: dict[str, tuple[int, ...]] = {f"embeddings.{table}.weight": (0, width) for table in tables}
    norm, square = (width,), (width, width)
    sizes |= {"embeddings.LayerNorm.weight": norm, "embeddings.LayerNorm.bias": norm}
    parts: dict[str, tuple[int, ...]] = {
        f"attention.self.{part}": square for part in ("query", "key", "value")
    }
    parts |= {"attention.output.dense": square, "attention.output.LayerNorm": norm}
    parts |= {"intermediate.dense": (inner, width), "output.dense": (width, inner), "output.LayerNorm": norm}
    for i in range(config.num_hidden_layers):
        for part, size in parts.items():
            sizes |= {f"encoder.layer.{i}.{part}.weight": size, f"encoder.layer.{i}.{part}.bias": size[:1]}
    return sizes


def _mapping(path: Path) -> dict[str, object]:
    found = _json(path)
    return found if isinstance(found, dict) else {}


def _list(path: Path) -> list[dict[str, object]]:
    found = _json(path)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _json(path: Path) -> object:
    """What a JSON file holds; None without the file."""
    if not path.is_file():
        return None
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Corrupt(f"{path} is no JSON: {error}", hint="fetch the folder again") from error
    return found
