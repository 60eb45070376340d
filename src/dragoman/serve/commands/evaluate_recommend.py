"""`dragoman eval recommend`: which product comes next, by any recommender, ranking the whole catalogue."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING

import click
import numpy as np

from dragoman.catalog import read
from dragoman.errors import BadInput, Unsupported
from dragoman.measure.recommend import by_group, standing
from dragoman.opening import open_encoder
from dragoman.rank.represent import passage_text
from dragoman.serve.commands.histories import open_histories
from dragoman.serve.commands.printing import say_json, say_table
from dragoman.settings import Configured
from dragoman.types import Listing, Vectors

if TYPE_CHECKING:  # scipy and torch take seconds to import, and only this command's body needs them
    from dragoman.learn.offline import Tried
    from dragoman.learn.trial import Trial

_NAMES = ("popularity", "covisit", "itemknn", "als", "bpr")
_OTHERS = ("content", "sasrec", "blend")


@click.command("recommend")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="A line a shopper: shopper product product … in order of time; or a file of events. May be gzipped.",
)
@click.option(
    "--model",
    required=True,
    help=f"{', '.join((*_NAMES, *_OTHERS))}, or a recipe of a sequence model (.toml).",
)
@click.option(
    "--split",
    type=click.Choice(["leave-one-out", "time"]),
    default="leave-one-out",
    show_default=True,
    help="The last product of each shopper, or the first after nine tenths of all events.",
)
@click.option("--feed", type=click.Path(path_type=Path), help="The products, in any format, for content.")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1), help="Length of a list.")
@click.option("--seed", default=0, show_default=True, help="Of the model, and of the bootstrap.")
@click.option("--out", type=click.Path(path_type=Path), help="Run folder of a recipe [default: runs/NAME].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def evaluate_recommend(
    configured: Configured,
    /,
    data: Path,
    model: str,
    split: str,
    k: int,
    seed: int,
    as_json: bool,
    **flags: Path | None,
) -> None:
    """Learn from all but each shopper's last two products, and rank all products for the last.

    Products already met are taken out, as in the full ranking of S3-Rec; ties count against the model.
    """
    if missing := [name for name in ("torch", "scipy") if find_spec(name) is None]:
        raise Unsupported(f"learning needs {' and '.join(missing)}", hint="pip install 'dragoman[train]'")
    trial = open_histories(data, split)
    if not len(trial.test):
        raise BadInput(f"{data}: nobody met three products", hint="two are kept aside, one is learned from")
    begun = process_time()
    found = _tryer(configured, trial, model, flags)(seed)
    told = (
        {"split": split} | _told(found, trial, model, k, seed) | {"seconds": round(process_time() - begun, 1)}
    )
    if as_json:
        say_json(told)
    else:
        say_table(("figure", "value"), [(name, _said(value)) for name, value in told.items()])


def _tryer(
    configured: Configured, trial: "Trial", model: str, flags: Mapping[str, Path | None]
) -> "Callable[[int], Tried]":
    from dragoman.learn.plan import Plan
    from dragoman.learn.trial import try_content, try_model

    if model in _NAMES:
        return lambda seed: try_model(trial, model, Plan(dim=128, seed=seed))
    if model == "content":
        vectors = _vectors(configured, trial, flags["feed"])
        return lambda seed: try_content(trial, vectors)
    if model not in _OTHERS and not model.endswith(".toml"):
        known = ", ".join((*_NAMES, *_OTHERS))
        raise BadInput(f"no model {model!r}", hint=f"one of {known}, or a recipe's .toml file")
    from dragoman.learn.sequence_trial import try_all_blended, try_recipe

    attempt = try_all_blended if model == "blend" else try_recipe
    home = Path(configured.settings.data)
    recipe = Path(model)
    if model in _OTHERS:
        recipe = Path(str(files("dragoman.learn").joinpath("data", "sasrec.toml")))

    def find(place: str) -> Path:
        return home / place.removeprefix("data:") if place.startswith("data:") else recipe.parent / place

    def run(seed: int) -> "Tried":
        if flags["out"] or model not in _OTHERS:
            folder = flags["out"] or Path("runs") / f"{recipe.stem}-{seed}"
            return attempt(trial, recipe, find, folder, seed=seed)
        # The same name serves any data: a run folder that is kept would go on with another's.
        with TemporaryDirectory() as folder_name:
            return attempt(trial, recipe, find, Path(folder_name), seed=seed)

    return run


def _vectors(configured: Configured, trial: "Trial", feed: Path | None) -> Vectors:
    """The trial's products as the encoder sees their words."""
    if feed is None:
        raise BadInput("content needs the products' words", hint="give their feed: --feed products.jsonl")
    listings = {row.product.id: row for row in read(feed) if isinstance(row, Listing)}
    known = [(at, listings[id_]) for at, id_ in enumerate(trial.products[1:]) if id_ in listings]
    if not known:
        raise BadInput(f"{feed} holds none of the products met", hint="ids of feed and data must be the same")
    encoder = open_encoder(configured.settings)
    found = np.zeros((trial.split.items, encoder.dim), np.float32)
    texts = [passage_text(listing.product) for _, listing in known]
    found[[at for at, _ in known]] = encoder.encode(texts, "passage")
    return found


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
