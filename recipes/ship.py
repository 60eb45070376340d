"""Writes a trained adapter as the one that ships: half precision, nothing in it but what serving reads.

    python recipes/ship.py runs/encoder/learned OUT --weigh 16:0.5 32:0.7

Weighing by less than 1 goes part of the way from the body as it came to the body as trained, which keeps
more of what it knew (Wortsman et al. 2022, Robust fine-tuning of zero-shot models): ranks come in the order
in which the runs were stacked. docs/log.md has the figures behind the two numbers of `make encoder`.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

KEPT = ("peft_type", "r", "lora_alpha", "use_rslora", "use_dora", "bias", "target_modules")


def ship(learned: Path, shipped: Path, weights: np.ndarray) -> None:
    """Write the adapter of one folder into another; the card there stays as it is.

    Args:
        weights: (rank,) how much of each rank counts.
    """
    shipped.mkdir(parents=True, exist_ok=True)
    tensors = load_file(learned / "adapter_model.safetensors")
    for name, tensor in tensors.items():
        if "lora_B" in name:
            tensors[name] = tensor * weights
    halved = {name: tensor.astype(np.float16) for name, tensor in sorted(tensors.items())}
    save_file(halved, shipped / "adapter_model.safetensors")
    config = json.loads((learned / "adapter_config.json").read_text(encoding="utf-8"))
    kept = {key: config[key] for key in KEPT if key in config}
    kept["target_modules"] = sorted(kept["target_modules"])
    text = json.dumps(kept, indent=2) + "\n"
    (shipped / "adapter_config.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Ship one adapter."""
    parser = argparse.ArgumentParser()
    parser.add_argument("learned", type=Path)
    parser.add_argument("shipped", type=Path)
    parser.add_argument("--weigh", nargs="+", required=True, help="ranks:weight, in the order of the runs")
    chosen = parser.parse_args()
    parts = [part.split(":") for part in chosen.weigh]
    weights = np.concatenate([np.full(int(ranks), float(weight), np.float32) for ranks, weight in parts])
    ship(chosen.learned, chosen.shipped, weights)


if __name__ == "__main__":
    main()
