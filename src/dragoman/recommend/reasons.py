"""Why a product is on the page: the deed of the shopper that it is nearest to, as a closed noun."""

from collections.abc import Mapping, Sequence
from typing import Final

from dragoman.recommend.cards import Card
from dragoman.recommend.choose import Chosen
from dragoman.recommend.known import Known
from dragoman.types import EventKind, Reason, ReasonKind

_SAID: Final[Mapping[EventKind, ReasonKind]] = {
    "buy": "bought", "cart": "carted", "like": "liked", "rate": "rated", "share": "shared",
    "view": "viewed", "click": "viewed",
}  # fmt: skip
_STRONGEST: Final[Sequence[EventKind]] = ("buy", "rate", "like", "share", "cart", "view", "click")
_COMPARED: Final = 12  # products of the shopper that a hit is compared with


def reason_for(one: Chosen, who: Known, cards: Mapping[str, Card]) -> Reason:
    """Return why a chosen product is there.

    Args:
        cards: Of the shopper's own products, and of those at hand.
    """
    leg = one.main
    if leg.reason in ("popular", "trending", "searched", "shop", "again"):
        return Reason(leg.reason, one.id if leg.reason == "again" else "", leg.words)
    if leg.reason == "viewed" and _is_of_followed(one.card, who):
        return Reason("brand", words=one.card.trait.brand)
    product = _nearest(one.card, leg.evidence, cards)
    if not product:
        return Reason("popular")
    return Reason(deed_with(product, who) if leg.reason == "viewed" else leg.reason, product)


def deed_with(product: str, who: Known) -> ReasonKind:
    """Return the strongest thing that the shopper did with a product."""
    kinds = {event.kind for event in who.events if event.product == product}
    return next((_SAID[kind] for kind in _STRONGEST if kind in kinds), "viewed")


def evidence_of(picks: Sequence[Chosen]) -> list[str]:
    """Return the ids of all products that may be named as a reason."""
    named = [id_ for one in picks for id_ in one.main.evidence[:_COMPARED]]
    return list(dict.fromkeys(named))


def _nearest(card: Card, evidence: Sequence[str], cards: Mapping[str, Card]) -> str:
    there = [id_ for id_ in evidence[:_COMPARED] if id_ in cards]
    return max(there, key=lambda id_: (float(card.vector @ cards[id_].vector), id_), default="")


def _is_of_followed(card: Card, who: Known) -> bool:
    """Whether the shopper follows its brand by name."""
    brand = card.trait.brand
    return bool(brand) and any(
        event.kind in ("follow", "like") and event.query == f"brand:{brand}" for event in who.events
    )
