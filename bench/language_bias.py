"""Does the search prefer documents in the query's language to better ones in another?

    python bench/language_bias.py [--data ../shared/data] [--english 0.1]

The pool: 1,500 kinds of product of the Shopify taxonomy, each named once, in one of ten languages
drawn at random, so that the document a query wants is mostly in another language than the query,
among documents in its own. None is among the names that levelling is measured on. Queries: 200 of
these kinds, in each of the ten languages. Dense and hybrid, with the guard off and on; measures of
`dragoman.measure.bias`.
"""

import argparse
import csv
import gzip
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from dragoman import Settings
from dragoman.measure.bias import crowding, language_bias
from dragoman.measure.bm25 import ExactTerms
from dragoman.measure.exact import ExactVectors
from dragoman.measure.intervals import bootstrap
from dragoman.measure.metrics import metric, per_query
from dragoman.measure.vectors import CachedVectors
from dragoman.opening import open_encoder
from dragoman.ports import Encoder
from dragoman.rank.fuse import calibrated
from dragoman.rank.represent import document_terms, query_terms
from dragoman.search import Tuning, levelling_of
from dragoman.search.candidates import seen_from, weight_of_words
from dragoman.search.languages import read_by
from dragoman.text.detect import detect
from dragoman.text.segment import terms
from dragoman.types import Product, Scored, Text

LANGS = {
    "en": "en",
    "de": "de",
    "es": "es",
    "fr": "fr",
    "pl": "pl",
    "ja": "ja",
    "ko": "ko",
    "zh-CN": "zh-Hans",
    "th": "th",
    "vi": "vi",
}
KINDS, ASKED, DEPTH, K = 1_500, 200, 2_000, 10
MRR = metric(f"mrr@{K}")


def kinds(data: Path) -> list[Mapping[str, str]]:
    """Read the names of products, without those that levelling is measured on."""
    probes = Path("src/dragoman/search/data/parallel.tsv").read_text(encoding="utf-8").casefold()
    with gzip.open(data / "shopify_taxonomy/wide.tsv.gz", "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    named = [row for row in rows if row["kind"] == "category" and all(row[lang] for lang in LANGS)]
    return [row for row in named if f"\n{row['en'].casefold()}\t" not in probes]


class Pool:
    """One draw of languages for the documents, and both legs over it."""

    def __init__(self, names: list[Mapping[str, str]], share: float, encoder: Encoder, seed: int) -> None:
        rng = np.random.default_rng(seed)
        columns = list(LANGS)
        odds = [share, *[(1.0 - share) / (len(columns) - 1)] * (len(columns) - 1)]
        self.langs = {f"d{i:04d}": columns[rng.choice(len(columns), p=odds)] for i in range(len(names))}
        self.texts = {id: name[self.langs[id]] for id, name in zip(self.langs, names, strict=True)}
        self.shares = {LANGS[lang]: list(self.langs.values()).count(lang) / len(names) for lang in columns}
        self._vectors = ExactVectors(list(self.texts), encoder.encode(list(self.texts.values()), "passage"))
        products = [Product(id, (Text(text, LANGS[self.langs[id]]),)) for id, text in self.texts.items()]
        self._terms = ExactTerms(list(self.texts), [document_terms(p, terms=terms) for p in products])
        self._encoder = encoder

    def rank(self, text: str, *, tuning: Tuning, hybrid: bool) -> list[Scored]:
        """Rank the pool as the search does."""
        own = read_by(detect(text, prior={lang: 0.03 for lang in self.shares}), self.shares)
        seen = seen_from(self._encoder.encode([text], "query"), own=own, tuning=tuning)
        scale = float(seen.lengths[0])
        near = [Scored(f.id, scale * f.score) for f in self._vectors.nearest(seen.vectors, DEPTH)[0]]
        if not hybrid:
            return near
        bag = query_terms(terms(text))
        held = {found.id: found.score for found in self._terms.matching([bag], 100)[0]}
        return calibrated(
            {found.id: found.score for found in near},
            held,
            query=bag,
            temperature=weight_of_words(own, tuning) * tuning.temperature,
        )


def main() -> None:
    """Print the bias of each way of searching."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path(Settings().data))
    parser.add_argument("--english", type=float, default=0.1, help="share of the pool in English")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    plain = open_encoder(Settings())
    encoder = CachedVectors(plain, Path("runs/fusion"))
    on = Tuning(levelling=levelling_of(plain, Path("runs/fusion")))
    rng = np.random.default_rng(asked.seed)
    named = kinds(asked.data)
    names = [named[i] for i in rng.choice(len(named), KINDS, replace=False)]
    pool = Pool(names, asked.english, encoder, asked.seed)
    queries = {f"{lang}-{i}": names[i][lang] for lang in LANGS for i in range(ASKED)}
    encoder.encode(list(queries.values()), "query")
    print(
        "| way | MRR@10, wanted document in another language | own-language share of the first 10 |", end=""
    )
    print(" excess | crowding: MRR@10 lost to own-language documents |\n|---|---|---|---|---|")
    off = replace(on, levelling=None, guard=0.0, doubt=0.0)
    ways = {"off": off, "on": on, "full": replace(on, guard=1.0, generic=0.25)}
    for guard, tuning in ways.items():
        show(f"dense, guard {guard}", pool, queries, partial(pool.rank, tuning=tuning, hybrid=False))
        show(f"hybrid, guard {guard}", pool, queries, partial(pool.rank, tuning=tuning, hybrid=True))


def show(way: str, pool: Pool, queries: Mapping[str, str], rank: Callable[[str], list[Scored]]) -> None:
    """Print one way's figures, over the queries whose document is in another language."""
    spoken = {query: query.rpartition("-")[0] for query in queries}
    qrels = {query: {f"d{int(query.rpartition('-')[2]):04d}": 1} for query in queries}
    foreign = {
        query: wanted for query, wanted in qrels.items() if pool.langs[next(iter(wanted))] != spoken[query]
    }
    runs = {query: rank(queries[query]) for query in foreign}
    others = {q: [found for found in run if pool.langs[found.id] != spoken[q]] for q, run in runs.items()}
    found = bootstrap(list(per_query(runs, foreign, [MRR])[MRR.name].values()), seed=0)
    shares = [sum(pool.langs[hit.id] == spoken[q] for hit in run[:K]) / K for q, run in runs.items()]
    own = bootstrap(shares, seed=0)
    bias = language_bias(runs, foreign, query_langs=spoken, document_langs=pool.langs, k=K).excess
    lost = crowding(others, runs, foreign, MRR).difference
    cells = (f"{i.mean:.3f} [{i.low:.3f}, {i.high:.3f}]" for i in (found, own, bias, lost))
    print(f"| {way} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
