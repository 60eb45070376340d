"""How much of the shipped encoder is chance: its whole recipe, both runs, with other seeds.

    python bench/seeds.py --seeds 1 2 [--threads 1] [--data ../shared/data] [--runs runs/seeds]

Each seed is recipes/teacher.toml, then recipes/encoder.toml on top, ranks weighed as the shipped ones are.
The shipped adapter is seed 0. Dense retrieval alone, int8, whole corpora, the public dev sets, none of which
is learned from. Stopped, it goes on. Some fifty minutes of one core a seed on a processor of 2025.
"""

import argparse
import os
import tomllib
from dataclasses import replace
from pathlib import Path

from ablation import REPO, SETS, head, learned, means

from dragoman.learn.recipe import Recipe, read_recipe, recipe_of
from dragoman.learn.run import Run, perform


def teacher(seed: int, threads: int) -> Recipe:
    """Return the English run with this seed."""
    return replace(read_recipe(REPO / "recipes/teacher.toml"), seed=seed, threads=threads)


def encoder(seed: int, threads: int, start: Path) -> Recipe:
    """Return the run of all languages with this seed, on top of an English run."""
    path = REPO / "recipes/encoder.toml"
    tree = tomllib.loads(path.read_text(encoding="utf-8"))
    return recipe_of(tree | {"seed": seed, "threads": threads, "start": str(start)}, path)


def trained(seed: int, threads: int, folder: Path, data: Path) -> Path:
    """Perform both runs, or find them done, and return the adapter as it would ship."""
    home = Path("~/.cache/dragoman").expanduser()
    english = folder / "teacher"
    if not (english / "learned/adapter_config.json").is_file():
        perform(Run(teacher(seed, threads), REPO / "recipes", english, data, home))
    return learned(encoder(seed, threads, (english / "learned").resolve()), folder / "encoder", data)


def row(name: str, found: dict[str, dict[str, float]]) -> str:
    """One line of the table: of each set the mean without English, the lowest language, English."""
    cells = []
    for by_lang in found.values():
        others = {lang: value for lang, value in by_lang.items() if lang != "en"}
        least = min(others, key=others.__getitem__)
        mean = sum(others.values()) / len(others)
        cells += [f"{mean:.3f}", f"{others[least]:.3f} ({least})", f"{by_lang['en']:.3f}"]
    return "| " + " | ".join([name, *cells]) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=Path, default=Path("runs/seeds"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    chosen = parser.parse_args()
    data = chosen.data.resolve()
    names = [
        f"{name} {metric} {part}" for name, (_, metric) in SETS.items() for part in ("mean", "least", "en")
    ]
    print(head(["adapter", *names]), flush=True)
    print(row("none", means("none", data, chosen.runs / "none", whole=True)), flush=True)
    print(row("shipped (seed 0)", means("shipped", data, chosen.runs / "shipped", whole=True)), flush=True)
    for seed in chosen.seeds:
        folder = chosen.runs / str(seed)
        adapter = trained(seed, chosen.threads, folder, data)
        print(row(f"seed {seed}", means(str(adapter), data, folder / "seen", whole=True)), flush=True)


if __name__ == "__main__":
    main()
