"""Query completion, per language: bits a character, and whether half of a query brings the rest.

    python bench/completion.py recipes/completion_gru.toml --writer runs/completion_gru/learned \
        --writer runs/completion_transformer/learned [--most 200] \
        --queries ../shared/data/psearch ../shared/data/query_category/dev

Texts the recipe kept aside (by their normalised words), and BEIR query files that nothing was trained on.
Columns: the commonest text with the prefix ("popular"), characters ("n-gram"), and each model in eight
bits as it serves. MRR@5 and success@5 want the very text; "right so far" (after PMRR, Park and Chiba 2017)
also takes a suggestion that is the text up to the end of one of its words, and no shorter than two more
characters than were typed.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from dragoman.learn.language import read_completion
from dragoman.learn.recipe import read_recipe
from dragoman.measure.completers import CharacterOdds, PopularByPrefix
from dragoman.suggest.beam import endings
from dragoman.suggest.typed import typed
from dragoman.suggest.writer import END, Writer

Complete = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Figures:
    """One system on the texts of one language."""

    bits: float  # a character; nan where it gives no odds
    mrr: float
    success: float
    so_far: float
    ms: float  # a prefix, the median


def main() -> None:
    asked = _asked()
    data = Path(asked.data)
    recipe = read_recipe(Path(asked.recipe))
    beside = Path(asked.recipe).parent

    def find(place: str) -> Path:
        return data / place.removeprefix("data:") if place.startswith("data:") else beside / place

    _, queries = read_completion(recipe.tasks[0], find)
    taught = {
        lang: dict(zip(texts, np.diff(queries.sums[lang], prepend=0.0).tolist(), strict=True))
        for lang, texts in queries.taught.items()
        if not asked.langs or lang in asked.langs
    }
    writers = {Path(path).parent.name: Writer(Path(path)) for path in asked.writer}
    sets = {"kept aside": {lang: _some(sorted(texts), asked.most) for lang, texts in queries.held.items()}}
    sets |= {Path(folder).name: _beir(Path(folder), asked.most) for folder in asked.queries}
    report = {name: _measured(texts, taught, writers) for name, texts in sets.items()}
    for name, rows in report.items():
        _say(name, rows, ["popular", "n-gram", *writers])
    if asked.json:
        tree = {
            name: {lang: {system: asdict(one) for system, one in row.items()} for lang, row in rows.items()}
            for name, rows in report.items()
        }
        Path(asked.json).write_text(json.dumps(tree), encoding="utf-8")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("--writer", action="append", default=[])
    parser.add_argument("--queries", nargs="*", default=[])
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--most", type=int, default=200)
    parser.add_argument("--langs", nargs="*", default=[], help="only these")
    parser.add_argument("--json", default="")
    return parser.parse_args()


def _some(texts: Sequence[str], most: int) -> list[str]:
    long = [text for text in texts if len(text) >= 4]
    return random.Random(0).sample(long, min(most, len(long)))


def _beir(folder: Path, most: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("queries.*.jsonl")):
        texts = {typed(json.loads(line)["text"]) for line in path.read_text("utf-8").splitlines()}
        found[path.name.split(".")[1]] = _some(sorted(texts), most)
    return found


def _measured(
    texts: Mapping[str, Sequence[str]],
    taught: Mapping[str, Mapping[str, float]],
    writers: Mapping[str, Writer],
) -> dict[str, dict[str, Figures]]:
    report: dict[str, dict[str, Figures]] = {}
    for lang, some in texts.items():
        if not some or lang not in taught:
            continue
        popular, odds = PopularByPrefix(taught[lang]), CharacterOdds(taught[lang])
        letters = sum(len(text) + 1 for text in some)
        row = {
            "popular": _figures(some, float("nan"), partial(popular.complete, k=5)),
            "n-gram": _figures(
                some,
                sum(map(odds.bits, some)) / letters,
                _by_odds(odds),
            ),
        }
        for name, writer in writers.items():
            row[name] = _figures(some, bits_of(writer, lang, some) / letters, _completer(writer, lang))
        report[lang] = row
    return report


def _by_odds(odds: CharacterOdds) -> Complete:
    return lambda prefix: [one.id for one in odds.complete(prefix, 5)]


def _completer(writer: Writer, lang: str) -> Complete:
    return lambda prefix: [one.id for one in endings(writer, prefix, lang, 5)]


def _figures(texts: Sequence[str], bits: float, complete: Complete) -> Figures:
    ranks, so_far, spent = [], [], []
    for text in texts:
        prefix = text[: (len(text) + 1) // 2]
        started = time.perf_counter()
        found = list(complete(prefix))
        spent.append((time.perf_counter() - started) * 1000)
        ranks.append(next((rank for rank, one in enumerate(found, 1) if one == text), 0))
        so_far.append(any(is_so_far(one, text, prefix) for one in found))
    mrr = sum(1 / rank for rank in ranks if rank) / len(texts)
    success, near = sum(map(bool, ranks)) / len(texts), sum(so_far) / len(texts)
    return Figures(bits, mrr, success, near, float(np.median(spent)))


def is_so_far(found: str, text: str, prefix: str) -> bool:
    """Whether a suggestion is the text up to the end of a word; anywhere in scripts without spaces."""
    if len(found.strip()) < min(len(prefix) + 2, len(text)) or not text.startswith(found):
        return False
    at = len(found)
    return at == len(text) or text[at] == " " or ord(text[at]) >= 0x0E00


def bits_of(writer: Writer, lang: str, texts: Sequence[str]) -> float:
    """Bits of texts in all, over the whole table: what `odds` gives when every piece may come."""
    every = np.arange(len(writer.pieces))
    total = 0.0
    for at in range(0, len(texts), 64):
        rows = [[*writer.ids(text), END] for text in texts[at : at + 64]]
        state = writer.begin([writer.lang_id(lang)])
        alive = np.zeros(len(rows), np.intp)
        for place in range(max(map(len, rows))):
            here = [i for i, row in enumerate(rows) if place < len(row)]
            state = tuple(part[alive] for part in state)
            odds = writer.odds(state, every)
            total -= sum(float(odds[n, rows[i][place]]) for n, i in enumerate(here))
            going = [n for n, i in enumerate(here) if place + 1 < len(rows[i])]
            if not going:
                break
            ids = np.array([rows[here[n]][place] for n in going])
            state = writer.go_on(state, np.array(going), ids)
            alive = np.arange(len(going))
    return total / float(np.log(2))


def _say(name: str, report: Mapping[str, Mapping[str, Figures]], systems: Sequence[str]) -> None:
    print(f"\n{name}: bits a character, MRR@5, success@5, right so far\n\n| | " + " | ".join(systems) + " |")
    print("|---" * (1 + len(systems)) + "|")
    for lang, row in report.items():
        print(f"| {lang} | " + " | ".join(_cell(row[s]) for s in systems) + " |")
    if report:
        means = [
            [np.mean([getattr(row[s], key) for row in report.values()]) for key in Figures.__slots__]
            for s in systems
        ]
        print("| mean | " + " | ".join(_cell(Figures(*map(float, mean))) for mean in means) + " |")
        print(
            "median ms a prefix: "
            + ", ".join(f"{s} {m[-1]:.1f}" for s, m in zip(systems, means, strict=True))
        )


def _cell(one: Figures) -> str:
    bits = "–" if np.isnan(one.bits) else f"{one.bits:.2f}"
    return f"{bits} {one.mrr:.3f} {one.success:.3f} {one.so_far:.3f}"


if __name__ == "__main__":
    main()
