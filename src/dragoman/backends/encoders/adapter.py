"""Adds a LoRA adapter, as PEFT saves it, to an encoder's weights. Knows arrays, never a runtime."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from dragoman.backends.encoders.weights import Floats, Weights
from dragoman.errors import Corrupt, NotFound, Unsupported

_CONFIG, _TENSORS = "adapter_config.json", "adapter_model.safetensors"
_MERGE = "merge it where it was trained (`merge_and_unload`) and save the whole model"


def shipped_adapter() -> Path:
    """Return the folder of the adapter that comes with the package; its README.md is the model card."""
    return Path(__file__).parent / "adapters" / "shopping"


def merge_adapter(weights: Weights, folder: Path) -> Weights:
    """Return weights with W + scale * B @ A in place of every W the adapter knows (Hu et al. 2021, eq. 3).

    ``scale`` is lora_alpha / r, or lora_alpha / sqrt(r) where the config says use_rslora.

    Raises:
        NotFound: the folder is not a PEFT adapter.
        Unsupported: it holds more than plain LoRA on the dense steps of this encoder.
        Corrupt: a file cannot be read or a matrix has another shape.
    """
    scale = _scale(_config(folder), folder)
    pairs = _pairs(_tensors(folder), folder)
    arrays = dict(weights.arrays)
    for name, (down, up) in pairs.items():
        if name not in arrays:
            raise Unsupported(f"the adapter {folder} changes {name}, which this encoder has not", hint=_MERGE)
        if (up.shape[0], down.shape[1]) != arrays[name].shape or up.shape[1] != down.shape[0]:
            sizes = f"{up.shape} x {down.shape}, the weight {arrays[name].shape}"
            raise Corrupt(f"{folder}: {name} is {sizes}", hint="was it trained on another model?")
        arrays[name] = arrays[name] + np.float32(scale) * (up @ down)
    return replace(weights, arrays=arrays, origin=f"{weights.origin} + {folder.name}")


def _config(folder: Path) -> dict[str, object]:
    path = folder / _CONFIG
    if not path.is_file():
        raise NotFound(f"no {path}", hint="an adapter is a folder that PEFT's save_pretrained wrote")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Corrupt(f"{path} is no JSON: {error}", hint="fetch the adapter again") from error
    return found if isinstance(found, dict) else {}


def _scale(config: Mapping[str, object], folder: Path) -> float:
    plain = {
        "use_dora": False,
        "bias": "none",
        "modules_to_save": None,
        "rank_pattern": {},
        "alpha_pattern": {},
    }
    strange = [key for key, value in plain.items() if config.get(key, value) not in (value, None)]
    if config.get("peft_type", "LORA") != "LORA" or strange:
        raise Unsupported(
            f"the adapter {folder} is not plain LoRA: {', '.join(strange) or config['peft_type']}",
            hint=_MERGE,
        )
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not isinstance(rank, int) or not isinstance(alpha, int | float) or rank < 1:
        raise Corrupt(
            f"{folder / _CONFIG} has r={rank} and lora_alpha={alpha}", hint="fetch the adapter again"
        )
    return alpha / math.sqrt(rank) if config.get("use_rslora") else alpha / rank


def _tensors(folder: Path) -> dict[str, Floats]:
    path = folder / _TENSORS
    if not path.is_file():
        raise NotFound(f"no {path}", hint="save the adapter with safe_serialization=True")
    try:
        return {name: np.asarray(tensor, dtype=np.float32) for name, tensor in load_file(path).items()}
    except (SafetensorError, OSError, ValueError, TypeError, KeyError) as error:
        raise Corrupt(f"cannot read {path}: {error}", hint="fetch it again, or save it as float32") from error


def _pairs(tensors: Mapping[str, Floats], folder: Path) -> dict[str, tuple[Floats, Floats]]:
    """By weight name: A (rank, inputs) and B (outputs, rank)."""
    halves: dict[str, dict[str, Floats]] = {}
    for name, tensor in tensors.items():
        module, _, half = name.removesuffix(".weight").rpartition(".")
        if half not in ("lora_A", "lora_B"):
            raise Unsupported(f"the adapter {folder} holds {name}", hint=_MERGE)
        start = module.find("encoder.layer.")
        halves.setdefault(f"{module[max(start, 0) :]}.weight", {})[half] = tensor
    if lone := [name for name, both in halves.items() if len(both) != 2]:
        raise Corrupt(f"the adapter {folder} holds half of {lone[0]}", hint="fetch the adapter again")
    return {name: (both["lora_A"], both["lora_B"]) for name, both in halves.items()}
