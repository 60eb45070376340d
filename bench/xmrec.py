"""Recommending in a market that others help to understand: XMRec, market t1, judged validation candidates.

    python bench/xmrec.py [--data ../shared/data] [--seeds 0 1 2]

Each shopper of t1 has 100 candidates, one of which is right; nDCG@10 over them, as at WSDM Cup 2022. The
same model, a weighing of item tables, is learned twice: with the tables of t1 alone, and with those of all
five markets beside them (s1, s2, s3, t2 share products with t1, never shoppers). It learns from t1's own
training pairs: of each shopper one is kept aside, with 99 products drawn evenly from those the shopper has
not met, which is how the judged candidates look; the judgements of the set are read by the last lines only.
"""

import argparse
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import NDArray

from dragoman.learn.factors import Als, als
from dragoman.measure.intervals import bootstrap
from dragoman.measure.recommend import ndcg_at

MARKETS = ("s1", "s2", "s3", "t1", "t2")
TARGET = "t1"
TABLES = 12  # features that `tables` gives
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Asked:
    """Shoppers with candidates; ``right`` is the place of the right one, -1 where it is not known yet."""

    shoppers: NDArray[np.int64]
    candidates: NDArray[np.int64]  # (shoppers, 100) products
    right: NDArray[np.int64]


@dataclass(frozen=True)
class Markets:
    """Who met what, per market, over the same products."""

    met: Mapping[str, sp.csr_matrix]
    core: sp.csr_matrix  # of the target: pairs of the 5-core, which questions are drawn from
    shoppers: Mapping[str, int]  # of the target
    products: Mapping[str, int]


def rows_of(path: Path) -> list[list[str]]:
    if not path.is_file():
        return []
    return [line.split("\t") for line in gzip.open(path, "rt", encoding="utf-8").read().splitlines()]


def open_markets(data: Path) -> Markets:
    pairs = {
        market: [
            row[:2]
            for part in ("train", "train_5core")
            for row in rows_of(data / f"{market}.{part}.tsv.gz")[1:]
        ]
        for market in MARKETS
    }
    products = {id: i for i, id in enumerate(sorted({b for some in pairs.values() for _, b in some}))}
    asked = [row[1].split(",") for row in rows_of(data / f"{TARGET}.valid_run.tsv.gz")]
    for id in sorted({id for some in asked for id in some} - set(products)):
        products[id] = len(products)
    shoppers = {m: {id: i for i, id in enumerate(sorted({a for a, _ in some}))} for m, some in pairs.items()}
    met = {
        m: matrix([(shoppers[m][a], products[b]) for a, b in some], len(shoppers[m]), len(products))
        for m, some in pairs.items()
    }
    core = [
        (shoppers[TARGET][a], products[b]) for a, b, _ in rows_of(data / f"{TARGET}.train_5core.tsv.gz")[1:]
    ]
    return Markets(met, matrix(core, len(shoppers[TARGET]), len(products)), shoppers[TARGET], products)


def matrix(pairs: Sequence[tuple[int, int]], rows: int, columns: int) -> sp.csr_matrix:
    found = sp.csr_matrix((np.ones(len(pairs), np.float32), tuple(np.array(pairs).T)), shape=(rows, columns))
    found.data[:] = 1
    return found


def kept_aside(markets: Markets, seed: int) -> tuple[Asked, sp.csr_matrix]:
    """Return questions made of t1's own pairs, and t1's matrix without their answers."""
    rng = np.random.default_rng(seed)
    met, core = markets.met[TARGET].tolil(), markets.core
    listed = np.unique(core.indices)
    shoppers, candidates, right = [], [], []
    for shopper in np.flatnonzero(np.diff(core.indptr) >= 3):
        own = core.indices[core.indptr[shopper] : core.indptr[shopper + 1]]
        answer = rng.choice(own)
        others = np.setdiff1d(rng.choice(listed, 140, replace=False), markets.met[TARGET][shopper].indices)[
            :99
        ]
        row = np.append(others, answer)
        if len(row) < 100:
            continue
        rng.shuffle(row)
        shoppers.append(shopper)
        candidates.append(row)
        right.append(int(np.flatnonzero(row == answer)[0]))
        met[shopper, answer] = 0
    left = met.tocsr()
    left.eliminate_zeros()
    return Asked(np.array(shoppers), np.array(candidates), np.array(right)), left


def judged(markets: Markets, data: Path) -> Asked:
    """Return t1's validation candidates and which of them is right."""
    answers = {row[0]: row[1] for row in rows_of(data / f"{TARGET}.valid_qrel.tsv.gz")[1:]}
    rows = [(row[0], row[1].split(",")) for row in rows_of(data / f"{TARGET}.valid_run.tsv.gz")]
    rows = [(shopper, some) for shopper, some in rows if shopper in answers]
    return Asked(
        np.array([markets.shoppers[shopper] for shopper, _ in rows]),
        np.array([[markets.products[id] for id in some] for _, some in rows]),
        np.array([some.index(answers[shopper]) for shopper, some in rows]),
    )


def ease(met: sp.csr_matrix, penalty: float) -> Floats:
    """Return (products, products): EASE (Steck 2019, eq. 8)."""
    gram = (met.T @ met).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += penalty
    inverse = np.linalg.inv(gram)
    found = -inverse / np.diag(inverse)
    np.fill_diagonal(found, 0)
    return found.astype(np.float32)


def cosine(met: sp.csr_matrix, power: float) -> Floats:
    """Return (products, products): shared shoppers over both counts to a power; busy shoppers count less."""
    sizes = np.maximum(np.asarray(met.sum(axis=1)).ravel(), 1)
    shared = (met.T @ sp.diags((1 / np.log(1 + sizes)).astype(np.float32)) @ met).toarray()
    counts = np.maximum(np.asarray(met.sum(axis=0)).ravel(), 1) ** power
    found = shared / np.outer(counts, counts)
    np.fill_diagonal(found, 0)
    return found.astype(np.float32)


def walk(met: sp.csr_matrix, penalty: float) -> Floats:
    """Return (products, products): RP3beta, three random steps against popularity (Paudel et al. 2017)."""
    there = sp.diags((1 / np.maximum(np.asarray(met.sum(axis=1)).ravel(), 1)).astype(np.float32)) @ met
    counts = np.maximum(np.asarray(met.sum(axis=0)).ravel(), 1)
    back = sp.diags((1 / counts).astype(np.float32)) @ met.T
    found = (back @ there).toarray() / counts**penalty
    np.fill_diagonal(found, 0)
    return found.astype(np.float32)


def features(met: sp.csr_matrix, others: Sequence[sp.csr_matrix], asked: Asked, seed: int) -> Floats:
    """Return (shoppers, 100, features) by the tables of t1, or of t1 and the other markets."""
    used = np.unique(np.concatenate([asked.candidates.ravel(), met.indices]))
    place = np.zeros(met.shape[1], np.int64)
    place[used] = np.arange(len(used))
    own = met[:, used]
    told = tables(own, asked, place, own, seed)
    for other in others:
        told.append(
            picked(np.repeat(np.log1p(np.asarray(other[:, used].sum(axis=0))), own.shape[0], 0), asked, place)
        )
    if others:
        everybody = sp.vstack([own, *(other[:, used] for other in others)]).tocsr()
        told += tables(everybody, asked, place, own, seed)
    return np.stack(told, axis=-1)


def tables(
    met: sp.csr_matrix, asked: Asked, place: NDArray[np.int64], own: sp.csr_matrix, seed: int
) -> list[Floats]:
    """Return what tables learned from ``met`` say of the candidates, given what shoppers of t1 met."""
    found = [picked(np.repeat(np.log1p(np.asarray(met.sum(axis=0))), own.shape[0], 0), asked, place)]
    for table in (ease(met, 30.0), ease(met, 300.0), cosine(met, 0.5), cosine(met, 0.8), walk(met, 0.4)):
        found.append(picked(own @ table, asked, place))
        found.append(strongest(own, table, asked, place))
    factors = als(met, Als(48, 1.0, 4.0, 12), seed=seed)
    found.append(picked(factors.shoppers[: own.shape[0]] @ factors.products.T, asked, place))
    return found


def picked(scores: Floats, asked: Asked, place: NDArray[np.int64]) -> Floats:
    return np.asarray(scores, np.float32)[asked.shoppers[:, None], place[asked.candidates]]


def strongest(own: sp.csr_matrix, table: Floats, asked: Asked, place: NDArray[np.int64]) -> Floats:
    """Return the greatest weight between a candidate and anything its shopper met."""
    found = np.zeros(asked.candidates.shape, np.float32)
    for row, (shopper, some) in enumerate(zip(asked.shoppers, place[asked.candidates], strict=True)):
        history = own.indices[own.indptr[shopper] : own.indptr[shopper + 1]]
        found[row] = table[history][:, some].max(axis=0, initial=0)
    return found


def scaled(values: Floats) -> Floats:
    """Return features as distances from the mean of their 100 candidates, in standard deviations."""
    spread = values.std(axis=1, keepdims=True) + 1e-6
    return (values - values.mean(axis=1, keepdims=True)) / spread


def learned(values: Floats, asked: Asked) -> Floats:
    """Return the weights of a conditional logit (McFadden 1974): which of the 100 was the one."""
    given, right = torch.from_numpy(scaled(values)), torch.from_numpy(asked.right)
    weights = torch.zeros(given.shape[-1], requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        found = torch.nn.functional.cross_entropy(given @ weights, right) + 1e-3 * weights.square().sum()
        found.backward()
        return found

    optimiser.step(loss)
    return weights.detach().numpy()


def gains(scores: Floats, asked: Asked) -> NDArray[np.float64]:
    wanted = scores[np.arange(len(scores)), asked.right]
    return ndcg_at((scores >= wanted[:, None]).sum(axis=1), 10)


def say(name: str, seed: int, found: NDArray[np.float64], begun: float) -> None:
    told = bootstrap(found.tolist(), seed=0)
    print(
        f"{name}\tseed {seed}\tnDCG@10 {told.mean:.4f} [{told.low:.4f}, {told.high:.4f}]"
        f"\t{process_time() - begun:.0f} s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    given = parser.parse_args()
    data = given.data / "rec" / "xmrec"
    markets = open_markets(data)
    test = judged(markets, data)
    own = markets.met[TARGET]
    for seed in given.seeds:
        taught, left = kept_aside(markets, seed)
        found = {}
        for name, others in (
            ("t1 alone", []),
            ("all markets", [markets.met[m] for m in MARKETS if m != TARGET]),
        ):
            begun = process_time()
            weights = learned(features(left, others, taught, seed), taught)
            values = features(own, others, test, seed)
            first = len(values[0, 0]) - TABLES  # where the tables of the widest view begin
            for table, place in (("popularity", 0), ("EASE", 3), ("cosine", 5), ("ALS", 11)):
                say(f"{table}, {name}", seed, gains(values[:, :, first + place], test), begun)
            found[name] = gains(scaled(values) @ weights, test)
            say(f"weighed tables, {name}", seed, found[name], begun)
        say("gain by the other markets", seed, found["all markets"] - found["t1 alone"], begun)


if __name__ == "__main__":
    main()
