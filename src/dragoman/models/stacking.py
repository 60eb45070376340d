"""Two LoRA adapters of one body as one: what came first and what was learned on top of it."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from dragoman.errors import Unsupported

_CONFIG, _TENSORS = "adapter_config.json", "adapter_model.safetensors"


def stack(first: Path, second: Path) -> None:
    """Write into ``second`` the adapter that does what ``first`` and then ``second`` do.

    B1 A1 s1 + B2 A2 s2 = [B1 B2] [s1 A1; s2 A2]: ranks add up, and the scale is 1.

    Raises:
        Unsupported: one of them is not plain LoRA on the same matrices.
    """
    configs = [json.loads((folder / _CONFIG).read_text("utf-8")) for folder in (first, second)]
    halves = [load_file(folder / _TENSORS) for folder in (first, second)]
    if any(config["peft_type"] != "LORA" for config in configs) or halves[0].keys() != halves[1].keys():
        raise Unsupported(
            f"{first} and what was learned on top of it are not both LoRA on the same matrices",
            hint='use style kind "lora", or start from the body as it came',
        )
    scales = [config["lora_alpha"] / config["r"] for config in configs]
    stacked: dict[str, np.ndarray] = {}
    for name in halves[0]:
        one, two = (half[name].astype(np.float32) for half in halves)
        if "lora_A" in name:
            stacked[name] = np.concatenate([one * np.float32(scales[0]), two * np.float32(scales[1])])
        else:
            stacked[name] = np.concatenate([one, two], axis=1)
    rank = sum(config["r"] for config in configs)
    save_file(stacked, second / _TENSORS)
    (second / _CONFIG).write_text(
        json.dumps({**configs[1], "r": rank, "lora_alpha": rank}, indent=2) + "\n", encoding="utf-8"
    )
