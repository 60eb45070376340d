"""`dragoman eval recommend`: which product comes next, by any recommender, ranking the whole catalogue."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import click

from dragoman.errors import BadInput, Unsupported
from dragoman.measure.recommend import by_group, standing
from dragoman.serve.commands.printing import say_json, say_table
from dragoman.settings import Configured

if TYPE_CHECKING:  # scipy and torch take seconds to import, and only this command's body needs them
    from dragoman.learn.offline import Tried
    from dragoman.learn.trial import Trial

_NAMES = ("popularity", "covisit", "itemknn", "als", "bpr", "blend")


@click.command("recommend")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="A line a shopper: shopper product product … in order of time; may be gzipped.",
)
@click.option("--model", required=True, help=f"{', '.join(_NAMES)}, or a recipe of a sequence model (.toml).")
@click.option("--split", type=click.Choice(["leave-one-out"]), default="leave-one-out", show_default=True)
@click.option("-k", default=10, show_default=True, type=click.IntRange(1), help="Length of a list.")
@click.option("--seed", default=0, show_default=True, help="Of the model, and of the bootstrap.")
@click.option("--out", type=click.Path(path_type=Path), help="Run folder of a recipe [default: runs/NAME].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def evaluate_recommend(
    configured: Configured, /, data: Path, model: str, k: int, seed: int, as_json: bool, **flags: Path | None
) -> None:
    """Learn from all but each shopper's last two products, and rank all products for the last.

    Products already met are taken out, as in the full ranking of S3-Rec; ties count against the model.
    """
    if missing := [name for name in ("torch", "scipy") if find_spec(name) is None]:
        raise Unsupported(f"learning needs {' and '.join(missing)}", hint="pip install 'dragoman[train]'")
    from dragoman.learn.trial import open_trial

    trial = open_trial(data)
    if not len(trial.test):
        raise BadInput(f"{data}: nobody met three products", hint="two are kept aside, one is learned from")
    begun = process_time()
    found = _tryer(configured, trial, data, model, flags["out"])(seed)
    told = _told(found, trial, model, k, seed) | {"seconds": round(process_time() - begun, 1)}
    if as_json:
        say_json(told)
    else:
        say_table(("figure", "value"), [(name, _said(value)) for name, value in told.items()])


def _tryer(
    configured: Configured, trial: "Trial", data: Path, model: str, out: Path | None
) -> "Callable[[int], Tried]":
    from dragoman.learn.plan import Plan
    from dragoman.learn.trial import try_model

    if model in _NAMES:
        return lambda seed: try_model(trial, model, Plan(dim=128, seed=seed))
    if not model.endswith(".toml"):
        raise BadInput(f"no model {model!r}", hint=f"one of {', '.join(_NAMES)}, or a recipe's .toml file")
    from dragoman.learn.sequence_trial import try_recipe

    recipe, home = Path(model), Path(configured.settings.data)

    def find(place: str) -> Path:
        return home / place.removeprefix("data:") if place.startswith("data:") else recipe.parent / place

    return lambda seed: try_recipe(
        trial, recipe, find, out or Path("runs") / f"{recipe.stem}-{seed}", seed=seed
    )


def _told(found: "Tried", trial: "Trial", model: str, k: int, seed: int) -> dict[str, object]:
    from dragoman.learn.trial import breadth, groups_of, memory_mb

    whole = standing(found.ranks, k=k, seed=seed)
    groups = by_group(found.ranks, groups_of(trial), k=k, seed=seed)
    return {
        "model": model,
        "shoppers": whole.shoppers,
        f"recall@{k}": whole.recall.as_json(),
        f"ndcg@{k}": whole.ndcg.as_json(),
        "mrr": round(whole.mrr, 6),
        **{f"recall@{k}/{name}": one.recall.as_json() for name, one in groups.items()},
        **{f"ndcg@{k}/{name}": one.ndcg.as_json() for name, one in groups.items()},
        **{name: round(value, 6) for name, value in breadth(found, trial).items()},
        "ms_a_shopper": round(1000 * found.seconds / len(found.ranks), 3),
        "memory_mb": round(memory_mb()),
    }


def _said(value: object) -> str:
    if isinstance(value, dict):
        return f"{value['mean']:.4f} [{value['low']:.4f}, {value['high']:.4f}]"
    return str(value)
