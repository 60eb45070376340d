"""Counts that a refresh adds to: days, markets and pairs, kept beside the models. They name no shopper."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from safetensors.numpy import load_file, save_file

from dragoman.backends.related.shelved import Products
from dragoman.learn.meetings import Daily, History, Meetings, daily_of, pair_counts


@dataclass(frozen=True, slots=True)
class Counts:
    """What all events so far add up to."""

    products: Products
    daily: Daily
    pairs: sp.csr_matrix  # (n, n): b after a
    until: float
    events: int

    def met(self) -> np.ndarray:
        """Return (n,): how much each product was met in all."""
        return self.daily.popular(len(self.products.ids), market=None, since=-(2**31))


def counts_of(found: Meetings, before: Sequence[tuple[History, int]], *, window: int) -> Counts:
    """Return the counts of some meetings.

    Args:
        found: The meetings.
        before: Each shopper's history, and how many of its first places were counted earlier.
        window: Places that a pair may be apart.
    """
    ids = {product for _, _, product in found.daily} | {
        one for history, _ in before for one in history.products
    }
    products = Products.of(sorted(ids))
    n = len(products.ids)
    pairs = pair_counts(before, products.rows, window=window)
    left, right = ([pair[side] for pair in pairs] for side in (0, 1))
    matrix = sp.csr_matrix((list(pairs.values()), (left, right)), shape=(n, n), dtype=np.float32)
    return Counts(products, daily_of(found.daily, products.rows), matrix, found.until, found.events)


def added(old: Counts, new: Counts) -> Counts:
    """Return both together, products of either."""
    products = Products.of(old.products.ids + new.products.ids)
    n = len(products.ids)
    return Counts(
        products,
        _together(old, new, products),
        (_moved(old, products, n) + _moved(new, products, n)).tocsr(),
        max(old.until, new.until),
        old.events + new.events,
    )


def widened(counts: Counts, ids: Sequence[str]) -> Counts:
    """Return the same counts over further products, which nobody met."""
    products = Products.of(counts.products.ids + tuple(ids))
    n = len(products.ids)
    return Counts(
        products,
        daily_of(_told(counts), products.rows),
        _moved(counts, products, n),
        counts.until,
        counts.events,
    )


def save_counts(counts: Counts, folder: Path) -> None:
    """Write counts.safetensors and counts.json; the products stand in products.txt."""
    daily, pairs = counts.daily, counts.pairs
    parts = {
        "days": daily.days,
        "markets": daily.markets,
        "products": daily.products,
        "weights": daily.weights,
        "starts": pairs.indptr.astype(np.int64),
        "others": pairs.indices.astype(np.int32),
        "pairs": pairs.data.astype(np.float32),
    }
    save_file(parts, folder / "counts.safetensors")
    told = {"names": daily.names, "until": counts.until, "events": counts.events}
    (folder / "counts.json").write_text(json.dumps(told) + "\n", encoding="utf-8")


def read_counts(folder: Path) -> Counts:
    """Return what `save_counts` wrote."""
    products = Products.of((folder / "products.txt").read_text(encoding="utf-8").splitlines())
    told = json.loads((folder / "counts.json").read_text(encoding="utf-8"))
    parts = load_file(folder / "counts.safetensors")
    n = len(products.ids)
    counted = (parts["days"], parts["markets"], parts["products"], parts["weights"])
    daily = Daily(*counted, names=tuple(told["names"]))
    pairs = sp.csr_matrix((parts["pairs"], parts["others"], parts["starts"]), shape=(n, n))
    return Counts(products, daily, pairs, float(told["until"]), int(told["events"]))


def _moved(counts: Counts, products: Products, n: int) -> sp.csr_matrix:
    """Return the pairs with the numbers that products have among more of them."""
    rows = products.known(counts.products.ids)
    pairs = counts.pairs.tocoo()
    return sp.csr_matrix((pairs.data, (rows[pairs.row], rows[pairs.col])), shape=(n, n), dtype=np.float32)


def _together(old: Counts, new: Counts, products: Products) -> Daily:
    counted: dict[tuple[int, str, str], float] = {}
    for one in (old, new):
        for key, weight in _told(one).items():
            counted[key] = counted.get(key, 0.0) + weight
    return daily_of(counted, products.rows)


def _told(counts: Counts) -> Mapping[tuple[int, str, str], float]:
    daily, ids = counts.daily, counts.products.ids
    keys = zip(daily.days.tolist(), daily.markets.tolist(), daily.products.tolist(), strict=True)
    named = ((day, daily.names[market], ids[product]) for day, market, product in keys)
    return dict(zip(named, daily.weights.tolist(), strict=True))
