"""Which product comes next: every recommender on Amazon Beauty, Sports or Toys, full ranking.

    python bench/recommenders.py --set Beauty [--data ../shared/data] [--runs runs/recommenders]
        [--seeds 0 1 2] [--only popularity covisit ...] [--parts als ...] [--steps N]

Leave-one-out: the last product of a shopper is the test, the one before it was for choosing dials, all models
learn from the rest; at the test the history holds the last but one. All products are ranked, those already
met taken out. The blender learns on the validation step, of all shoppers, from what the others, learned from
the rest, propose.
Sequence models are trained by recipes/sasrec_*.toml where the folder of runs has none yet.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time

import numpy as np

from dragoman.backends.related.shelved import Scores
from dragoman.learn import next_item
from dragoman.learn.offline import MODELS, Tried, bpr_scorer, scorer_of, tried
from dragoman.learn.plan import Plan
from dragoman.learn.recipe import Recipe, read_recipe
from dragoman.learn.sequence_export import exported
from dragoman.learn.trial import Trial, breadth, fewer, open_trial, served, try_blend
from dragoman.measure.recommend import ndcg_at, recall_at

FILES = {"Beauty": "Beauty", "Sports": "Sports_and_Outdoors", "Toys": "Toys_and_Games"}
SEQUENCE = ("sasrec", "sasrec_tags")


def sequences_of(name: str, data: Path) -> Path:
    return data / f"rec/s3rec_{FILES[name]}.txt.gz"


def recipe_of(name: str, kind: str, seed: int, steps: int) -> Recipe:
    """Return recipes/sasrec_<set>.toml, without the attributes for plain ``sasrec``."""
    path = Path(__file__).parent.parent / "recipes" / f"sasrec_{name.lower()}.toml"
    recipe = replace(read_recipe(path), seed=seed, name=f"{kind}-{name}")
    task = recipe.tasks[0]
    left_out = () if kind == "sasrec_tags" else ("tags", "id_dropout")  # an id alone must not be hidden
    kept = {key: value for key, value in task.options.items() if key not in left_out}
    return replace(recipe, tasks=(replace(task, options=kept),), steps=steps or recipe.steps)


def learned(trial: Trial, recipe: Recipe, data: Path, runs: Path) -> tuple[Scores, float]:
    """Train, or open, a sequence model, and return it as serving runs it, with seconds of training."""
    folder = runs / f"{recipe.name}-{recipe.seed}"
    begun = process_time()

    def find(place: str) -> Path:
        return data / place.removeprefix("data:")

    if not (folder / "done.json").is_file():
        next_item.compose(recipe, find, folder)
        (folder / "done.json").write_text(json.dumps({"seconds": process_time() - begun}))
    known = next_item.known_of(next_item.options_of(recipe), trial.products, find)
    written = exported(folder / "learned", known, np.unique(np.concatenate(trial.split.train)))
    seconds = json.loads((folder / "done.json").read_text())["seconds"]
    return served(written), float(seconds)


def say(name: str, set_name: str, seed: int, found: Tried, trial: Trial, fitted: float) -> None:
    row = {
        "recall@5": float(recall_at(found.ranks, 5).mean()),
        "recall@10": float(recall_at(found.ranks, 10).mean()),
        "ndcg@10": float(ndcg_at(found.ranks, 10).mean()),
        **breadth(found, trial),
        "fit_s": fitted,
        "ms_a_shopper": 1000 * found.seconds / len(found.ranks),
    }
    rounded = {key: round(value, 4) for key, value in row.items()}
    print(json.dumps({"set": set_name, "model": name, "seed": seed, **rounded}), flush=True)


def run(given: argparse.Namespace, trial: Trial, seed: int) -> None:
    plan = Plan(dim=128, seed=seed)
    models: dict[str, Scores] = {}
    only: Sequence[str] = given.only
    for name in [one for one in (*MODELS, *SEQUENCE) if one in {*only, *given.parts}]:
        begun = process_time()
        if name in MODELS:
            models[name] = MODELS[name](trial.past, plan)
            fitted = process_time() - begun
        else:
            recipe = recipe_of(given.set, name, seed, given.steps)
            models[name], fitted = learned(trial, recipe, given.data, given.runs)
        if name in only:
            found = tried(scorer_of(models[name], trial.before), trial.before, trial.test)
            say(name, given.set, seed, found, trial, fitted)
    if "bpr" in only:
        begun = process_time()
        score = bpr_scorer(trial.past, plan)
        fitted = process_time() - begun
        say("bpr", given.set, seed, tried(score, trial.before, trial.test), trial, fitted)
    if "blend" in only:
        begun = process_time()
        found = try_blend(trial, models, seed=seed, taught=given.taught)
        say("blend", given.set, seed, found, trial, process_time() - begun - found.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", default="Beauty", choices=FILES)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=Path, default=Path("runs/recommenders"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--only", nargs="+", default=[*MODELS, *SEQUENCE, "bpr", "blend"])
    parser.add_argument("--parts", nargs="*", default=[], help="learned for the blender only, not tried")
    parser.add_argument("--steps", type=int, default=0, help="instead of the recipe's")
    parser.add_argument("--shoppers", type=int, default=0, help="try on so many only, not for bpr; 0 is all")
    parser.add_argument("--taught", type=int, default=0, help="shoppers the blender learns from; 0 is all")
    given = parser.parse_args()
    trial = open_trial(sequences_of(given.set, given.data))
    if given.shoppers:
        trial = fewer(trial, given.shoppers)
    for seed in given.seeds:
        run(given, trial, seed)


if __name__ == "__main__":
    main()
