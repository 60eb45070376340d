"""Recommend: what a shopper may like next, and why. The story of one request; each line is a step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from dragoman.errors import BadInput, NotFound
from dragoman.ports import Encoder, Index
from dragoman.recommend.audience import Audience
from dragoman.recommend.cards import Card, cards_of
from dragoman.recommend.choose import Chosen, chosen
from dragoman.recommend.known import known
from dragoman.recommend.legs import Parts, legs_of
from dragoman.recommend.moment import Moment
from dragoman.recommend.reasons import evidence_of, reason_for
from dragoman.recommend.survey import survey_of
from dragoman.recommend.wording import worded
from dragoman.types import Hit, Product, Query, Reason, Recommended, RecommendKind

Show: TypeAlias = Callable[[Product, Query], Hit]
"""Shows a product as this shopper sees it: title, offer and price (`dragoman.search.shown`)."""

MOST = 100


def recommend(
    query: Query,
    kind: RecommendKind = "for_you",
    *,
    index: Index,
    encoder: Encoder,
    audience: Audience,
    moment: Moment,
    show: Show,
) -> Recommended:
    """Return products for a shopper, best first, each with its reason in their language.

    | kind | what it is |
    |---|---|
    | ``for_you`` | what is near each of their tastes and what others went on to, without what they know |
    | ``similar`` | things like ``query.about`` |
    | ``together`` | what goes with ``query.about``: met in baskets, or another kind of thing |
    | ``again`` | what they bought, when it is due |
    | ``trending`` | what others are after in ``query.market`` |

    A shopper's first event counts at once. Somebody unknown gets what ``query.about`` suggests, else the
    market's most wanted; ``Recommended.basis`` says which. Equal requests of one moment give equal
    pages: ties are broken by id.

    Args:
        moment: The clock, what this visit did, the dials.

    Raises:
        BadInput: k is out of range, or the kind needs a product or a shopper that is not named.
        Unavailable: the journal or the index does not answer.
    """
    check(query, kind)
    audience.follower.nudge(moment.now)
    survey = survey_of(index)
    who = known(
        query.shopper, index=index, audience=audience, survey=survey, now=moment.now, session=moment.session
    )
    parts = Parts(index, encoder, audience, survey)
    legs = legs_of(query, kind, who, moment, parts)
    picks = chosen(legs.legs, query, kind, who, parts, moment.dials)
    page, products = _there(picks, query.k, index)
    cards = cards_of(evidence_of(page), index, survey)
    reasons = [reason_for(one, who, cards) for one in page]
    return Recommended(
        kind,
        legs.basis,
        tuple(_hit(one, products[one.id], query, show) for one in page),
        tuple(_worded(reason, cards, query, show) for reason in reasons),
        who.profile,
    )


def check(query: Query, kind: RecommendKind) -> None:
    """Return nothing if this can be recommended.

    Raises:
        BadInput: it cannot; the hint says what is missing.
    """
    if not 1 <= query.k <= MOST:
        raise BadInput(f"k is {query.k}", hint=f"ask for 1 to {MOST} products")
    if kind in ("similar", "together") and not query.about:
        raise BadInput(f"{kind!r} needs a product", hint='say which: "about": ["ID"]')
    if len(query.about) > MOST:
        raise BadInput(f"{len(query.about)} products at hand", hint=f"at most {MOST}")


def _hit(one: Chosen, product: Product, query: Query, show: Show) -> Hit:
    return replace(show(product, query), score=one.score, why={**one.why, "fused": one.score})


def _worded(reason: Reason, cards: Mapping[str, Card], query: Query, show: Show) -> Reason:
    card = cards.get(reason.product)
    title = show(Product(reason.product, card.titles), query).shown if card else None
    return worded(reason, query.langs, title)


def _there(picks: Sequence[Chosen], k: int, index: Index) -> tuple[list[Chosen], dict[str, Product]]:
    """The first ``k`` of the picks that are still there, and the products as they are now."""
    try:
        first = picks[:k]
        return list(first), {product.id: product for product in index.get([one.id for one in first])}
    except NotFound:
        products = {product.id: product for one in picks for product in _if_there(one.id, index)}
        return [one for one in picks if one.id in products][:k], products


def _if_there(id_: str, index: Index) -> list[Product]:
    try:
        return index.get([id_])
    except NotFound:
        return []
