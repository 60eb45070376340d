"""One reader for four sets, or one a set? Attribute values and names, scored as their papers do, in a table.

    python bench/readers.py recipes/reader_benchmarks.toml --data ../shared/data [--only RUN ...] [--steps N]

"together" draws from all sources of the recipe; "alone" from one of them, as often as together does. What is
learned is opened by the backend that serves (int8, ONNX Runtime, one thread) and asked as the protocol says:

* WDC-PAVE, AE-110k, OA-Mine: one value per offer and attribute, right if it is one of the annotated ones
  letter by letter; micro F1 (Brinkmann et al. 2024, their pieutils/evaluation.py). The score from which a
  value is said is chosen on training offers that were kept aside, never on what is reported.
* Chinese names (Jie et al. 2019): strict span and label, micro F1 over the dev set.

A run that is finished is not run again.
"""

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dragoman.backends.readers.folder import FolderReader
from dragoman.learn import Recipe, read_recipe
from dragoman.learn.asks import Asked, read_asked
from dragoman.learn.labelled import parted
from dragoman.learn.run import Run, perform
from dragoman.measure.values import Counts, counted
from dragoman.ports import Reader
from dragoman.types import Span

SETS = {"wdcpave": "WDC-PAVE", "ae-110k": "AE-110k", "oa-mine": "OA-Mine", "zh_ecom_ner": "Chinese names"}


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the table: which sources, and for how long."""

    name: str
    recipe: Recipe


def cases_of(recipe: Recipe, sizes: dict[str, int]) -> list[Case]:
    """Together, then each source alone with as many draws as it has together."""
    [task] = recipe.tasks
    sources = task.options["sources"]
    shares = [one.get("share", 1.0) * sizes[one["path"]] for one in sources]
    never = {"measure_every": 10**9}
    cases = [Case("together", replace(recipe, **never))]
    for one, share in zip(sources, shares, strict=True):
        only = replace(task, options={**task.options, "sources": [one]})
        steps = round(recipe.steps * share / sum(shares))
        cases.append(
            Case(f"{set_of(one['path'])} alone", replace(recipe, tasks=(only,), steps=steps, **never))
        )
    return cases


def set_of(path: str) -> str:
    return next(name for name in SETS if Path(path).name.startswith(name))


def learned(case: Case, folder: Path, data: Path, home: Path) -> dict[str, Any]:
    """Train where it was not, and say how long it took."""
    known = folder / "trained.json"
    if not known.is_file():
        begun = time.perf_counter()
        perform(Run(case.recipe, Path("recipes"), folder, data, home))
        known.write_text(json.dumps({"seconds": time.perf_counter() - begun, "steps": case.recipe.steps}))
    found: dict[str, Any] = json.loads(known.read_text())
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader marks in the texts of a set, at any score."""

    rows: Sequence[Asked]
    spans: Sequence[Sequence[Span]]

    def values(self, least: float) -> Counts:
        """One value per text and ask: the best span of at least this score."""
        return counted(
            (row.values[ask], best(row.text, spans, ask, least))
            for row, spans in zip(self.rows, self.spans, strict=True)
            for ask in row.values
        )

    def names(self, least: float) -> float:
        """Micro F1 of spans with their asks, none over a better one."""
        hits = said = true = 0
        for row, spans in zip(self.rows, self.spans, strict=True):
            mine = {(one.ask, one.start, one.end) for one in flat(spans, least)}
            right = {(ask, *place) for ask, places in row.places.items() for place in places}
            hits, said, true = hits + len(mine & right), said + len(mine), true + len(right)
        return 2 * hits / (said + true) if said + true else 0.0


def best(text: str, spans: Sequence[Span], ask: str, least: float) -> str:
    some = [one for one in spans if one.ask == ask and one.score >= least]
    return text[some[0].start : some[0].end] if some else ""


def flat(spans: Sequence[Span], least: float) -> Iterator[Span]:
    kept: list[Span] = []
    for one in spans:
        if one.score >= least and all(one.end <= two.start or two.end <= one.start for two in kept):
            kept.append(one)
            yield one


def read_all(reader: Reader, rows: Sequence[Asked]) -> Found:
    """Ask of every text what its row asks; rows of one schema go together."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        groups[tuple(sorted(row.places))].append(i)
    spans: dict[int, Sequence[Span]] = {}
    for asks, some in groups.items():
        spans.update(zip(some, reader.read([rows[i].text for i in some], asks), strict=True))
    return Found(rows, [spans[i] for i in range(len(rows))])


STEPS = [round(0.1 + 0.05 * i, 2) for i in range(15)]


def chosen(aside: Found) -> float:
    """The score that gives the best F1 on rows kept aside in training."""
    return max(STEPS, key=lambda least: (aside.values(least).f1, -abs(least - 0.4)))


def figures(folder: Path, recipe: Recipe, data: Path, home: Path) -> dict[str, float]:
    """F1 on each set that the recipe trained on, milliseconds a text, and bytes of what is run."""
    reader = FolderReader(str(folder / "learned"), home=str(home), least=0.08)
    [task] = recipe.tasks
    found: dict[str, float] = {}
    for one in task.options["sources"]:
        name = set_of(one["path"])
        names = task.options.get("names", {})
        rows = read_asked(data / one["path"].removeprefix("data:"), lang="en", names=names)
        _, aside = parted(rows, held=one.get("held", 0) or task.options["held"])
        if (
            name == "oa-mine"
        ):  # no test split is at hand: half of what was kept aside chooses, half is reported
            aside, test = aside[::2], aside[1::2]
        else:
            suffix = "dev" if name == "zh_ecom_ner" else "test"
            path = data / f"attr_extraction/{name}_{suffix}.jsonl.gz"
            test = every(path, names) if name == "zh_ecom_ner" else read_asked(path)
        least = chosen(read_all(reader, aside))
        begun = time.perf_counter()
        read = read_all(reader, test)
        found[f"{name} ms"] = 1000 * (time.perf_counter() - begun) / len(test)
        found[f"{name} least"] = least
        if name == "zh_ecom_ner":
            least = max(STEPS, key=lambda n: read_all_names(reader, aside, n))
            found[f"{name} least"] = least
            found[name] = 100 * read.names(least)
        else:
            counts = read.values(least)
            found[name] = 100 * counts.f1
            found |= {f"{name} precision": 100 * counts.precision, f"{name} recall": 100 * counts.recall}
            print(name, len(test), "texts", counts)
    return found


_NAMES: dict[int, Found] = {}


def read_all_names(reader: Reader, rows: Sequence[Asked], least: float) -> float:
    key = id(rows)
    if key not in _NAMES:
        _NAMES[key] = read_all(reader, rows)
    return _NAMES[key].names(least)


def every(path: Path, names: dict[str, str]) -> list[Asked]:
    """All rows of a BIO file, texts that stand there twice too."""
    once = {row.text: row for row in read_asked(path, names=names)}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [once["".join(json.loads(line)["tokens"])] for line in file if line.strip()]


def lines(path: Path) -> int:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return sum(1 for _ in file)


def show(rows: dict[str, dict[str, float]]) -> None:
    print("| run | " + " | ".join(SETS.values()) + " | training, s | ms a WDC-PAVE offer |")
    print("|---" * (len(SETS) + 3) + "|")
    for name, row in rows.items():
        cells = [f"{row[one]:.1f}" if one in row else "" for one in SETS]
        slow = f"{row['wdcpave ms']:.0f}" if "wdcpave ms" in row else ""
        print(f"| {name} | {' | '.join(cells)} | {row.get('seconds', 0):.0f} | {slow} |")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("runs/reader"))
    parser.add_argument("--home", type=Path, default=Path("~/.cache/dragoman").expanduser())
    parser.add_argument("--steps", type=int, help="of the run together, instead of the recipe's")
    parser.add_argument("--only", nargs="*", help="names of runs, or parts of them")
    parser.add_argument("--train", action="store_true", help="train, measure later")
    args = parser.parse_args(argv)
    recipe = read_recipe(args.recipe)
    recipe = replace(recipe, steps=args.steps or recipe.steps)
    paths = [one["path"] for one in recipe.tasks[0].options["sources"]]
    sizes = {path: lines(args.data / path.removeprefix("data:")) for path in paths}
    rows: dict[str, dict[str, float]] = {}
    for case in cases_of(recipe, sizes):
        if args.only is None or any(part in case.name for part in args.only):
            folder = args.out / case.name.replace(" ", "-")
            trained = learned(case, folder, args.data, args.home)
            if not args.train:
                rows[case.name] = trained | figures(folder, case.recipe, args.data, args.home)
                print(case.name, json.dumps(rows[case.name]))
    show(rows)


if __name__ == "__main__":
    main()
