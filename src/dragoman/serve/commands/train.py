"""`dragoman train`: a recipe in, an adapter or a model folder out."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

from dragoman.errors import Unsupported
from dragoman.settings import Configured

if TYPE_CHECKING:  # torch takes seconds to import, and serving never needs it
    from dragoman.learn import Recipe


@click.command("train")
@click.argument("recipe", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), help="Run folder [default: runs/NAME]; goes on there."
)
@click.option("--steps", type=click.IntRange(1), help="Instead of the recipe's: a look at whether it runs.")
@click.option("--seed", type=int, help="Instead of the recipe's.")
@click.option("--threads", type=click.IntRange(1), help="Instead of the recipe's.")
@click.pass_obj
def train_recipe(configured: Configured, /, recipe: Path, out: Path | None, **instead: int | None) -> None:
    """Train by RECIPE; stop it when you like, the same command goes on."""
    if find_spec("torch") is None or find_spec("peft") is None:
        raise Unsupported("training needs torch and peft", hint="pip install 'dragoman[train]'")
    from dragoman.learn import open_task, read_recipe, train
    from dragoman.models import Tower, read_body

    asked = _instead(read_recipe(recipe), instead)
    data = Path(configured.settings.data)

    def find(place: str) -> Path:
        return data / place.removeprefix("data:") if place.startswith("data:") else recipe.parent / place

    folder = out or Path("runs") / asked.name
    folder.mkdir(parents=True, exist_ok=True)
    copyfile(recipe, folder / "recipe.toml")
    tasks = [open_task(task, asked, find) for task in asked.tasks]
    body = read_body(asked.body)
    start = find(asked.start) if asked.start else None
    tower = Tower(body, asked.style, steps=asked.steps, max_tokens=asked.max_tokens, start=start)
    bar = tqdm(total=asked.steps, unit=" steps", disable=not sys.stderr.isatty(), file=sys.stderr)

    def progress(done: int, _all: int, loss: float) -> None:
        bar.update(done - bar.n)
        bar.set_postfix(loss=f"{loss:.3f}")

    try:
        learned = train(asked, tasks, tower, folder, progress=progress)
    finally:
        bar.close()
    click.echo(f"{learned}\nuse it: dragoman --adapter {learned} …")


def _instead(recipe: "Recipe", flags: Mapping[str, int | None]) -> "Recipe":
    """The recipe with what the command line says instead."""
    return replace(
        recipe,
        steps=flags["steps"] or recipe.steps,
        seed=recipe.seed if flags["seed"] is None else flags["seed"],
        threads=flags["threads"] or recipe.threads,
    )
