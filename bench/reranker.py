"""The reranker on `xepqa`: order within a product and in the whole corpus, answerability, cost.

    python bench/reranker.py within                the ten candidates of each question's own product
    python bench/reranker.py whole                 the fifty that dense retrieval finds among 8,570
    python bench/reranker.py answerable            is the answer there at all
    python bench/reranker.py cost                  milliseconds of fifty candidates, one core
    python bench/reranker.py within --path runs/reranker/four --precision float32

nDCG has exponential gain. Beside a mean: b against dense, p by paired randomisation, Holm over the languages.
The weight of the two scores is fitted on questions of `amazon_pqa` that only measured in training, in the
languages they are known in; `xepqa` decides nothing. Its questions are translated by machine, not by natives.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from rereading import Bench, List

from dragoman.backends.rerankers.folder import FolderReranker
from dragoman.learn.groups import plain
from dragoman.measure.compare import Comparison, compare_files
from dragoman.measure.graded import area_under, gain

WEIGHTS = (0.0, 0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 1000.0)


def even(values: Sequence[float]) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    return np.asarray((array - array.mean()) / (array.std() or 1.0))


def score_of(one: List, logits: Sequence[float], weight: float) -> float:
    """nDCG@10 of a list by both scores; documents that dense never found count in the ideal."""
    both = even(one.dense) + weight * even(logits)
    missed = list(one.best)
    for grade in one.grades:
        if grade in missed:
            missed.remove(grade)
    never = float(both.min()) - 1.0
    return gain([*both.tolist(), *([never] * len(missed))], [*one.grades, *missed])


def fitted(bench: Bench, lists: Sequence[List]) -> float:
    """The weight with the best mean, over all lists."""
    logits = [bench.logits(one) for one in lists]
    means = {
        weight: statistics.mean(score_of(one, row, weight) for one, row in zip(lists, logits, strict=True))
        for weight in WEIGHTS
    }
    print(f"fitted on {len(lists)} held-out lists: " + ", ".join(f"{w:g}: {m:.3f}" for w, m in means.items()))
    return max(means, key=lambda weight: means[weight])


def table(lists: Mapping[str, Mapping[str, List]], bench: Bench, weight: float) -> None:
    """Dense, reranker alone, both by the fitted weight and both by equal ones, by language.

    The encoder was trained on the questions that the weight is fitted on, the reranker was not: a fitted
    weight trusts the encoder too much. Equal weights are fitted on nothing.
    """
    weights = {"dense": 0.0, "reranker": WEIGHTS[-1], "fitted": weight, "equal": 1.0}
    scores = {
        name: {
            lang: {id: score_of(one, bench.logits(one), at) for id, one in mine.items()}
            for lang, mine in lists.items()
        }
        for name, at in weights.items()
    }
    against = {name: compare_files(scores["dense"], scores[name]) for name in weights}
    print(f"| lang | {' | '.join(weights)} | equal against dense |\n|---|{'---:|' * len(weights)}---|")
    for lang in lists:
        cells = [_mean(scores[name][lang]) + _sign(against[name][lang]) for name in weights]
        print(f"| {lang} | {' | '.join(cells)} | {_told(against['equal'][lang])} |")
    foreign = [lang for lang in lists if lang != "en"]
    pooled = {
        name: {"all": {f"{lang}/{id}": v for lang in foreign for id, v in mine[lang].items()}}
        for name, mine in scores.items()
    }
    for name in list(weights)[1:]:
        told_of = _told(compare_files(pooled["dense"], pooled[name])["all"])
        print(f"mean but en, {name} against dense: {_mean(pooled[name]['all'])}, {told_of} (lists pooled)")
    print(f"| mean but en | {' | '.join(_mean(pooled[name]['all']) for name in weights)} | |")


def _mean(scores: Mapping[str, float]) -> str:
    return f"{statistics.mean(scores.values()):.3f}"


def _sign(one: Comparison) -> str:
    return " +" if one.is_better else " −" if one.is_worse else ""


def _told(one: Comparison) -> str:
    difference = one.difference
    return f"{difference.mean:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}], p {one.p_adjusted:.3f}"


def within(bench: Bench) -> None:
    held = []
    for one in bench.held():
        vectors = bench.encoder.encode([f"{one.title} {text}" for text in one.texts], "passage")
        for said in one.said.values():
            [asked] = bench.encoder.encode([said[0]], "query")
            grades = tuple(2.0 if label == 1 else float(label > 0) for label in one.labels)
            held.append(
                List(said[0], tuple(map(plain, one.texts)), grades, tuple((vectors @ asked).tolist()), grades)
            )
    weight = fitted(bench, held)
    print(f"weight {weight:g}, reranker {bench.reranker.name}")
    table({lang: bench.own(queries) for lang, queries in bench.langs().items()}, bench, weight)


def whole(bench: Bench, k: int) -> None:
    weight = fitted(bench, bench.held_lists(k))
    bench.save()
    print(f"weight {weight:g}, the first {k}, reranker {bench.reranker.name}")
    lists = {}
    for lang, queries in bench.langs().items():
        lists[lang] = bench.near(queries, k, bench.qrels)
        for one in lists[lang].values():
            bench.logits(one)
        bench.save()
    table(lists, bench, weight)


def answerable(bench: Bench) -> None:
    """Three ways to ask whether the answer is there; the second takes away what answers, the page remains."""
    print(
        "| lang | passage | question, answers taken away | question, another product |\n|---|---:|---:|---:|"
    )
    rows = []
    for lang, queries in bench.langs().items():
        lists = list(bench.own(queries).values())
        logits = [bench.logits(one) for one in lists]
        passage = area_under([x for row in logits for x in row], [g > 0 for one in lists for g in one.grades])
        tops = [max(row) for row in logits]
        left = [
            max(rest)
            for one, row in zip(lists, logits, strict=True)
            if (rest := [x for x, grade in zip(row, one.grades, strict=True) if grade == 0])
        ]
        stripped = area_under([*tops, *left], [True] * len(tops) + [False] * len(left))
        rng = random.Random(0)
        others = [rng.choice([two for two in lists if two is not one]) for one in lists]
        strange = [
            max(bench.logits(List(a.query, b.texts, b.grades, b.dense)))
            for a, b in zip(lists, others, strict=True)
        ]
        other = area_under([*tops, *strange], [True] * len(tops) + [False] * len(strange))
        rows.append((passage, stripped, other))
        print(f"| {lang} | {passage:.3f} | {stripped:.3f} | {other:.3f} |")
    print(
        "| mean | "
        + " | ".join(f"{statistics.mean(column):.3f}" for column in zip(*rows, strict=True))
        + " |"
    )
    pairs = [(x, g > 0) for queries in bench.langs().values() for one in bench.own(queries).values()
             for x, g in zip(bench.logits(one), one.grades, strict=True)]  # fmt: skip
    chances = 1 / (1 + np.exp(-np.array([x for x, _ in pairs])))
    truths = np.array([yes for _, yes in pairs], dtype=float)
    edges = np.linspace(0, 1, 11)
    bins = np.clip(np.digitize(chances, edges) - 1, 0, 9)
    error = sum(abs(chances[bins == b].mean() - truths[bins == b].mean()) * (bins == b).mean()
                for b in range(10) if (bins == b).any())  # fmt: skip
    print(f"calibration of passages: error {error:.3f}, said {chances.mean():.3f}, true {truths.mean():.3f}")


def cost(bench: Bench) -> None:
    """Milliseconds of processor time, which neighbours on this machine do not change."""
    queries = dict(list(bench.langs()["de"].items())[:12])
    rng = random.Random(0)
    bench.reranker.score("warm", ["up"])
    for k in (10, 20, 50):
        spent = []
        for query in queries.values():
            texts = [plain(text) for text in rng.sample(bench.texts, k)]
            before = time.process_time()
            bench.reranker.score(query, texts)
            spent.append(1000 * (time.process_time() - before))
        print(f"{k} candidates: p50 {statistics.median(spent):.0f} ms, max {max(spent):.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="+", choices=["within", "whole", "answerable", "cost"])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--home", default="~/.cache/dragoman")
    parser.add_argument("--path", default="", help="folder of a reranker; the shipped one if not given")
    parser.add_argument("--precision", default="int8", choices=["int8", "float32"])
    parser.add_argument("-k", type=int, default=50)
    parser.add_argument("--kept", type=Path, default=Path("runs/reranker"), help="where scores are kept")
    chosen = parser.parse_args()
    reranker = FolderReranker(chosen.path, home=chosen.home, precision=chosen.precision)
    bench = Bench(chosen.data, chosen.home, reranker, chosen.kept / f"{reranker.name}.json")
    tasks: dict[str, Callable[[], None]] = {
        "within": lambda: within(bench),
        "whole": lambda: whole(bench, chosen.k),
        "answerable": lambda: answerable(bench),
        "cost": lambda: cost(bench),
    }
    for what in chosen.what:
        print(f"## {what}", flush=True)
        tasks[what]()
        bench.save()


if __name__ == "__main__":
    main()
