"""One body for several tasks, or one body a task? Single-task runs against multi-task runs, in one table.

    python bench/multitask.py recipes/multitask.toml --data ../shared/data [--steps N] [--only RUN ...]

Every run sees as many texts of a task: each task is drawn S times, alone (S steps), added up with fixed
weights or weighed by uncertainty (S steps of all tasks), or one at a time at random (S steps a task in all).
What a task's figure is stands below the table. A run that is finished is not run again.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from dragoman.learn import Recipe, Task, open_task, read_recipe, train
from dragoman.learn.measured import found_first
from dragoman.learn.task import fitted, set_training
from dragoman.models import Tower, read_body

CONCEPTS, LANGS = 200, ("de", "ko", "th", "zh")  # by which alignment is measured: enough, and fast


@dataclass(frozen=True, slots=True)
class Run:
    """A row of the table: which tasks, mixed how."""

    name: str
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Row:
    """What a run ended in."""

    figures: dict[str, float]
    learning: int
    steps: int
    seconds: float


def runs_of(recipe: Recipe) -> list[Run]:
    """The single-task runs, then all tasks together in three ways."""
    names = [str(task.options.get("name", task.kind)) for task in recipe.tasks]
    never = {"measure_every": 10**9, "save_every": 10**9}
    alone = [
        Run(f"{name} alone", replace(recipe, tasks=(task,), mixing="sum", **never))
        for name, task in zip(names, recipe.tasks, strict=True)
    ]
    steps = recipe.steps * len(recipe.tasks)
    return [
        *alone,
        Run("sum, fixed weights", replace(recipe, mixing="sum", **never)),
        Run("sum, by uncertainty", replace(recipe, mixing="uncertainty", **never)),
        Run("one at a time", replace(recipe, mixing="sampled", steps=steps, **never)),
    ]


def figures_of(tasks: Sequence[Task], tower: Tower, seed: int) -> dict[str, float]:
    """Each task's score on what was kept aside."""
    set_training(tasks, tower, on=False)
    return {
        task.name: task.measure(tower)["score"]
        if task.measure
        else mean(found_first(tower, task.held, seed=seed))
        for task in tasks
        if task.measure or task.held
    }


def mean(found: dict[str, float]) -> float:
    return sum(found.values()) / len(found)


def open_all(recipe: Recipe, data: Path, home: Path) -> list[Task]:
    """The recipe's tasks, alignment measured by few concepts."""

    def find(place: str) -> Path:
        return data / place.removeprefix("data:") if place.startswith("data:") else home / place

    return [few(open_task(task, recipe, find)) for task in recipe.tasks]


def few(task: Task) -> Task:
    """The task with few concepts in few languages to measure by, from all parts of the file."""
    held = [
        {lang: texts for lang, texts in concept.items() if lang in ("en", *LANGS)}
        for concept in task.held[:: max(1, len(task.held) // CONCEPTS)]
    ]
    return replace(task, held=held[:CONCEPTS])


def perform(run: Run, tasks: Sequence[Task], folder: Path, weights: Any) -> Row:
    """Train, measure, and remember the row in the run's folder."""
    known = folder / "row.json"
    if known.is_file():
        return Row(**json.loads(known.read_text("utf-8")))
    torch.manual_seed(run.recipe.seed)
    tower = Tower(weights, run.recipe.style, steps=run.recipe.steps, max_tokens=run.recipe.max_tokens)
    heads = fitted(tasks, tower)
    learning = sum(w.numel() for w in tower.learning().values())
    learning += sum(w.numel() for head in heads.values() for w in head.parameters())
    begun = time.perf_counter()
    unmeasured = [replace(task, measure=None, held=()) for task in tasks]
    train(run.recipe, unmeasured, tower, folder)
    seconds = time.perf_counter() - begun
    row = Row(figures_of(tasks, tower, run.recipe.seed), learning, run.recipe.steps, seconds)
    known.write_text(json.dumps({name: getattr(row, name) for name in Row.__slots__}), encoding="utf-8")
    return row


def show(rows: dict[str, Row], names: Sequence[str], wide: int) -> None:
    """Print the table, and the single-task runs together as one row."""
    alone = [row for name, row in rows.items() if name.endswith(" alone")]
    if len(alone) == len(names):
        together = {name: row.figures[name] for row in alone for name in row.figures}
        total = Row(
            together, *(sum(getattr(r, key) for r in alone) for key in ("learning", "steps", "seconds"))
        )
        rows = {**rows, f"all {len(alone)} alone, together": total}
    print("| run | " + " | ".join(names) + " | weights that learn | steps | seconds |")
    print("|---" * (len(names) + 4) + "|")
    for name, row in rows.items():
        cells = [f"{row.figures[task]:.3f}" if task in row.figures else "" for task in names]
        print(f"| {name:{wide}} | {' | '.join(cells)} | {row.learning:,} | {row.steps} | {row.seconds:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("runs/multitask"))
    parser.add_argument("--steps", type=int, help="draws of each task, instead of the recipe's")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", nargs="*", help="names of runs, or parts of them")
    args = parser.parse_args()
    recipe = read_recipe(args.recipe)
    recipe = replace(
        recipe, steps=args.steps or recipe.steps, seed=recipe.seed if args.seed is None else args.seed
    )
    weights = read_body(recipe.body)
    torch.set_num_threads(recipe.threads)
    tasks = open_all(recipe, args.data, args.recipe.parent)
    tower = Tower(weights, recipe.style, max_tokens=recipe.max_tokens)
    fitted(tasks, tower)
    rows = {"untrained": Row(figures_of(tasks, tower, recipe.seed), 0, 0, 0.0)}
    del tower
    for run in runs_of(recipe):
        if args.only is None or any(part in run.name for part in args.only):
            mine = open_all(run.recipe, args.data, args.recipe.parent)  # fresh heads for every run
            folder = args.out / run.name.replace(" ", "-").replace(",", "")
            rows[run.name] = perform(run, mine, folder, weights)
    show(rows, [task.name for task in tasks], max(map(len, rows)))
    among = f"{CONCEPTS} held-out concepts, mean of {', '.join(LANGS)}"
    print("\nclasses: macro F1 · tags: span F1, mean of languages · masked: words found ·", end=" ")
    print(f"align: nearest to its English among {among}; all on rows kept aside, 0..1")


if __name__ == "__main__":
    main()
