"""Search: words in any language in, products out. The story of one request; each line is a step."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dragoman.ports import Encoder, Index, Reranker
from dragoman.search.candidates import Pool, gather, seen_from
from dragoman.search.check import check
from dragoman.search.cross import crossed
from dragoman.search.hits import hits_of
from dragoman.search.languages import catalogue_langs, read_by
from dragoman.search.order import page_of, ranked_for
from dragoman.search.paging import cursor_to, start_of
from dragoman.search.prices import windows
from dragoman.search.relax import Relaxed, relaxations
from dragoman.search.reread import reread
from dragoman.search.tuning import Tuning
from dragoman.search.understand import Asked, understand
from dragoman.types import Facet, Filter, Found, Query, Rates

FACET_VALUES = 30


def search(
    query: Query,
    *,
    encoder: Encoder,
    index: Index,
    rates: Rates,
    tuning: Tuning = Tuning(),
    facets: Sequence[str] = (),
    reranker: Reranker | None = None,
) -> Found:
    """Return one page of products for words in any language, best first, each saying why.

    Blank text browses: all products that pass the filter. When nothing passes, conditions give
    way one by one (``relax.GIVES_WAY``) and ``Found.relaxed`` names those that did.

    Args:
        rates: For price windows and price order across currencies.
        facets: Names of facets to count among the candidates (``Index.facets``).
        reranker: Reads the best ``tuning.rerank`` hits again; where it fails, they stay as they are.

    Raises:
        BadInput: k, prices, filter or cursor cannot be used; the hint says what can.
        TooLarge: the text is longer than 2,000 characters.
        Unavailable: the encoder or the index does not answer.
    """
    check(query)
    start = start_of(query)
    catalogue = catalogue_langs(index)
    asked = understand(query, index=index, tuning=tuning, catalogue=catalogue)
    asked = crossed(asked, catalogue, tuning.crossing)
    own = read_by(asked.understood.langs, catalogue)
    seen = seen_from(encoder.encode(_texts(asked, query), "query"), own=own, tuning=tuning)
    step, pool = _first_with_products(
        (step, gather(asked, seen, step.where, own=own, index=index, tuning=tuning))
        for step in relaxations(conditions(query, rates))
    )
    pool = reread(query, pool, start=start, index=index, reranker=reranker, tuning=tuning)
    ranked = ranked_for(query, pool.ranked, index=index, rates=rates, words=pool.words)
    page = page_of(ranked, start, query, asked, index=index, tuning=tuning)
    after = start + query.k
    return Found(
        hits=hits_of(page, pool, query, asked),
        understood=asked.understood,
        total=len(ranked),
        facets=_facets(facets, pool, step, index),
        cursor=cursor_to(after, query) if after < len(ranked) else "",
        relaxed=step.dropped,
    )


def conditions(query: Query, rates: Rates) -> Filter:
    """Return the query's filter with its price window, in whatever currency, for the index to apply."""
    return replace(
        query.where, prices=(*query.where.prices, *windows(query.price_low, query.price_high, rates))
    )


def _texts(asked: Asked, query: Query) -> Sequence[str]:
    """What is encoded: the words as typed and as corrected, or, browsing, those of the filter."""
    return asked.texts if asked.understood.normal else [_filter_words(query.where)]


def _filter_words(where: Filter) -> str:
    """What a shopper who browses is looking at, in words; something that every product is, if nothing."""
    values = [*where.categories, *where.brands, *(value for fact in where.facts for value in fact.values)]
    return " ".join(values) or "product"


def _first_with_products(steps: Iterator[tuple[Relaxed, Pool]]) -> tuple[Relaxed, Pool]:
    """Try ever weaker filters until there is something to show; without any luck nothing was relaxed."""
    strict, pool = next(steps)
    if pool.ranked:
        return strict, pool
    return next(((step, found) for step, found in steps if found.ranked), (strict, pool))


def _facets(names: Sequence[str], pool: Pool, step: Relaxed, index: Index) -> tuple[Facet, ...]:
    """Count among the candidates; browsing, among all that pass."""
    if not names:
        return ()
    ids = tuple(found.id for found in pool.ranked)
    where = Filter(market=step.where.market, ids=ids) if pool.dense or pool.words else step.where
    return tuple(index.facets(names, where, FACET_VALUES))
