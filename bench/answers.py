"""Measures answering: evidence ranking and answerability on `xepqa`, and the time an answer takes.

python bench/answers.py quality --data ../shared/data [--reranker folder] [--vectors runs/answer/vectors]
python bench/answers.py speed --shop runs/answer/shop [--n 200]

`xepqa`: 60 real English questions and the same put into 12 languages by machine (not by natives); within
product, the ten passages that people judged for each. Answerable: a question with its own ten passages
against the same ten without those called relevant; AUROC of the best score. nDCG with exponential gain.
"""

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dragoman.answer import Answering, answering
from dragoman.answer.evidence import mean_odds
from dragoman.answer.heard import turned
from dragoman.answer.weigh import weigh
from dragoman.guide import Guide, open_guide
from dragoman.measure.vectors import CachedVectors
from dragoman.opening import crossing_of, desk_of, open_encoder, reranker_of
from dragoman.ports import Reranker
from dragoman.search import levelling_of
from dragoman.settings import configure
from dragoman.types import Query

LANGS = ("en", "de", "it", "fr", "es", "pt", "pl", "ru", "ar", "hi", "zh", "ja", "ko")
Floats = NDArray[np.float32]
Scorer = Callable[[str, Floats, Sequence[str], Floats], Floats]
RERANKED = 50
QUESTIONS = (
    "does it come with batteries?", "¿sirve para exteriores?", "这个好用吗？", "wie schwer ist es?",
    "水洗いできますか？", "हल्का है क्या?", "هل هو مقاوم للماء؟", "est-ce facile à monter ?", "какой размер?",
    "아이가 써도 되나요?",
)  # fmt: skip
GOODS = (
    "headphones", "Fahrradtasche", "弁当箱", "compost bin", "手霜", "bougie", "сумка", "watch", "stroller",
    "가방",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["quality", "speed"])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--vectors", type=Path, default=Path("runs/answer/vectors"))
    parser.add_argument("--reranker", default="none")
    parser.add_argument("--shop", default="runs/answer/shop")
    parser.add_argument("--n", type=int, default=200)
    options = parser.parse_args()
    if options.what == "quality":
        quality(options.data, options.vectors, options.reranker)
    else:
        speed(options.shop, options.n, options.reranker)


def quality(data: Path, vectors: Path, reranker: str) -> None:
    settings = replace(configure().settings, reranker=reranker)
    encoder = CachedVectors(open_encoder(settings), vectors)
    home = Path(settings.home).expanduser()
    tuning = answering(encoder, levelling=lambda: levelling_of(encoder, home / "levelling"))
    corpus = {row["_id"]: row["text"] for row in _lines(data / "xepqa" / "corpus.jsonl.gz")}
    ids = list(corpus)
    passages = encoder.encode(list(corpus.values()), "passage")
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (data / "xepqa" / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        judged[query][document] = int(grade)
    crossing = crossing_of(settings, desk_of(replace(settings, index="memory")))
    assert crossing is not None
    scorers: dict[str, Scorer] = {"cosine": _cosine, "weighed": _weighed(tuning)}
    port = reranker_of(settings)
    if port is not None:
        scorers["weighed + reranker"] = _reranked(tuning, port)
    print(f"encoder {encoder.name}, reranker {port.name if port else 'none'}, {len(judged)} questions each")
    for name, scorer in scorers.items():
        rows = []
        for lang in LANGS:
            asked = {row["_id"]: row["text"] for row in _lines(data / "xepqa" / f"queries.{lang}.jsonl")}
            versions = {text: next(iter(crossing.versions(text, lang, "en")), "") for text in asked.values()}
            said = {} if name == "cosine" else versions
            whole = (ids, list(corpus.values()), passages)
            rows.append(_language(asked, said, judged, encoder, whole, scorer))
        _print(name, rows)


def _language(
    asked: Mapping[str, str],
    said: Mapping[str, str],  # what a question is called in English
    judged: Mapping[str, Mapping[str, int]],
    encoder: CachedVectors,
    corpus: tuple[list[str], list[str], Floats],
    scorer: Scorer,
) -> tuple[float, float, float]:
    """Return nDCG@10 within product, nDCG@10 over the whole corpus, and the AUROC of answerability."""
    ids, texts, passages = corpus
    place = {id_: at for at, id_ in enumerate(ids)}
    within, whole, full, bare = [], [], [], []
    for query, grades in judged.items():
        vector = turned(encoder, asked[query], said.get(asked[query], ""))
        start = int(next(iter(grades))) // 10 * 10
        own = [str(start + at) for at in range(10)]
        at = [place[id_] for id_ in own]
        scores = scorer(asked[query], vector, [texts[i] for i in at], passages[at])
        within.append(_ndcg([own[i] for i in np.argsort(-scores, kind="stable")], grades))
        rest = [i for i, id_ in enumerate(own) if not grades.get(id_)]
        full.append(float(scores.max()))
        bare += [float(scores[rest].max())] if rest else []
        nearest = np.argsort(-(passages @ vector[0]), kind="stable")[:RERANKED]
        scores = scorer(asked[query], vector, [texts[i] for i in nearest], passages[nearest])
        whole.append(_ndcg([ids[nearest[i]] for i in np.argsort(-scores, kind="stable")], grades))
    pairs = np.subtract.outer(np.array(full), np.array(bare))
    return (
        float(np.mean(within)),
        float(np.mean(whole)),
        float((pairs > 0).mean() + 0.5 * (pairs == 0).mean()),
    )


def _cosine(_: str, question: Floats, __: Sequence[str], passages: Floats) -> Floats:
    found: Floats = passages @ question[0]
    return found


def _weighed(tuning: Answering) -> Scorer:
    return lambda _, question, __, passages: weigh(question, passages, tuning.weighing)


def _reranked(tuning: Answering, port: Reranker) -> Scorer:
    def scored(text: str, question: Floats, texts: Sequence[str], passages: Floats) -> Floats:
        ours = weigh(question, passages, tuning.weighing)
        read = port.score(text, list(texts))
        return np.array([mean_odds(float(a), float(b)) for a, b in zip(ours, read, strict=True)], np.float32)

    return scored


def _print(name: str, rows: Sequence[tuple[float, float, float]]) -> None:
    print(f"\n{name}\n| | {' | '.join(LANGS)} | mean of 12 |\n|---|{'---|' * (len(LANGS) + 1)}")
    for title, column in (
        ("within product, nDCG@10", 0),
        ("whole corpus, nDCG@10", 1),
        ("answerable, AUROC", 2),
    ):
        figures = [row[column] for row in rows]
        cells = " | ".join(f"{figure:.3f}" for figure in [*figures, float(np.mean(figures[1:]))])
        print(f"| {title} | {cells} |", flush=True)


def _ndcg(order: Sequence[str], grades: Mapping[str, int]) -> float:
    gain = sum((2 ** grades.get(id_, 0) - 1) / np.log2(at + 2) for at, id_ in enumerate(order[:10]))
    best = sorted(grades.values(), reverse=True)[:10]
    return float(gain / sum((2**grade - 1) / np.log2(at + 2) for at, grade in enumerate(best)))


def speed(shop: str, n: int, reranker: str) -> None:
    """Ask questions about products of the demo shop, each page for the first time and again."""
    flags = {"shop": shop, "reranker": reranker, "translator": "none"}
    guide = open_guide(configure("data/sample/dragoman.toml", flags).settings)
    ids = [id_ for at, id_ in enumerate(guide.ids("", 1000)) if at % 5 == 0][:n]
    guide.answer(Query(QUESTIONS[0], about=tuple(ids[:1])))
    first, again = [], []
    for at, id_ in enumerate(ids):
        first.append(_timed(guide, Query(f"{QUESTIONS[at % 10]} {at}", about=(id_,))))
        again.append(_timed(guide, Query(f"{QUESTIONS[(at + 3) % 10]} {at}", about=(id_,))))
    across = [
        [
            _timed(guide, Query(f"{GOODS[at % 10]} {QUESTIONS[at * 7 % 10]} {at} {turn}"))
            for at in range(n // 2)
        ]
        for turn in range(2)
    ]
    guide.close()
    print("| an answer, one thread | p50 ms | p99 ms | p50 ms of processor |\n|---|---|---|---|")
    for name, spent in (
        ("within a product, its page never asked before", first), ("within a product", again),
        ("across the shop, many pages never asked before", across[0]), ("across the shop", across[1]),
    ):  # fmt: skip
        wall, busy = zip(*spent, strict=True)
        cells = [f"{figure:.0f}" for figure in (*np.percentile(wall, (50, 99)), np.median(busy))]
        print(f"| {name} | {' | '.join(cells)} |")


def _timed(guide: Guide, query: Query) -> tuple[float, float]:
    """Wall and processor milliseconds of one answer: on a busy machine only the second says something."""
    started, spent = time.perf_counter(), time.process_time()
    guide.answer(query)
    return (time.perf_counter() - started) * 1000, (time.process_time() - spent) * 1000


def _lines(path: Path) -> list[dict[str, str]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in raw.decode("utf-8").splitlines()]


if __name__ == "__main__":
    main()
