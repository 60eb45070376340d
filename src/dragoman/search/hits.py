"""Candidates as hits: what the shopper sees, and why each is there. Knows no index."""

from collections.abc import Sequence

from dragoman.rank.explain import evidence_text, facts_found, words_found
from dragoman.search.candidates import Pool
from dragoman.search.order import Ranked
from dragoman.search.show import offer_for, price_for, title_for
from dragoman.search.understand import Asked
from dragoman.text.normalise import normalise
from dragoman.types import Hit, Query


def hits_of(page: Sequence[Ranked], pool: Pool, query: Query, asked: Asked) -> tuple[Hit, ...]:
    """Return a page of candidates as hits, in the order given."""
    return tuple(_hit(one, pool, query, asked) for one in page)


def _hit(one: Ranked, pool: Pool, query: Query, asked: Asked) -> Hit:
    product = one.product
    shown = title_for(product, query.langs)
    offer = offer_for(product, query.market)
    # Only what the lexical leg found can hold a word of the query: looking is not for free.
    in_words = product.id in pool.words
    return Hit(
        product,
        one.found.score,
        why=pool.why(one.found),
        shown=shown,
        offer=offer,
        price=price_for(offer, query, shown),
        words=words_found(asked.words, normalise(evidence_text(product))) if in_words else (),
        facts=facts_found(product, query.where.facts, asked.understood.normal),
    )
