"""`dragoman train`: a recipe in, an adapter or a model folder out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from dragoman.errors import BadInput, Unsupported
from dragoman.serve.commands.printing import say_table
from dragoman.settings import Configured

if TYPE_CHECKING:  # torch takes seconds to import, and serving never needs it
    from dragoman.learn.recipe import Recipe
    from dragoman.learn.run import Run


_Change: TypeAlias = Mapping[str, Any]  # Any: keys of a recipe that are other than it says


@dataclass(frozen=True, slots=True)
class _Way:
    """How a run is carried out."""

    processes: int
    is_on_ray: bool
    trials: int


@dataclass(frozen=True, slots=True)
class _Given:
    """What a run is given: a recipe, a folder, and the shop's own data if it learns from those."""

    recipe: Path
    out: Path | None
    feeds: tuple[Path, ...]
    events: tuple[Path, ...]
    lang: str


@click.command("train")
@click.argument("recipe", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), help="Run folder [default: runs/NAME]; goes on there."
)
@click.option(
    "--feed", "feeds", multiple=True, type=click.Path(path_type=Path), help="Your products, in any format."
)
@click.option(
    "--events", multiple=True, type=click.Path(path_type=Path), help="What your shoppers clicked and bought."
)
@click.option("--lang", default="", help="Language of feeds that do not say (BCP 47).")
@click.option("--steps", type=click.IntRange(1), help="Instead of the recipe's: a look at whether it runs.")
@click.option("--seed", type=int, help="Instead of the recipe's.")
@click.option("--threads", type=click.IntRange(1), help="Instead of the recipe's.")
@click.option(
    "--processes", type=click.IntRange(1), default=1, help="Share each step: a batch more for every further."
)
@click.option("--ray", "is_on_ray", is_flag=True, help="Start the processes on a Ray cluster.")
@click.option(
    "--search", "trials", type=click.IntRange(0), default=0, help="Try so often to find the marked values."
)
@click.pass_obj
def train_recipe(
    configured: Configured, /, feeds: tuple[Path, ...], events: tuple[Path, ...], lang: str, **flags: Any
) -> None:
    """Train by RECIPE; stop it when you like, the same command goes on."""
    if find_spec("torch") is None or find_spec("peft") is None:
        raise Unsupported("training needs torch and peft", hint="pip install 'dragoman[train]'")
    given = _Given(flags.pop("recipe"), flags.pop("out"), feeds, events, lang)
    way = _Way(flags.pop("processes"), flags.pop("is_on_ray"), flags.pop("trials"))
    change: _Change = {key: value for key, value in flags.items() if value is not None}
    if way.trials:
        _search(configured, given, way, change)
        return
    from dragoman.learn import read_recipe

    run = _run(configured, replace(read_recipe(given.recipe), **change), given)
    learned = _performed(run, way)
    click.echo(f"{learned}\n{_use(learned)}")


def _run(configured: Configured, asked: "Recipe", given: _Given) -> "Run":
    from dragoman.learn.run import Run

    folder = given.out or Path("runs") / asked.name
    folder.mkdir(parents=True, exist_ok=True)
    copyfile(given.recipe, folder / "recipe.toml")
    _make(given, folder)
    home = Path(configured.settings.home).expanduser()
    data = Path(configured.settings.data)
    return Run(asked, given.recipe.parent, folder, data, home, folder / "feed")


def _make(given: _Given, folder: Path) -> None:
    """Make the shop's own feeds and events into what a recipe calls "feed:…", and say what came of it."""
    from dragoman.learn.vendor import Sources, make, told

    if not given.feeds:
        if given.events:
            raise BadInput(
                "events without the products they are about", hint="name the feeds too: --feed FEED"
            )
        return
    made = make(Sources(given.feeds, given.events, given.lang), folder)
    click.echo("\n".join(told(made, folder)), err=True)


def _performed(run: "Run", way: _Way) -> Path:
    from dragoman.learn.parallel import joined, perform_together, shared
    from dragoman.learn.run import bar, perform

    run = shared(run, way.processes)
    if way.is_on_ray:
        from dragoman.learn.ray_train import Cluster, perform_on_ray

        return perform_on_ray(run, Cluster(way.processes, cores=run.recipe.threads))
    if way.processes > 1:
        return perform_together(run, way.processes)
    with joined(), bar(run.recipe.steps) as progress:
        return perform(run, progress=progress)


def _search(configured: Configured, given: _Given, way: _Way, change: _Change) -> None:
    if find_spec("optuna") is None:
        raise Unsupported("a search needs optuna", hint="pip install 'dragoman[train]'")
    if way.processes > 1 or way.is_on_ray:
        raise BadInput("a search runs in one process", hint="leave out --processes and --ray")
    from dragoman.learn.ranges import begun
    from dragoman.learn.recipe import read_tree, recipe_of
    from dragoman.learn.search import Search, Tried, best_of, search

    def told(tried: Tried) -> None:
        click.echo(f"trial {tried.number}: {tried.state}, {tried.score}, {dict(tried.values)}", err=True)

    tree = read_tree(given.recipe)
    first = replace(recipe_of(begun(tree), given.recipe), **change)
    run = _run(configured, first, given)
    found = search(Search(tree, given.recipe, way.trials, run), change=change, told=told)
    best = best_of(found)
    rows = [[str(one.number), one.state, f"{one.score}", _said(one.values)] for one in found]
    say_table(("trial", "state", "score", "values"), rows)
    click.echo(f"best: trial {best.number}\ntrain it: dragoman train {run.folder / 'best.toml'}")


def _said(values: Mapping[str, object]) -> str:
    return ", ".join(f"{place} = {value}" for place, value in values.items())


def _use(learned: Path) -> str:
    """How the other commands use what was learned: an adapter, a writer, a translator, a whole encoder."""
    if (learned / "adapter_config.json").is_file():
        return f"use it: dragoman --adapter {learned} …"
    if (learned / "writer.safetensors").is_file():
        return f"use it: dragoman --writer {learned} …"
    if (learned / "card.json").is_file():
        return f"""use it: DRAGOMAN_TRANSLATOR='{{"use": "phrases", "path": "{learned}"}}' dragoman …"""
    if (learned / "decoder.safetensors").is_file():
        return f"""use it: DRAGOMAN_TRANSLATOR='{{"use": "folder", "path": "{learned}"}}' dragoman …"""
    if (learned / "shape.json").is_file():  # a model of sequences, which a shop learns from its own journal
        return "measure it: dragoman eval recommend --model RECIPE; a shop learns: dragoman learn-related"
    return f"""use it: dragoman --encoder '{{"use": "folder", "path": "{learned}"}}' …"""
