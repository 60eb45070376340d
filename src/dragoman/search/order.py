"""The order in which candidates are shown, cut into pages that never overlap. Knows products, no legs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dragoman.errors import NotFound
from dragoman.ports import Index
from dragoman.rank.diversify import spread
from dragoman.search.prices import comparable
from dragoman.search.show import offer_for
from dragoman.search.tuning import Tuning
from dragoman.search.understand import Asked
from dragoman.types import NOTHING, Product, Query, Rates, Scored

BLOCK = 20
"""Products that are spread among each other. Fixed, whatever k is: pages of any size cut one and the
same order, and a page costs its own blocks only."""
PRICED = 60
"""Candidates that are sorted by price: the cheapest of a long pool would be the least fitting."""
MATCHING = 0.5
"""Share of the best score of words that does as well: a long title matches less than one of two words."""
FITTING = 0.85
"""Share of the best score from which a candidate is sorted by price: in a shop of a thousand products the
sixtieth best has nothing to do with the query, and would be the cheapest."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate on a page, with its product."""

    found: Scored
    product: Product


def ranked_for(
    query: Query,
    ranked: Sequence[Scored],
    *,
    index: Index,
    rates: Rates,
    words: Mapping[str, float] = NOTHING,
) -> Sequence[Scored]:
    """Return the candidates in the order asked for: as ranked, or the best of them by price.

    The price is the one shown: of the offer for the shopper's market, compared by ``rates``.
    Products without one come last; ties by id.

    Args:
        words: How well each candidate matched by its words, by id.
    """
    if query.sort == "relevance":
        return ranked
    best = _fitting(ranked[:PRICED], words) if query.text.strip() else ranked
    sign = 1.0 if query.sort == "price_up" else -1.0

    def place(one: Ranked) -> tuple[bool, float, str]:
        offer = offer_for(one.product, query.market)
        price = comparable(offer.price, rates) if offer else float("inf")
        return price == float("inf"), sign * price, one.product.id

    return [one.found for one in sorted(with_products(best, index), key=place)]


def _fitting(ranked: Sequence[Scored], words: Mapping[str, float]) -> Sequence[Scored]:
    """Those near the best by their score, or by the words they share with the query."""
    least = FITTING * max((one.score for one in ranked), default=0.0)
    said = MATCHING * max(words.values(), default=float("inf"))
    return [one for one in ranked if one.score >= least or words.get(one.id, 0.0) >= said]


def page_of(
    ranked: Sequence[Scored], start: int, query: Query, asked: Asked, *, index: Index, tuning: Tuning
) -> list[Ranked]:
    """Return the page that starts at ``start``, spread within blocks if by relevance."""
    end = start + query.k
    if query.sort != "relevance" or tuning.diversity <= 0:
        return with_products(ranked[start:end], index)
    wanted = {
        name.casefold() for name in (*asked.understood.brands, *query.where.brands, *query.where.sellers)
    }
    first, last = start - start % BLOCK, -(-end // BLOCK) * BLOCK
    found = with_products(ranked[first:last], index)
    blocks = [found[at : at + BLOCK] for at in range(0, len(found), BLOCK)]
    spreads = [
        block[i]
        for block in blocks
        for i in spread([one.product for one in block], dial=tuning.diversity, wanted=wanted)
    ]
    return spreads[start - first : end - first]


def with_products(ranked: Sequence[Scored], index: Index) -> list[Ranked]:
    """Return candidates with their products; those that were removed since they were found are left out."""
    try:
        products = index.get([found.id for found in ranked])
    except NotFound:
        return [one for found in ranked for one in _if_there(found, index)]
    return [Ranked(found, product) for found, product in zip(ranked, products, strict=True)]


def _if_there(found: Scored, index: Index) -> list[Ranked]:
    try:
        return [Ranked(found, *index.get([found.id]))]
    except NotFound:
        return []
