"""A run from recipe to weights: data, body and teacher opened, then the loop. Values only: it can be sent."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from tqdm import tqdm

from dragoman.backends.encoders.adapter import shipped_adapter
from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.errors import BadConfig, NotFound
from dragoman.learn import language, next_item, phrase_translation, translate
from dragoman.learn.loop import Measured, Progress, train
from dragoman.learn.recipe import Recipe
from dragoman.learn.tasks import open_task
from dragoman.measure.vectors import CachedVectors
from dragoman.models.tower import Tower, read_body
from dragoman.ports import Encoder


@dataclass(frozen=True, slots=True)
class Run:
    """What one run needs to know, wherever it is performed."""

    recipe: Recipe
    beside: Path  # the recipe's folder, which its paths start from
    folder: Path  # of the run
    data: Path  # where "data:" leads
    home: Path  # where model folders and cached vectors are kept
    feed: Path | None = None  # what `vendor.make` wrote, where "feed:" leads; None is in the run's folder

    def find(self, place: str) -> Path:
        """Return where a path in the recipe leads.

        Raises:
            NotFound: nothing was made of feeds or events that "feed:" could be.
        """
        if place.startswith("feed:"):
            return _made((self.feed or self.folder / "feed") / f"{place.removeprefix('feed:')}.jsonl", place)
        return self.data / place.removeprefix("data:") if place.startswith("data:") else self.beside / place


def perform(run: Run, *, progress: Progress | None = None, measured: Measured | None = None) -> Path:
    """Train, or go on training; return the folder with what was learned.

    Raises:
        BadConfig, NotFound, BadInput: see `open_task`.
        Conflict, BadInput: see `train`.
    """
    recipe = run.recipe
    for kind in (language, translate, phrase_translation, next_item):  # their models are no towers
        if any(task.kind == kind.KIND for task in recipe.tasks):
            made: Path = kind.compose(recipe, run.find, run.folder, progress=progress, measured=measured)
            return made
    tasks = [open_task(task, recipe, run.find) for task in recipe.tasks]
    torch.manual_seed(recipe.seed)  # what a style adds begins at random
    start = _start(run)
    tower = Tower(
        read_body(recipe.body),
        recipe.style,
        layers=recipe.layers,
        steps=recipe.steps,
        max_tokens=recipe.max_tokens,
        start=start,
        teacher=_teacher(run, start),
    )
    return train(recipe, tasks, tower, run.folder, progress=progress, measured=measured)


@contextmanager
def bar(steps: int) -> Iterator[Progress]:
    """Show a progress bar to people; where nobody looks on, show nothing."""
    with tqdm(total=steps, unit=" steps", disable=not sys.stderr.isatty(), file=sys.stderr) as shown:

        def progress(done: int, _all: int, loss: float) -> None:
            shown.update(done - shown.n)
            shown.set_postfix(loss=f"{loss:.3f}")

        yield progress


def _start(run: Run) -> Path | None:
    """The adapter that the body has when the run begins."""
    if run.recipe.start != "shipped":
        return run.find(run.recipe.start) if run.recipe.start else None
    if run.recipe.body:
        hint = (
            'leave out start, or body: the shipped adapter belongs to the packaged body, which is body = ""'
        )
        raise BadConfig(f'start = "shipped" with body = "{run.recipe.body}"', hint=hint)
    return shipped_adapter()


def _made(path: Path, place: str) -> Path:
    if not path.is_file():
        raise NotFound(
            f"no {place} to train on", hint="name the shop's feeds: --feed FEED, and --events FILE"
        )
    if not path.stat().st_size:
        needs = {
            "concepts": "products with texts in English and another language",
            "titles": "products with descriptions or bullets",
            "questions": "events (--events FILE) with queries and products of the feeds",
        }
        hint = f"it is made of {needs.get(path.stem, 'nothing')}; without, take the task out of the recipe"
        raise NotFound(f"{place} is empty", hint=hint)
    return path


def _teacher(run: Run, start: Path | None) -> Encoder:
    """The encoder that targets come from: on the runtime, which is faster than torch, and kept on disk."""
    recipe = run.recipe
    adapter = "" if recipe.teacher or start is None else str(start)
    encoder = FolderEncoder(
        recipe.teacher or recipe.body,
        adapter=adapter,
        home=str(run.home),
        threads=recipe.threads,
        precision="float32",
    )
    return CachedVectors(encoder, run.home / "vectors")
