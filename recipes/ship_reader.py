"""Writes a trained reader as the one that ships: half precision, nothing in it but what serving reads.

python recipes/ship_reader.py runs/reader/learned src/dragoman/backends/readers/weights/shopping
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

KEPT = ("peft_type", "r", "lora_alpha", "use_rslora", "use_dora", "bias", "target_modules")


def ship(learned: Path, shipped: Path) -> None:
    """Write adapter and head of one folder into another; the card there stays as it is."""
    shipped.mkdir(parents=True, exist_ok=True)
    for name in ("adapter_model.safetensors", "heads.safetensors"):
        tensors = sorted(load_file(learned / name).items())
        save_file({key: tensor.astype(np.float16) for key, tensor in tensors}, shipped / name)
    config = json.loads((learned / "adapter_config.json").read_text(encoding="utf-8"))
    kept = {key: config[key] for key in KEPT if key in config}
    kept["target_modules"] = sorted(kept["target_modules"])
    (shipped / "adapter_config.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    shutil.copyfile(learned / "heads.json", shipped / "heads.json")


def main() -> None:
    """Ship one reader."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("learned", type=Path)
    parser.add_argument("shipped", type=Path)
    chosen = parser.parse_args()
    ship(chosen.learned, chosen.shipped)


if __name__ == "__main__":
    main()
