"""Writes a trained reranker as the one that ships: half precision, and a calibrated card.

    python recipes/ship_reranker.py runs/reranker/learned OUT --layers 6 --data ../shared/data

Calibration is Platt's (1999): scale and shift of the logit, by maximum likelihood on the questions of ePQA
that only measured in training, in each language they are known in, with their own product's candidates.
"""

import argparse
import json
import shutil
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file
from scipy.optimize import minimize

from dragoman.backends.rerankers.folder import FolderReranker
from dragoman.backends.rerankers.trained import CARD, Card
from dragoman.learn.concepts import read_concepts
from dragoman.learn.evidence import queries_of
from dragoman.learn.groups import Group, plain
from dragoman.learn.judged import read_judged, titles_of, told
from dragoman.learn.pairs import Pairs, aside_of

KEPT = ("peft_type", "r", "lora_alpha", "use_rslora", "use_dora", "bias", "target_modules")


def write(learned: Path, out: Path, card: Card) -> None:
    """Write adapter, head and card; ranks that are nothing but zeros are left out."""
    out.mkdir(parents=True, exist_ok=True)
    tensors = load_file(learned / "adapter_model.safetensors")
    for name in [name for name in tensors if "lora_B" in name]:
        used = np.abs(tensors[name]).max(axis=0) > 0
        other = name.replace("lora_B", "lora_A")
        tensors[name], tensors[other] = tensors[name][:, used], tensors[other][used]
    halved = {name: tensor.astype(np.float16) for name, tensor in sorted(tensors.items())}
    save_file(
        {name: np.ascontiguousarray(one) for name, one in halved.items()}, out / "adapter_model.safetensors"
    )
    config = json.loads((learned / "adapter_config.json").read_text(encoding="utf-8"))
    kept = {key: config[key] for key in KEPT if key in config}
    kept["target_modules"] = sorted(kept["target_modules"])
    _json(out / "adapter_config.json", kept)
    heads = load_file(learned / "heads.safetensors")
    small = {
        name: one.astype(np.float16 if one.ndim > 1 else np.float32) for name, one in sorted(heads.items())
    }
    save_file(small, out / "heads.safetensors")
    shutil.copyfile(learned / "heads.json", out / "heads.json")
    _json(out / CARD, asdict(card))


def calibrated(reranker: FolderReranker, groups: list[Group]) -> tuple[float, float, int]:
    """Return scale, shift and how many pairs they were fitted on."""
    logits: list[float] = []
    labels: list[float] = []
    for group in groups:
        chances = reranker.score(group.query, group.texts).astype(np.float64).clip(1e-6, 1 - 1e-6)
        logits += np.log(chances / (1 - chances)).tolist()
        labels += group.labels
    x, y = np.array(logits), np.array(labels)

    def cost(at: np.ndarray) -> float:
        z = at[0] * x + at[1]
        return float(np.logaddexp(0, z).sum() - (y * z).sum())

    scale, shift = minimize(cost, np.array([1.0, 0.0]), method="BFGS").x
    return float(scale), float(shift), len(x)


def main() -> None:
    """Ship one reranker."""
    parser = argparse.ArgumentParser()
    parser.add_argument("learned", type=Path)
    parser.add_argument("shipped", type=Path)
    parser.add_argument("--layers", type=int, required=True)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--home", default="~/.cache/dragoman")
    chosen = parser.parse_args()
    write(chosen.learned, chosen.shipped, Card(chosen.layers))
    groups = held_groups(chosen.data)
    scale, shift, n = calibrated(FolderReranker(str(chosen.shipped), home=chosen.home), groups)
    write(chosen.learned, chosen.shipped, Card(chosen.layers, scale=round(scale, 4), shift=round(shift, 4)))
    sys.stdout.write(f"p = sigmoid({scale:.4f} * logit + {shift:.4f}), fitted on {n} pairs\n")


def held_groups(data: Path) -> list[Group]:
    """The questions that only measured, in every language they are known in, with candidates of all kinds.

    Those with titles are ePQA's, whose ten candidates are what a product page has: reviews, answers, bullets,
    attributes. The other sets judge attributes alone, of which one in fifteen answers.
    """
    without = queries_of(sorted((data / "xepqa").glob("queries.*.jsonl")))
    here = Path(__file__).parent.parent / "data" / "parallel" / "sentences.jsonl.gz"
    judged = told(
        read_judged(data / "amazon_pqa", without=without, titles=titles_of(data / "xepqa")),
        read_concepts(here, without=without),
    )
    groups = aside_of([one for one in judged if one.title], Pairs(()))
    return [replace(group, texts=tuple(map(plain, group.texts))) for group in groups]


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
