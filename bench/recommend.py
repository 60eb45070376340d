"""How long a recommendation takes at 100,000 products and 100,000 shoppers, and how soon an event counts.

    python bench/recommend.py --products 100000 --shoppers 100000 --data ../shared/data

The products are those of `bench/corpus.py` with synthetic vectors, near each other within a category; each
shopper looked at, carted and bought some of one to three categories, the popular ones more often. All of
it is drawn by a seed and good for timing only. No words are encoded: a shopper's last search costs one
query vector more, which the search before has mostly made already. Prints JSON.
"""

import argparse
import json
import random
import shutil
import threading
import time
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from corpus import products
from index import listing

from dragoman.backends.indexes.edge import EdgeIndex
from dragoman.backends.journals.sqlite import SqliteJournal
from dragoman.ports import Index
from dragoman.recommend import Audience, Dials, Moment, audience, recommend, survey_of
from dragoman.search import shown
from dragoman.testing.encoders import HashEncoder
from dragoman.types import Event, EventKind, Product, Query

RUNS = Path("runs/bench")
DIM = 384
NOW = 1_780_000_000.0
ENCODER = HashEncoder(dim=DIM)
MARKETS = ("US", "DE", "FR", "JP", "GB", "BR", "TH", "KR")
KINDS: tuple[EventKind, ...] = ("view", "view", "view", "view", "click", "cart", "like", "buy")


def fill(index: Index, n: int, data: Path) -> None:
    """Put n products whose vectors lie around the centre of their category."""
    draw = np.random.default_rng(3)
    offset = draw.standard_normal(DIM).astype("f4") * 1.2  # real encoders put all in one corner
    centres: dict[str, np.ndarray] = {}
    batch = []
    for row in products(n, data):
        batch.append(listing(row))
        if len(batch) == 500:
            put(index, batch, centres, offset, draw)
            batch = []
    if batch:
        put(index, batch, centres, offset, draw)


def put(index: Index, batch: list, centres: dict, offset: np.ndarray, draw: np.random.Generator) -> None:
    """Put one batch."""
    rows = []
    for one in batch:
        category = one.product.category
        if category not in centres:
            centres[category] = draw.standard_normal(DIM).astype("f4")
        rows.append(offset + centres[category] + 0.6 * draw.standard_normal(DIM).astype("f4"))
    vectors = np.array(rows, dtype="f4")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index.put(batch, vectors, [{"word": 1.0}] * len(batch))


def deeds(shoppers: int, by_category: list[list[str]]) -> Iterator[Event]:
    """Yield what the shoppers did, about a dozen deeds each."""
    draw = random.Random(5)
    weights = np.cumsum([1.0 / (place + 1) for place in range(len(by_category))]).tolist()
    for number in range(shoppers):
        market = draw.choice(MARKETS)
        interests = [
            by_category[bisect(weights, draw.random() * weights[-1])] for _ in range(draw.randint(1, 3))
        ]
        for step in range(draw.randint(3, 24)):
            inside = draw.choice(interests)
            product = inside[min(int(draw.paretovariate(1.0)) - 1, len(inside) - 1)]
            at = NOW - draw.random() ** 2 * 30 * 86_400
            yield Event(
                f"{number}-{step}", f"s{number}", draw.choice(KINDS), at, product, market=market, lang="en"
            )


def record(journal: SqliteJournal, shoppers: int, index: Index) -> None:
    """Fill the journal."""
    held: dict[str, list[str]] = {}
    after = ""
    while ids := index.ids(after, 2_000):
        for product in index.get(ids):
            held.setdefault(product.category, []).append(product.id)
        after = ids[-1]
    batch = []
    for event in deeds(shoppers, [held[name] for name in sorted(held)]):
        batch.append(event)
        if len(batch) == 5_000:
            journal.record(batch)
            batch = []
    journal.record(batch)


@dataclass(frozen=True)
class Spent:
    """Milliseconds on the clock and of the processor."""

    wall: float
    cpu: float


def asked(
    who: Audience, index: Index, query: Query, now: float, kind: str = "for_you"
) -> tuple[list[str], Spent]:
    """Return the ids of one page and the milliseconds it took, waiting and working."""
    moment = Moment(now, dials=Dials())
    started, worked = time.perf_counter(), time.thread_time()
    found = recommend(query, kind, index=index, encoder=ENCODER, audience=who, moment=moment, show=shown)
    spent = Spent((time.perf_counter() - started) * 1000, (time.thread_time() - worked) * 1000)
    return [hit.product.id for hit in found.hits], spent


def percentiles(spent: list[Spent]) -> dict[str, float]:
    """Return median and tail, in milliseconds: on the clock, and of the processor, which is not shared."""
    return {
        f"{name}p{p}_ms": round(float(np.percentile([getattr(one, field) for one in spent], p)), 2)
        for name, field in (("", "wall"), ("cpu_", "cpu"))
        for p in (50, 99)
    }


def main() -> None:
    """Run the benchmark and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--shoppers", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=1_500)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument(
        "--shop", type=Path, default=None, help="an index that is there, of `bench/search.py`"
    )
    parser.add_argument("--fresh", action="store_true", help="make shop and journal anew")
    chosen = parser.parse_args()
    folder = chosen.shop or RUNS / f"recommend-{chosen.products}"
    if chosen.fresh and not chosen.shop:
        shutil.rmtree(folder, ignore_errors=True)
    index = EdgeIndex(folder, dim=DIM, upkeep_after=0)
    if not len(index):
        fill(index, chosen.products, chosen.data)
        index.upkeep()
    journal = SqliteJournal(RUNS / f"recommend-{chosen.shoppers}.db")
    if not len(journal):
        record(journal, chosen.shoppers, index)
    who = audience(journal)
    started = time.perf_counter()
    who.follower.catch_up(NOW)
    read_s = time.perf_counter() - started
    survey_of(index)
    for thread in threading.enumerate():  # of a large catalogue the survey is made in the background
        if thread.name == "survey":
            thread.join()
    draw = random.Random(9)
    names = [f"s{draw.randrange(chosen.shoppers)}" for _ in range(chosen.requests + 100)]
    queries = [Query("", langs=("en",), shopper=name, k=12, market="") for name in names]
    for query in queries[:100]:
        asked(who, index, query, NOW)
    found: dict[str, object] = {
        "products": len(index),
        "events": len(journal),
        "crowd_read_s": round(read_s, 1),
    }
    found["for_you"] = percentiles([asked(who, index, query, NOW)[1] for query in queries[100:]])
    with_market = [Query("", langs=("en",), shopper=query.shopper, k=12, market="DE") for query in queries]
    found["for_you, market DE"] = percentiles([asked(who, index, one, NOW)[1] for one in with_market[100:]])
    ids = index.ids("", 2_000)
    about = [Query("", langs=("en",), about=(id_,), k=12) for id_ in draw.sample(ids, 300)]
    found["similar, nobody"] = percentiles([asked(who, index, one, NOW, "similar")[1] for one in about])
    found["trending"] = percentiles([asked(who, index, one, NOW, "trending")[1] for one in with_market[:200]])
    found["event to changed page, ms"] = changed(who, index, journal)
    print(json.dumps(found, indent=2))
    journal.close()
    index.close()


def changed(who: Audience, index: Index, journal: SqliteJournal) -> dict[str, float]:
    """Return how long it takes from a new shopper's first event, told, to a page that follows from it."""
    spent = []
    products: list[Product] = index.get(index.ids("", 50))
    for place, product in enumerate(products):
        name = f"new-{time.time_ns()}-{place}"
        query = Query("", langs=("en",), shopper=name, k=12)
        before, _ = asked(who, index, query, NOW)
        started, worked = time.perf_counter(), time.thread_time()
        journal.record([Event(f"{name}-1", name, "view", NOW, product.id)])
        after, _ = asked(who, index, query, NOW)
        spent.append(Spent((time.perf_counter() - started) * 1000, (time.thread_time() - worked) * 1000))
        assert after != before, product.id
    return percentiles(spent)


if __name__ == "__main__":
    main()
