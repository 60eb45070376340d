"""Two LoRA adapters of one body as one: what came first and what was learned on top of it."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from dragoman.errors import Unsupported

_CONFIG, _TENSORS = "adapter_config.json", "adapter_model.safetensors"


def stack(first: Path, second: Path, *, layers: int) -> None:
    """Write into ``second`` the adapter that does what ``first`` and then ``second`` do.

    B1 A1 s1 + B2 A2 s2 = [B1 B2] [s1 A1; s2 A2]: ranks add up, and the scale is 1. Where only ``first``
    changes a matrix, ``second`` adds zeros there; its layers that the body has no longer are left out.

    Args:
        layers: How many layers the body has.

    Raises:
        Unsupported: one of them is not plain LoRA, or ``second`` changes more than ``first``.
    """
    configs = [json.loads((folder / _CONFIG).read_text("utf-8")) for folder in (first, second)]
    one, two = (load_file(folder / _TENSORS) for folder in (first, second))
    one = {name: half for name, half in one.items() if _layer(name) < layers}
    if any(config["peft_type"] != "LORA" for config in configs) or not one.keys() >= two.keys():
        raise Unsupported(
            f"{first} and what was learned on top of it are not both LoRA on the same matrices",
            hint='use style kind "lora", or start from the body as it came',
        )
    scales = [config["lora_alpha"] / config["r"] for config in configs]
    stacked = {
        name: _joined(name, half, two.get(name), scales, rank=configs[1]["r"]) for name, half in one.items()
    }
    rank = sum(config["r"] for config in configs)
    save_file(stacked, second / _TENSORS)
    whole = {**configs[1], "r": rank, "lora_alpha": rank, "layers_to_transform": None}
    (second / _CONFIG).write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")


def _joined(
    name: str, one: np.ndarray, two: np.ndarray | None, scales: Sequence[float], *, rank: int
) -> np.ndarray:
    axis = 0 if "lora_A" in name else 1
    if two is None:
        two = np.zeros((rank, one.shape[1]) if axis == 0 else (one.shape[0], rank))
    first, second = one.astype(np.float32), two.astype(np.float32)
    if axis == 0:
        first, second = first * np.float32(scales[0]), second * np.float32(scales[1])
    return np.concatenate([first, second], axis=axis)


def _layer(name: str) -> int:
    """The number of the layer that a tensor belongs to; 0 for what belongs to none."""
    _, found, rest = name.partition("encoder.layer.")
    return int(rest.split(".")[0]) if found else 0
