"""Titles translated at ingest beside queries translated when asked, and vectors alone: nDCG@10 on `psearch`.

    python bench/expansion.py --langs de,es,fr,ja,ko [--data ../shared/data]

One index a way: the catalogue as it is, and with the words of its titles in all these languages, where the
pair is good enough to show. Gains are over neither, with 95 % intervals over the queries of all languages.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dragoman.catalog.expand import expanded
from dragoman.guide import Guide
from dragoman.measure.beir import Document, read_corpus, read_qrels, read_queries
from dragoman.measure.intervals import bootstrap
from dragoman.measure.metrics import metric, per_query
from dragoman.measure.rankers import as_product, dense_ranker
from dragoman.measure.retrieval import Asked
from dragoman.measure.vectors import CachedVectors
from dragoman.opening import crossing_of, desk_of, expansion_of, open_encoder, open_index, tuning_of
from dragoman.rank.represent import document_terms
from dragoman.settings import Settings, configure, rates_of
from dragoman.text.segment import terms
from dragoman.types import Listing, Query, Scored

WAYS = ("vectors alone", "neither", "titles at ingest", "queries")


def guide_of(settings: Settings, documents: Sequence[Document], *, crosses: bool) -> Guide:
    encoder = CachedVectors(open_encoder(settings), Path(settings.home).expanduser() / "vectors")
    desk = desk_of(replace(settings, index="memory"))
    index = open_index(settings, encoder)
    listings = [Listing(as_product(one, "en")) for one in documents]
    vectors = encoder.encode([one.whole for one in documents], "passage")
    bags = [document_terms(one.product, terms=terms) for one in listings]
    expanded(index, expansion_of(settings, desk)).put(listings, vectors, bags)
    tuning = replace(tuning_of(settings, encoder), diversity=0.0)
    crossing = crossing_of(settings, desk) if crosses else None
    return Guide(
        encoder=encoder, index=index, rates=rates_of(settings), tuning=replace(tuning, crossing=crossing)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--langs", default="ar,de,es,fr,hi,it,ja,ko,pl,pt,ru,zh")
    chosen = parser.parse_args()
    langs = tuple(chosen.langs.split(","))
    folder = chosen.data / "psearch"
    documents = read_corpus(folder / "corpus.jsonl.gz")
    qrels = read_qrels(folder / "qrels.tsv")
    settings = replace(configure().settings, query_translation="gated", reranker="none")
    with tempfile.TemporaryDirectory() as home:
        guides = {}
        for way, langs_in, crosses in ((WAYS[1], (), False), (WAYS[2], langs, False), (WAYS[3], (), True)):
            own = replace(settings, index="edge", shop=str(Path(home) / way), expand=langs_in)
            guides[way] = guide_of(own, documents, crosses=crosses)
        dense = dense_ranker(documents, encoder=guides[WAYS[1]].encoder, k=10)
        print(f"| language | {' | '.join(WAYS)} |\n|---{'|---' * len(WAYS)}|")
        gains: dict[str, list[float]] = {way: [] for way in WAYS[2:]}
        for lang in langs:
            queries = read_queries(folder / f"queries.{lang}.jsonl")
            found = {
                WAYS[0]: dict(zip(queries, dense([Asked(one) for one in queries.values()]), strict=True))
            }
            for way, guide in guides.items():
                found[way] = {
                    key: [
                        Scored(hit.product.id, -float(place))
                        for place, hit in enumerate(guide.search(Query(text, langs=(lang,), k=10)).hits)
                    ]
                    for key, text in queries.items()
                }
            ndcg = {way: per_query(run, qrels, [metric("ndcg@10")])["ndcg@10"] for way, run in found.items()}
            means = [sum(ndcg[way][key] for key in queries) / len(queries) for way in WAYS]
            print(f"| {lang} | {' | '.join(f'{one:.3f}' for one in means)} |", flush=True)
            for way in gains:
                gains[way] += [ndcg[way][key] - ndcg[WAYS[1]][key] for key in queries]
        for way, every in gains.items():
            told = bootstrap(every, seed=0)
            print(f"{way}, {len(every)} queries: {told.mean:+.4f} [{told.low:+.4f}, {told.high:+.4f}]")
        for guide in guides.values():
            guide.index.close()


if __name__ == "__main__":
    main()
