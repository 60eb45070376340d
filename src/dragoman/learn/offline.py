"""Recommenders learned from sequences and tried on what came next, all alike. Knows ranks, no files.

Products are numbered from 0 here, as the models that serve number them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import process_time
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.related.factors import FactorScores
from dragoman.backends.related.neighbours import NeighbourScores
from dragoman.backends.related.popular import PopularScores
from dragoman.backends.related.shelved import NOTHING, Floats, Rows, Scores, best
from dragoman.learn.neighbours import cosines, covisited, met_by, pairs_of
from dragoman.learn.plan import Plan

Scorer: TypeAlias = Callable[[NDArray[np.int64]], Floats]
"""Shoppers' numbers in, (shoppers, products) scores out, `NOTHING` where there is no opinion."""

_BATCH = 256


@dataclass(frozen=True, slots=True)
class Past:
    """What models learn from: shoppers' histories, oldest first, over so many products."""

    histories: Sequence[Rows]
    products: int

    def counts(self) -> NDArray[np.float64]:
        """Return (products,): how often each was met."""
        return np.bincount(np.concatenate(self.histories), minlength=self.products).astype(np.float64)


def popularity(past: Past, _plan: Plan) -> Scores:
    """Return what everybody met most."""
    return PopularScores(past.counts().astype(np.float32))


def covisitation(past: Past, plan: Plan) -> Scores:
    """Return what shoppers met soon after."""
    pairs = pairs_of(past.histories, past.products, window=plan.window, backwards=plan.backwards)
    table = covisited(pairs, past.counts(), popularity=plan.popularity, k=2 * plan.neighbours)
    return NeighbourScores(table, fading=plan.fading)


def cosine(past: Past, plan: Plan) -> Scores:
    """Return what the same shoppers met."""
    met = met_by(past.histories, past.products)
    return NeighbourScores(cosines(met, shrink=plan.shrink, k=2 * plan.neighbours), fading=plan.fading)


def factorised(past: Past, plan: Plan) -> Scores:
    """Return implicit ALS; a shopper's factor is solved from the history at hand."""
    from dragoman.learn.factors import Als, als

    dials = Als(plan.dim, plan.regularisation, plan.confidence)
    found = als(met_by(past.histories, past.products), dials, seed=plan.seed)
    return FactorScores(found.products, regularisation=plan.regularisation, confidence=plan.confidence)


MODELS: Mapping[str, Callable[[Past, Plan], Scores]] = {
    "popularity": popularity,
    "covisit": covisitation,
    "itemknn": cosine,
    "als": factorised,
}


def bpr_scorer(past: Past, plan: Plan) -> Scorer:
    """Return BPR: shoppers have factors of their own, so it knows only those it learned from."""
    from dragoman.learn.factors import bpr

    found = bpr(met_by(past.histories, past.products), dim=plan.dim, seed=plan.seed)
    return lambda shoppers: found.shoppers[shoppers] @ found.products.T


def scorer_of(model: Scores, histories: Sequence[Rows]) -> Scorer:
    """Return a model's scores for shoppers with these histories."""
    return lambda shoppers: model.following([histories[i] for i in shoppers])


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a trial: per shopper the rank of what came next, and the first ``k`` products."""

    ranks: NDArray[np.int64]
    lists: tuple[tuple[int, ...], ...]
    seconds: float  # of processor time, for all shoppers


def tried(score: Scorer, histories: Sequence[Rows], targets: NDArray[np.int64], *, k: int = 10) -> Tried:
    """Rank what came next among all products that a shopper has not met.

    Products already met are taken out, as in the full ranking of S3-Rec (Zhou et al. 2020); ties count
    against the target, so that a model without an opinion gains nothing.

    Args:
        score: The model.
        histories: What each shopper met.
        targets: What came next, one a shopper.
        k: Products of each list.
    """
    begun = process_time()
    ranks: list[NDArray[np.int64]] = []
    lists: list[tuple[int, ...]] = []
    for at in range(0, len(histories), _BATCH):
        shoppers = np.arange(at, min(at + _BATCH, len(histories)))
        scores = score(shoppers)
        for row, shopper in zip(scores, shoppers, strict=True):
            row[histories[int(shopper)]] = NOTHING
        wanted = scores[np.arange(len(shoppers)), targets[shoppers]]
        ranks.append((scores >= wanted[:, None]).sum(axis=1))
        lists += [tuple(one.rows.tolist()) for one in best(scores, k)]
    return Tried(np.concatenate(ranks), tuple(lists), process_time() - begun)
