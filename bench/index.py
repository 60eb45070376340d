"""The index alone, beside exact search: build, search, filter, upsert, reopen, memory and disk.

    python bench/index.py --products 100000 --data ../shared/data [--vectors runs/bench/vectors.npy]

Without ``--vectors`` (a float32 array, one row a product; ``--encode`` makes it in hours) the vectors
are synthetic: normals around 2,000 centres, of 48 strong and 336 weak directions. Recall on them says little
about real ones, so the report names which were used.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from corpus import products, queries
from footprint import folder_bytes, resident_mb
from numpy.typing import NDArray

from dragoman.backends.indexes.edge import EdgeIndex
from dragoman.ports import Index
from dragoman.rank.represent import document_terms, passage_text, query_terms
from dragoman.text.segment import terms
from dragoman.types import Fact, Filter, Listing, Money, Offer, PriceRange, Product, Text

Array = NDArray[np.float32]
BATCH = 500


def listing(row: dict[str, object]) -> Listing:
    """Turn a row of the benchmark's catalogue into a listing: the reader of feeds is not measured here."""
    lang = str(row["lang"])
    offers = tuple(
        Offer(
            o["market"], Money(o["price"]["amount"], o["price"]["currency"]), availability=o["availability"]
        )
        for o in row["offers"]
    )
    facts = tuple(Fact(name, value) for name, value in row["facts"].items())
    product = Product(
        str(row["id"]),
        (Text(str(row["title"]), lang),),
        (Text(str(row["description"]), lang),),
        brand=str(row["brand"]),
        category=str(row["category"]),
        facts=facts,
        offers=offers,
        seller=str(row["seller"]),
    )
    return Listing(product, (), f"digest-{row['id']}")


def synthetic(n: int, dim: int, seed: int) -> Array:
    """Return n unit rows around 2,000 centres."""
    draw = np.random.default_rng(seed)
    scale = np.concatenate([np.full(48, 1.0), np.full(dim - 48, 0.15)]).astype("f4")
    centres = np.random.default_rng(1).standard_normal((2000, dim)).astype("f4") * scale
    rows = centres[draw.integers(0, 2000, n)] + 0.6 * draw.standard_normal((n, dim)).astype("f4") * scale
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def encoded(path: Path, shop: list[Listing], asked: list[str]) -> None:
    """Write the vectors of the products and, beside them, of the queries."""
    from dragoman.backends.encoders.folder import FolderEncoder

    encoder = FolderEncoder()
    texts = [passage_text(one.product, budget=24) for one in shop]
    rows = [encoder.encode(texts[i : i + 512], "passage") for i in range(0, len(texts), 512)]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, np.concatenate(rows))
    np.save(path.with_suffix(".queries.npy"), encoder.encode(asked, "query"))


def spent(call: Callable[[], object]) -> float:
    """Return the milliseconds a call takes."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def percentiles(times: list[float]) -> dict[str, float]:
    """Return median and 99th percentile, in milliseconds."""
    return {
        "p50_ms": round(float(np.percentile(times, 50)), 3),
        "p99_ms": round(float(np.percentile(times, 99)), 3),
    }


def exact(rows: Array, asked: Array, kept: NDArray[np.intp], k: int = 10) -> list[set[int]]:
    """Return the k nearest rows of each query among those kept, by a full matrix product."""
    best = np.argpartition(-(asked @ rows[kept].T), k, axis=1)[:, :k]
    return [set(kept[row].tolist()) for row in best]


def recall(found: list[set[int]], truth: list[set[int]]) -> float:
    """Return the mean share of the true ten that were found."""
    return round(float(np.mean([len(f & t) / len(t) for f, t in zip(found, truth, strict=True)])), 4)


def build(index: Index, shop: list[Listing], rows: Array) -> dict[str, float]:
    """Put everything, then do the upkeep; report both."""
    bags = [document_terms(one.product, terms=terms) for one in shop]
    times = [
        spent(lambda a=a: index.put(shop[a : a + BATCH], rows[a : a + BATCH], bags[a : a + BATCH]))
        for a in range(0, len(shop), BATCH)
    ]
    before = [spent(lambda r=row: index.nearest(r[None], 10, Filter())) for row in rows[:100]]
    during, upkeep_s = upkept(index, rows)
    return {
        "put_products_per_s": round(1000 * len(shop) / sum(times)),
        "put_500_p50_ms": round(float(np.median(times)), 1),
        "search_before_upkeep": percentiles(before),
        "search_during_upkeep": percentiles(during),
        "longest_pause_ms": round(max(during)),
        "upkeep_s": round(upkeep_s, 1),
    }


def upkept(index: Index, rows: Array) -> tuple[list[float], float]:
    """Do the upkeep; return the milliseconds of searches meanwhile, and the seconds it took."""
    spent_on_it: list[float] = []
    thread = threading.Thread(target=lambda: spent_on_it.append(spent(index.upkeep) / 1000))
    thread.start()
    during = []
    while thread.is_alive():
        during.append(spent(lambda: index.nearest(rows[:1], 10, Filter())))
        time.sleep(0.02)
    thread.join()
    return during, spent_on_it[0]


FILTERS: dict[str, Filter] = {
    "all": Filter(),
    "seller_half_percent": Filter(sellers=("seller-7",)),
    "sellers_10_percent": Filter(sellers=tuple(f"seller-{i}" for i in range(20))),
    "market_price": Filter(market="DE", availability=("in_stock",), prices=(PriceRange("EUR", 1000, 5000),)),
    "two_currencies": Filter(prices=(PriceRange("EUR", 1000, 5000), PriceRange("USD", 1100, 5500))),
}


def searching(
    index: Index, shop: list[Listing], rows: Array, asked: list[str], vectors: Array, where: Filter
) -> dict[str, object]:
    """Time both ways of finding under a filter; compare dense answers with exact ones."""
    number = {one.product.id: i for i, one in enumerate(shop)}
    bags = [query_terms(terms(text)) for text in asked]
    found: list[set[int]] = []
    dense = [
        spent(lambda r=row: found.append({number[s.id] for s in index.nearest(r[None], 10, where)[0]}))
        for row in vectors
    ]
    # What passes is asked of the index itself, whose filters the contract checks.
    kept = np.array([number[s.id] for s in index.nearest(vectors[:1], len(shop), where)[0]], dtype=np.intp)
    return {
        "share": round(len(kept) / len(shop), 4),
        "recall@10": recall(found, exact(rows, vectors, kept)),
        "nearest_10": percentiles(dense),
        "nearest_100": percentiles(
            [spent(lambda r=row: index.nearest(r[None], 100, where)) for row in vectors[:200]]
        ),
        "matching_100": percentiles([spent(lambda b=bag: index.matching([b], 100, where)) for bag in bags]),
    }


def looking(index: Index, shop: list[Listing], asked: list[str]) -> dict[str, object]:
    """Time what surrounds a search: products, facets of a pool and of the whole shop, spellings, ids."""
    draw = random.Random(3)
    pools = [tuple(one.product.id for one in draw.sample(shop, 300)) for _ in range(30)]
    names = ("brand", "category", "availability", "market")
    slipped = [word[:2] + word[3:] for text in asked for word in terms(text) if len(word) > 5][:50]
    first = spent(lambda: index.spellings(slipped[:1], 3))
    return {
        "get_20": percentiles([spent(lambda p=pool: index.get(p[:20])) for pool in pools]),
        "digests_300": percentiles([spent(lambda p=pool: index.digests(p)) for pool in pools]),
        "facets_of_300": percentiles(
            [spent(lambda p=pool: index.facets(names, Filter(ids=p), 20)) for pool in pools]
        ),
        "facets_of_all": percentiles([spent(lambda: index.facets(names, Filter(), 20)) for _ in range(5)]),
        "fact_facet_of_all": percentiles(
            [spent(lambda: index.facets(["fact:Style"], Filter(), 20)) for _ in range(5)]
        ),
        "ids_1000": percentiles([spent(lambda p=pool: index.ids(p[0], 1000)) for pool in pools]),
        "spellings_first_ms": round(first, 1),
        "spellings_1": percentiles([spent(lambda w=word: index.spellings([w], 3)) for word in slipped]),
        "len": percentiles([spent(lambda: len(index)) for _ in range(5)]),
    }


def upserting(index: Index, shop: list[Listing], rows: Array, vectors: Array) -> dict[str, object]:
    """Replace 1,000 products while another thread searches; then see what searches cost before upkeep."""
    some, stop, during = shop[:1000], threading.Event(), []

    def search() -> None:
        while not stop.is_set():
            during.append(spent(lambda: index.nearest(vectors[:1], 10, Filter())))

    bags = [document_terms(one.product, terms=terms) for one in some]
    thread = threading.Thread(target=search)
    thread.start()
    took = spent(
        lambda: [
            index.put(some[a : a + 100], rows[a : a + 100], bags[a : a + 100]) for a in range(0, 1000, 100)
        ]
    )
    stop.set()
    thread.join()
    after = [spent(lambda r=row: index.nearest(r[None], 10, Filter())) for row in vectors[:200]]
    return {
        "replace_1000_ms": round(took),
        "search_during": percentiles(during),
        "search_after": percentiles(after),
    }


def reopened(folder: Path) -> dict[str, float]:
    """Open the folder in a fresh process, as a server would; report the time and its memory."""
    command = [sys.executable, __file__, "--reopen", "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def reopen(folder: Path) -> dict[str, float]:
    """Open a folder and search it 200 times both ways."""
    before, started = resident_mb(), time.perf_counter()
    index = EdgeIndex(folder)
    opened = time.perf_counter() - started
    for row in synthetic(200, index.dim, seed=5):
        index.nearest(row[None], 10, Filter())
        index.matching([{"shoe": 1.0, "leather": 1.0}], 100, Filter())
    return {"open_s": round(opened, 2), "resident_mb": round(resident_mb() - before, 1)}


def main() -> None:
    """Run and print one JSON report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=384)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folder", type=Path, default=Path("runs/bench/index"))
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--encode", action="store_true")
    parser.add_argument("--reopen", action="store_true", help=argparse.SUPPRESS)
    asked_for = parser.parse_args()
    if asked_for.reopen:
        print(json.dumps(reopen(asked_for.folder)))
        return

    shop = [listing(row) for row in products(asked_for.products, asked_for.data)]
    asked = queries(500, asked_for.data)
    if asked_for.encode:
        encoded(asked_for.vectors, shop, asked)
    real = asked_for.vectors is not None
    rows = np.load(asked_for.vectors)[: len(shop)] if real else synthetic(len(shop), asked_for.dim, seed=2)
    vectors = (
        np.load(asked_for.vectors.with_suffix(".queries.npy"))
        if real
        else synthetic(500, asked_for.dim, seed=3)
    )

    shutil.rmtree(asked_for.folder, ignore_errors=True)
    index = EdgeIndex(asked_for.folder, dim=rows.shape[1], upkeep_after=0)
    told(
        "setting",
        {"products": len(shop), "vectors": "real" if real else "synthetic", "cores": os.cpu_count()},
    )
    told("build", build(index, shop, rows))
    for name, where in FILTERS.items():
        told(f"searching {name}", searching(index, shop, rows, asked, vectors[:500], where))
    told("looking", looking(index, shop, asked))
    told("upserting", upserting(index, shop, rows, vectors))
    index.upkeep()
    index.close()
    told("reopened", reopened(asked_for.folder))
    told("disk_kb_per_product", round(folder_bytes(asked_for.folder) / 1e3 / len(shop), 2))


def told(name: str, figures: object) -> None:
    """Print one line of the report as soon as it is known."""
    print(json.dumps({name: figures}), flush=True)


if __name__ == "__main__":
    main()
