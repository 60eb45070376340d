"""Search end to end, from text to shown hits, at any catalogue size.

    python bench/search.py --products 100000 --data ../shared/data [--encode 4000] [--processes 2]

Prints ingest rate, query latency (cold query cache: every query is new), queries per second over worker
processes that share the index folder (one owns it and answers the others), memory and disk per product.
With ``--encode N`` the first N products go through ingest, encoder and all, which gives the ingest rate;
the others are put into the index with vectors of the first 2,000, repeated with small noise, as
`bench/stack.py` does: what a query costs does not depend on which vectors are stored. `bench/stack.py`
times the stack a user would assemble today on the same catalogue and queries.
"""

import argparse
import json
import logging
import multiprocessing
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from corpus import products, queries, write
from footprint import folder_bytes, resident_mb
from index import listing
from stack import filled

from dragoman import Query, Settings, open_guide
from dragoman.guide import Guide
from dragoman.rank.represent import document_terms, passage_text
from dragoman.text.segment import terms

RUNS = Path("runs/bench")


def latencies(settings: Settings, texts: list[str]) -> list[float]:
    """Return the milliseconds of each query, one after another, text to shown hits."""
    guide = open_guide(settings)
    for text in texts[:20]:
        guide.search(Query(text, langs=("en",), k=10))
    spent = []
    for text in texts[20:]:
        started = time.perf_counter()
        guide.search(Query(text, langs=("en",), market="", k=10))
        spent.append((time.perf_counter() - started) * 1000)
    guide.close()
    return spent


def _work(job: tuple[Settings, list[str], float]) -> int:
    settings, texts, seconds = job
    guide = open_guide(settings)
    for text in texts[:10]:
        guide.search(Query(text, langs=("en",), k=10))
    done, stop = 0, time.perf_counter() + seconds
    for text in texts[10:]:
        guide.search(Query(text, langs=("en",), k=10))
        done += 1
        if time.perf_counter() > stop:
            break
    guide.close()
    return done


def throughput(settings: Settings, texts: list[str], processes: int, seconds: float) -> float:
    """Return queries per second of processes that share the folder as the workers of a server do."""
    share = len(texts) // processes
    jobs = [(settings, texts[i * share : (i + 1) * share], seconds) for i in range(processes)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        done = sum(pool.map(_work, jobs, chunksize=1))
    return done / seconds


def fill(guide: Guide, n: int, start: int, data: Path) -> None:
    """Put products from number ``start`` to n beside those ingested."""
    shop = [listing(row) for row in products(n, data)]
    taught = [passage_text(one.product, budget=24) for one in shop[:2_000]]
    rows = filled(guide.encoder.encode(taught, "passage"), n)
    for at in range(start, n, 500):
        some = shop[at : at + 500]
        bags = [document_terms(one.product, terms=terms) for one in some]
        guide.index.put(some, rows[at : at + 500], bags)


def main() -> None:
    """Run the benchmark and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--encode", type=int, default=0, help="products that are ingested; 0 is all")
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=20.0)
    chosen = parser.parse_args()
    logging.basicConfig(level="WARNING")
    RUNS.mkdir(parents=True, exist_ok=True)
    ingested = min(chosen.encode or chosen.products, chosen.products)
    feed = RUNS / f"catalogue-{ingested}.jsonl"
    if not feed.exists():
        write(feed, ingested, chosen.data)
    settings = Settings(shop=str(RUNS / f"shop-{chosen.products}"), query_cache=0)
    before = resident_mb()
    guide = open_guide(replace(settings, threads=os.cpu_count() or 1))  # as `dragoman ingest` does
    started = time.perf_counter()
    report = guide.ingest([feed])
    ingest_s = time.perf_counter() - started
    if report.added:
        fill(guide, chosen.products, ingested, chosen.data)
    started = time.perf_counter()
    guide.index.upkeep()
    upkeep_s = time.perf_counter() - started
    guide.close()
    texts = queries(20 + chosen.queries, chosen.data)
    spent = np.array(latencies(settings, texts))
    both = np.array(latencies(replace(settings, threads=os.cpu_count() or 1), texts))
    many = queries(40_000 if chosen.seconds > 5 else 4_000, chosen.data, seed=12)
    per_s = throughput(settings, many, chosen.processes, chosen.seconds)
    figures = {
        "products": chosen.products,
        "ingested": report.added + report.changed,
        "ingest_per_s": round((report.added + report.changed) / ingest_s, 1) if report.added else None,
        "upkeep_s": round(upkeep_s, 1),
        "p50_ms": round(float(np.percentile(spent, 50)), 2),
        "p99_ms": round(float(np.percentile(spent, 99)), 2),
        "p50_ms_all_cores": round(float(np.percentile(both, 50)), 2),
        "p99_ms_all_cores": round(float(np.percentile(both, 99)), 2),
        "queries_per_s": round(per_s, 1),
        "resident_mb": round(resident_mb() - before, 1),
        "disk_bytes_per_product": round(folder_bytes(Path(settings.shop)) / chosen.products),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
