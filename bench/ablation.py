"""What each part of the encoder's recipe is worth: with one part removed, or another seed, side by side.

    python bench/ablation.py --steps 60 [--data ../shared/data] [--runs runs/ablation]
    python bench/ablation.py --steps 60 --only whole "no ar, ko"

Every run is recipes/encoder.toml with fewer steps, on top of runs/teacher/learned (`make encoder`), its ranks
weighed as the shipped ones are; a set is removed wherever a task reads it. Dense retrieval alone, int8, the
public dev sets, none of which is learned from. The mean over the languages but English is what rows are
compared by; the seeds say how much of a difference is chance. Of `xepqa` only the passages that people
judged are read, ten a product, and all of them searched: the whole corpus would take longer than the lesson.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

from own_candidates import main as own_candidates

from dragoman.learn.recipe import Recipe, recipe_of

REPO = Path(__file__).parent.parent
TEACHER = REPO / "runs/teacher/learned"
RANKS = {"teacher": "16:0.5", "followed": "32:0.7"}
SETS = {
    "psearch": ("psearch", "recall@10"),
    "xepqa": ("xepqa", "ndcg@10"),
    "query_category": ("query_category/dev", "recall@10"),
}
Tree: TypeAlias = dict[str, Any]  # Any: TOML
Change: TypeAlias = Callable[[Tree], None]


def without_source(*names: str) -> Change:
    """Remove a data set wherever a task reads it; a task left with nothing goes too."""

    def is_kept(path: str) -> bool:
        return not any(name in path for name in names)

    def change(tree: Tree) -> None:
        for task in tree["tasks"]:
            if "sources" in task:
                task["sources"] = [one for one in task["sources"] if is_kept(one["path"])]
            for key in ("questions", "dictionary"):
                if isinstance(task.get(key), list):
                    task[key] = [path for path in task[key] if is_kept(path)]
            if not is_kept(task.get("translations", "")):
                del task["translations"]
        tree["tasks"] = [task for task in tree["tasks"] if task.get("sources") or task.get("questions")]

    return change


def without_task(place: int) -> Change:
    def change(tree: Tree) -> None:
        del tree["tasks"][place]

    return change


def with_key(key: str, value: object) -> Change:
    def change(tree: Tree) -> None:
        tree[key] = value

    return change


VARIANTS: dict[str, Change] = {
    "whole": with_key("seed", 0),
    "whole, seed 1": with_key("seed", 1),
    "whole, seed 2": with_key("seed", 2),
    "no ar, ko": with_key("held_out", ["ar", "ko"]),
    "no English run before": with_key("start", ""),
    "no `follow`": without_task(0),
    "no `answer` on questions (amazon_pqa)": without_task(1),
    "no `answer` on queries": without_task(2),
    "no shopify_taxonomy": without_source("shopify_taxonomy"),
    "no CLDR": without_source("cldr"),
    "no gettext": without_source("gettext"),
    "no messages": without_source("messages"),
    "no sentences": without_source("sentences"),
    "no written queries": without_source("queries.jsonl", "queries-more"),
}


def recipe_for(name: str, steps: int, threads: int) -> Recipe:
    """Return the encoder's recipe, shorter, with one thing changed."""
    path = REPO / "recipes/encoder.toml"
    tree = tomllib.loads(path.read_text(encoding="utf-8"))
    tree |= {"start": str(TEACHER), "steps": steps, "warm_up": max(1, steps // 17), "threads": threads}
    tree["measure_every"] = steps
    VARIANTS[name](tree)
    return recipe_of(tree, path)


def learned(recipe: Recipe, folder: Path, data: Path) -> Path:
    """Train, or find trained, and return the adapter as it would ship."""
    from dragoman.learn.run import Run, perform

    shipped = folder / "shipped"
    if not (shipped / "adapter_config.json").is_file():
        home = Path("~/.cache/dragoman").expanduser()
        perform(Run(recipe, REPO / "recipes", folder, data, home))
        ranks = RANKS.values() if recipe.start else [RANKS["followed"]]
        script = [sys.executable, str(REPO / "recipes/ship.py"), str(folder / "learned"), str(shipped)]
        subprocess.run([*script, "--weigh", *ranks], check=True)
    return shipped


def means(adapter: str, data: Path, out: Path, *, whole: bool = False) -> dict[str, dict[str, float]]:
    """Return, of each set, the metric of each language.

    Args:
        whole: Search all passages of `xepqa`, not only those that people judged.
    """
    found = {}
    out.mkdir(parents=True, exist_ok=True)
    for name, (folder, metric) in SETS.items():
        path = out / f"{name}.json"
        if not path.is_file():
            queries = sorted((data / folder).glob("queries.*.jsonl"))
            every = data / folder.split("/")[0] / "corpus.jsonl.gz"
            corpus = every if whole or name != "xepqa" else _judged(data, out)
            asked = ["dragoman", "--adapter", adapter, "eval", "retrieval", *map(str, queries)]
            asked += ["--corpus", str(corpus), "--qrels", str(data / folder / "qrels.tsv")]
            asked += ["--method", "dense", "--metric", metric, "--json"]
            asked[0] = str(Path(sys.executable).with_name("dragoman"))
            path.write_text(subprocess.run(asked, stdout=subprocess.PIPE, check=True, text=True).stdout)
        told = json.loads(path.read_text(encoding="utf-8"))
        found[name] = {key.split(".")[1]: told[key][metric]["mean"] for key in told}
    return found


def _judged(data: Path, out: Path) -> Path:
    """Write the passages of the products that questions are about."""
    pairs, corpus = out / "candidates.tsv", out / "corpus.jsonl"
    own_candidates(data, pairs)
    wanted = {line.split("\t")[1] for line in pairs.read_text(encoding="utf-8").splitlines()[1:]}
    with gzip.open(data / "xepqa/corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        kept = [line for line in lines if json.loads(line)["_id"] in wanted]
    corpus.write_text("".join(kept), encoding="utf-8")
    return corpus


def row(name: str, found: dict[str, dict[str, float]]) -> str:
    """One line of the table: the mean without English, English, and the two that may be held out."""
    cells = []
    for by_lang in found.values():
        others = [value for lang, value in by_lang.items() if lang != "en"]
        mean = f"{sum(others) / len(others):.3f}"
        cells += [mean, *(f"{by_lang[lang]:.3f}" for lang in ("en", "ar", "ko"))]
    return "| " + " | ".join([name, *cells]) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=Path, default=Path("runs/ablation"))
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    chosen = parser.parse_args()
    data = chosen.data.resolve()
    names = [f"{name} {part}" for name in SETS for part in ("mean", "en", "ar", "ko")]
    print(head(["run", *names]), flush=True)
    print(row("encoder as it came", means("none", data, chosen.runs / "none")), flush=True)
    print(row("English run alone", means(_half(chosen.runs), data, chosen.runs / "english")), flush=True)
    for name in chosen.only:
        recipe = recipe_for(name, chosen.steps, chosen.threads)
        folder = chosen.runs / recipe.digest()
        adapter = learned(recipe, folder, data)
        print(row(name, means(str(adapter), data, folder / "seen")), flush=True)


def _half(runs: Path) -> str:
    """The English run as it stands in the shipped adapter: half of the way."""
    script = [sys.executable, str(REPO / "recipes/ship.py"), str(TEACHER), str(runs / "english/shipped")]
    subprocess.run([*script, "--weigh", RANKS["teacher"]], check=True)
    return str(runs / "english/shipped")


def head(names: Iterable[str]) -> str:
    columns = list(names)
    return "| " + " | ".join(columns) + " |\n|---|" + "---:|" * (len(columns) - 1)


if __name__ == "__main__":
    main()
