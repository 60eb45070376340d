"""How best to fuse: every way on judged queries, against dense alone, per language, paired.

    python bench/fusion [--data ../shared/data] [--sets sister,query_category_train] [--dial]

`sister` are 48 products of the demo shop that the public set `psearch` does not ask for, in eight
languages, written like it (sister.tsv, by a language model); `query_category_train` are 150 real
queries a language from the training split. Constants are chosen on these two (`--dial` varies them);
psearch, xepqa and query_category are for reporting. Vectors are kept under runs/, so that a second
run takes seconds. In brackets the difference from dense alone; * is p < .05 of the paired test, not
adjusted for the number of languages. `--pool` puts the queries of the sets asked for together, language by
language: forty queries tell little, and where sets search the same kind of catalogue they may be added up.
"""

import argparse
import csv
import gzip
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dragoman import Settings
from dragoman.measure.beir import Document, Qrels, Queries, read_corpus, read_qrels, read_queries, stem
from dragoman.measure.bm25 import ExactTerms
from dragoman.measure.compare import Comparison, compare, holm
from dragoman.measure.exact import ExactVectors
from dragoman.measure.metrics import metric, per_query
from dragoman.measure.rankers import as_product
from dragoman.measure.vectors import CachedVectors
from dragoman.opening import open_encoder
from dragoman.ports import Encoder
from dragoman.rank.fuse import calibrated, reciprocal
from dragoman.rank.represent import document_terms, query_terms
from dragoman.search import Tuning, levelling_of
from dragoman.search.candidates import seen_from, weight_of_words
from dragoman.search.languages import read_by
from dragoman.text.detect import detect
from dragoman.text.segment import terms
from dragoman.types import Scored

HERE = Path(__file__).parent
DEPTH = 100
NDCG = metric("ndcg@10")
CATALOGUE = {"en": 1.0}  # every corpus here is in English

Ranking = list[Scored]
Fuse = Callable[[Ranking, Ranking, str], Ranking]
PRIOR = {"en": 0.3}  # what a search expects in an English shop (`understand`)


@dataclass(frozen=True)
class Judged:
    """A corpus with judged queries by language."""

    documents: list[Document]
    queries: Mapping[str, Queries]
    qrels: Qrels


def beir(folder: Path, corpus: Path) -> Judged:
    """Read a BEIR folder with one query file a language."""
    queries = {
        stem(path).removeprefix("queries."): read_queries(path) for path in sorted(folder.glob("queries.*"))
    }
    return Judged(read_corpus(corpus), queries, read_qrels(folder / "qrels.tsv"))


def sister(data: Path) -> Judged:
    """Read our own known-item queries over the corpus of psearch."""
    rows = list(csv.DictReader((HERE / "sister.tsv").open(encoding="utf-8"), delimiter="\t"))
    langs = [name for name in rows[0] if name != "id"]
    queries = {lang: {f"{lang}-{row['id']}": row[lang] for row in rows} for lang in langs}
    qrels = {query: {query.partition("-")[2]: 1} for asked in queries.values() for query in asked}
    return Judged(read_corpus(data / "psearch/corpus.jsonl.gz"), queries, qrels)


def query_category_train(data: Path, *, n: int = 150, seed: int = 1) -> Judged:
    """Draw n real queries a language from the training split; none that the dev split asks too."""
    folder = data / "query_category"
    documents = read_corpus(folder / "corpus.jsonl.gz")
    places = {document.text: document.id for document in documents}
    dev = {
        text.casefold() for path in (folder / "dev").glob("queries.*") for text in read_queries(path).values()
    }
    wanted: dict[str, dict[str, dict[str, int]]] = {}
    with gzip.open(folder / "train_dev.tsv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            text, path = row["query"].strip(), row["category_path"]
            if (
                row["split"] == "train"
                and row["label"] == "1"
                and path in places
                and text.casefold() not in dev
            ):
                wanted.setdefault(row["language"], {}).setdefault(text, {})[places[path]] = 1
    queries: dict[str, Queries] = {}
    qrels: dict[str, dict[str, int]] = {}
    for lang in sorted(wanted):
        drawn = random.Random(seed).sample(sorted(wanted[lang]), n)
        queries[lang] = {f"{lang}-{i}": text for i, text in enumerate(drawn)}
        qrels |= {query: wanted[lang][text] for query, text in queries[lang].items()}
    return Judged(documents, queries, qrels)


class Legs:
    """Both legs of one judged set, ranked exactly and once per query and tuning."""

    def __init__(self, judged: Judged, encoder: Encoder) -> None:
        ids = [document.id for document in judged.documents]
        self._encoder = encoder
        self._vectors = ExactVectors(ids, encoder.encode([d.whole for d in judged.documents], "passage"))
        bags = [document_terms(as_product(document), terms=terms) for document in judged.documents]
        self._terms = ExactTerms(ids, bags)

    def words(self, text: str) -> Ranking:
        """Rank by words."""
        return self._terms.matching([query_terms(terms(text))], DEPTH)[0]

    def dense(self, text: str, tuning: Tuning | None) -> Ranking:
        """Rank by meaning; ``None`` takes the encoder's vector as it is."""
        vector = self._encoder.encode([text], "query")
        if tuning is None:
            return self._vectors.nearest(vector, DEPTH)[0]
        own = read_by(detect(text, prior=PRIOR), CATALOGUE)
        seen = seen_from(vector, own=own, tuning=tuning)
        scale = float(seen.lengths[0])
        return [
            Scored(found.id, scale * found.score) for found in self._vectors.nearest(seen.vectors, DEPTH)[0]
        ]


def calibrate(temperature: float, tuning: Tuning | None) -> Fuse:
    """Return calibrated fusion at one temperature, words weighed by ``tuning`` if given."""

    def fuse(near: Ranking, held: Ranking, text: str) -> Ranking:
        dense, words = ({found.id: found.score for found in leg} for leg in (near, held))
        own = read_by(detect(text, prior=PRIOR), CATALOGUE)
        weight = weight_of_words(own, tuning) if tuning else 1.0
        return calibrated(dense, words, query=query_terms(terms(text)), temperature=weight * temperature)

    return fuse


def ways(tuning: Tuning, dial: bool) -> dict[str, tuple[Tuning | None, Fuse]]:
    """Name the ways to compare; the first is what the others are compared with."""
    fuse = calibrate(tuning.temperature, tuning)
    found: dict[str, tuple[Tuning | None, Fuse]] = {
        "dense": (None, lambda near, held, text: near),
        "words": (None, lambda near, held, text: held),
        "reciprocal": (None, lambda near, held, text: reciprocal([near, held])),
        "calibrated": (None, calibrate(tuning.temperature, None)),
        "levelled dense": (tuning, lambda near, held, text: near),
        "levelled reciprocal": (tuning, lambda near, held, text: reciprocal([near, held])),
        "levelled calibrated": (tuning, fuse),
    }
    if dial:
        found |= {
            f"temperature {t}": (tuning, calibrate(t, tuning))
            for t in (0.0, 0.005, 0.0075, 0.01, 0.0133, 0.02)
        }
        found |= {f"generic {g}": (replace(tuning, generic=g), fuse) for g in (0.0, 0.15, 0.35, 0.5)}
        found |= {f"guard {g}": (replace(tuning, guard=g), fuse) for g in (0.0, 0.5)}
    return found


def report(name: str, judged: Judged, legs: Legs, chosen: Mapping[str, tuple[Tuning | None, Fuse]]) -> None:
    """Print nDCG@10 per language, marked where it differs significantly from dense alone."""
    langs = list(judged.queries)
    print(f"\n### {name}: {len(judged.documents)} documents, nDCG@10 x 100\n")
    print("| way | " + " | ".join(langs) + " | mean |\n|---|" + "---|" * (len(langs) + 1))
    base: dict[str, dict[str, Ranking]] = {}
    for way, (tuning, fuse) in chosen.items():
        cells, means = [], []
        for lang, queries in judged.queries.items():
            own = {query: judged.qrels[query] for query in queries if query in judged.qrels}
            run = {
                q: fuse(legs.dense(queries[q], tuning), legs.words(queries[q]), queries[q])[:DEPTH]
                for q in own
            }
            scores = per_query(run, own, [NDCG])[NDCG.name].values()
            means.append(100 * sum(scores) / len(scores))
            mark = ""
            if lang in base:
                pair = compare(base[lang], run, own, NDCG)
                mark = "*" if pair.p < 0.05 else ""
                mark = f" ({100 * pair.difference.mean:+.1f}{mark})"
            else:
                base[lang] = run
            cells.append(f"{means[-1]:.1f}{mark}")
        print(f"| {way} | " + " | ".join(cells) + f" | {sum(means) / len(means):.1f} |", flush=True)


def pooled(sets: Sequence[tuple[Judged, Legs]], only: Sequence[str]) -> None:
    """Print hybrid against dense over the queries of all sets, in the languages that all of them have.

    Args:
        only: Languages to look at; none is all. Holm's p is over those.
    """
    langs = [lang for lang in sets[0][0].queries if all(lang in judged.queries for judged, _ in sets)]
    langs = [lang for lang in langs if not only or lang in only]
    fuse = calibrate(Tuning().temperature, None)
    pairs: dict[str, Comparison] = {}
    for lang in langs:
        near: dict[str, Ranking] = {}
        merged: dict[str, Ranking] = {}
        own: dict[str, Mapping[str, int]] = {}
        for i, (judged, legs) in enumerate(sets):
            for query, text in judged.queries[lang].items():
                if query in judged.qrels:
                    key = f"{i}.{query}"
                    own[key], near[key] = judged.qrels[query], legs.dense(text, None)
                    merged[key] = fuse(near[key], legs.words(text), text)[:DEPTH]
        pairs[lang] = compare(near, merged, own, NDCG)
    print(
        "\n| lang | n | dense nDCG@10 | hybrid | difference | p | Holm |\n|---|---:|---:|---:|---:|---:|---:|"
    )
    adjusted = holm([pair.p for pair in pairs.values()])
    for (lang, pair), among in zip(pairs.items(), adjusted, strict=True):
        gain = pair.difference
        span = f"{gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]"
        means = f"{pair.n} | {pair.mean_a:.3f} | {pair.mean_b:.3f}"
        print(f"| {lang} | {means} | {span} | {pair.p:.3f} | {among:.3f} |")


def main() -> None:
    """Compare the ways on the sets asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path(Settings().data))
    parser.add_argument("--sets", default="sister,query_category_train,psearch,xepqa,query_category")
    parser.add_argument("--dial", action="store_true", help="also vary the constants")
    parser.add_argument(
        "--pool", action="store_true", help="hybrid against dense, the sets' queries together"
    )
    parser.add_argument("--langs", nargs="*", default=[], help="languages of --pool")
    asked = parser.parse_args()
    plain = open_encoder(Settings())
    encoder = CachedVectors(plain, Path("runs/fusion"))
    tuning = Tuning(levelling=levelling_of(plain, Path("runs/fusion")))
    readers: dict[str, Callable[[], Judged]] = {
        "sister": lambda: sister(asked.data),
        "query_category_train": lambda: query_category_train(asked.data),
        "psearch": lambda: beir(asked.data / "psearch", asked.data / "psearch/corpus.jsonl.gz"),
        "xepqa": lambda: beir(asked.data / "xepqa", asked.data / "xepqa/corpus.jsonl.gz"),
        "query_category": lambda: beir(
            asked.data / "query_category/dev", asked.data / "query_category/corpus.jsonl.gz"
        ),
    }
    found = [(name, readers[name]()) for name in asked.sets.split(",")]
    if asked.pool:
        pooled([(judged, Legs(judged, encoder)) for _, judged in found], asked.langs)
        return
    for name, judged in found:
        report(name, judged, Legs(judged, encoder), ways(tuning, asked.dial))


if __name__ == "__main__":
    main()
