"""The last stage of a search: the best hits are read again, together with the query. Knows no weights."""

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dragoman.errors import DragomanError
from dragoman.ports import Index, Reranker
from dragoman.rank.represent import passage_text
from dragoman.search.candidates import Pool
from dragoman.search.order import Ranked, with_products
from dragoman.search.tuning import Tuning
from dragoman.types import Query, Scored

log = logging.getLogger(__name__)

WEIGHT = 0.5
"""What the reranker's logit counts beside the fused score, both in standard deviations over the hits read."""


def reread(
    query: Query, pool: Pool, *, start: int, index: Index, reranker: Reranker | None, tuning: Tuning
) -> Pool:
    """Return the pool with its best ``tuning.rerank`` products in the order that reading them gives.

    A page behind them is left alone: the same products would stand before it. A reranker that fails
    costs a warning, never the answer.
    """
    most = tuning.rerank
    if reranker is None or not most or start >= most or not query.text.strip() or query.sort != "relevance":
        return pool
    best = with_products(pool.ranked[:most], index)
    try:
        scores = reranker.score(query.text, [passage_text(one.product) for one in best]).tolist()
    except DragomanError as error:
        log.warning("search rerank=failed error=%s", error)
        return pool
    chances = {one.product.id: chance for one, chance in zip(best, scores, strict=True)}
    fused = {one.product.id: one.found.score for one in best}
    return replace(pool, ranked=[*_ordered(best, chances), *pool.ranked[most:]], fused=fused, reread=chances)


def _ordered(best: Sequence[Ranked], chances: Mapping[str, float]) -> list[Scored]:
    """The scores stay the fused ones, handed out anew from the top, so that those behind still come after."""
    fused = _even([one.found.score for one in best])
    read = _even([_logit(chances[one.product.id]) for one in best])
    both = {one.product.id: a + WEIGHT * b for one, a, b in zip(best, fused, read, strict=True)}
    order = sorted(best, key=lambda one: (-both[one.product.id], one.product.id))
    levels = sorted((one.found.score for one in best), reverse=True)
    return [Scored(one.product.id, level) for one, level in zip(order, levels, strict=True)]


def _even(values: Sequence[float]) -> list[float]:
    """In standard deviations from the mean."""
    if not values:
        return []
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) or 1.0
    return [(value - mean) / spread for value in values]


def _logit(chance: float) -> float:
    kept = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))
