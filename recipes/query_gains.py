"""Makes ``search/data/query_gains.json``: what asking in the catalogue's language gains, by pair.

    python recipes/query_gains.py ../shared/data/query_category/train_dev.tsv.gz [--most 500]

Real queries of shoppers in nine languages against English category paths (the half of `query_category`
that is for training; the dev sets of the benchmarks are never looked at here). Each query is searched
with and without its translation by the search that shoppers use; a pair gains what nDCG@10 gains, and
counts only where the lower end of the 95 % interval of the paired differences is above 0. Where most pairs
gain, ``*-en`` stands for the languages that have no such queries.
"""

import argparse
import gzip
import json
import random
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from dragoman.guide import Guide
from dragoman.measure.beir import Document
from dragoman.measure.intervals import bootstrap
from dragoman.measure.metrics import metric, per_query
from dragoman.measure.rankers import as_product
from dragoman.measure.vectors import CachedVectors
from dragoman.opening import crossing_of, desk_of, open_encoder, open_index, tuning_of
from dragoman.rank.represent import document_terms
from dragoman.settings import configure, rates_of
from dragoman.text.segment import terms
from dragoman.types import Listing, Query, Scored

OUT = Path(__file__).parents[1] / "src/dragoman/search/data/query_gains.json"
DEPTH = 50


def main() -> None:
    """Measure the translator of the settings and write what it gains."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("queries")
    parser.add_argument("--most", type=int, default=500)
    parser.add_argument("--config", default="")
    args = parser.parse_args()
    settings = replace(configure(args.config).settings, query_translation="all", reranker="none")
    with gzip.open(args.queries, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    paths = sorted({row[3] for row in rows})
    right: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        if row[5] == "train" and row[4] == "1":
            right[row[1]][row[2]].add(row[3])
    desk = desk_of(replace(settings, index="memory"))
    with tempfile.TemporaryDirectory() as folder:
        encoder = CachedVectors(open_encoder(settings), Path(settings.home).expanduser() / "vectors")
        index = open_index(replace(settings, index="edge", shop=f"{folder}/shop"), encoder)
        documents = [Document(path, "", path) for path in paths]
        listings = [Listing(as_product(document, "en")) for document in documents]
        vectors = encoder.encode([document.whole for document in documents], "passage")
        index.put(listings, vectors, [document_terms(one.product, terms=terms) for one in listings])
        tuning = replace(tuning_of(settings, encoder), diversity=0.0)
        plain = Guide(encoder=encoder, index=index, rates=rates_of(settings), tuning=tuning)
        crossing = replace(tuning, crossing=crossing_of(settings, desk))
        gains = {}
        for lang in sorted(set(right) - {"en"}):
            asked = random.Random(0).sample(sorted(right[lang]), min(args.most, len(right[lang])))
            qrels = {text: dict.fromkeys(right[lang][text], 1) for text in asked}
            ndcg = [
                per_query(run(guide, asked, lang), qrels, [metric("ndcg@10")])["ndcg@10"]
                for guide in (plain, replace(plain, tuning=crossing))
            ]
            told = bootstrap([ndcg[1][text] - ndcg[0][text] for text in asked], seed=0)
            print(
                f"{lang}-en n={len(asked)} gain {told.mean:+.4f} [{told.low:+.4f}, {told.high:+.4f}]",
                flush=True,
            )
            gains[f"{lang}-en"] = round(told.mean if told.low > 0 else min(told.mean, 0.0), 4)
        index.close()
    if 2 * sum(gain > 0.0 for gain in gains.values()) > len(gains):  # what those without queries may expect
        gains["*-en"] = round(sum(gains.values()) / len(gains), 4)
    held = json.loads(OUT.read_text(encoding="utf-8"))
    OUT.write_text(json.dumps(held | {desk.engine: gains}, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def run(guide: Guide, asked: list[str], lang: str) -> dict[str, list[Scored]]:
    """Return the hits of each query."""
    return {
        text: [
            Scored(hit.product.id, float(DEPTH - place))
            for place, hit in enumerate(guide.search(Query(text, langs=(lang,), k=DEPTH)).hits)
        ]
        for text in asked
    }


if __name__ == "__main__":
    main()
