"""One product out of several feeds: a feed a language, a feed a market."""

from collections.abc import Sequence
from dataclasses import replace

from dragoman.types import Listing, Offer, Product, Text, Variant


def adds(known: Product, other: Product) -> bool:
    """Return whether another feed's row says something in a language or for a market that is not known yet.

    If it does not, it repeats the product rather than adding to it.
    """
    langs = {text.lang for text in other.titles} - {text.lang for text in known.titles}
    markets = {offer.market for offer in other.offers} - {offer.market for offer in known.offers}
    return bool(langs or markets)


def merged(known: Listing, other: Listing) -> Listing:
    """Return one listing of both: texts of new languages and offers of new markets are added.

    What both say is taken from the first, whose language stays the seller's own.
    """
    ours, theirs = known.product, other.product
    product = replace(
        ours,
        titles=_texts(ours.titles, theirs.titles),
        descriptions=_texts(ours.descriptions, theirs.descriptions),
        bullets=_texts(ours.bullets, theirs.bullets),
        brand=ours.brand or theirs.brand,
        category=ours.category or theirs.category,
        facts=ours.facts or theirs.facts,
        variants=_variants(ours.variants, theirs.variants),
        offers=_offers(ours.offers, theirs.offers),
        images=tuple(dict.fromkeys(ours.images + theirs.images)),
        url=ours.url or theirs.url,
        gtin=ours.gtin or theirs.gtin,
        mpn=ours.mpn or theirs.mpn,
        seller=ours.seller or theirs.seller,
    )
    return replace(known, product=product, passages=tuple(dict.fromkeys(known.passages + other.passages)))


def _texts(ours: Sequence[Text], theirs: Sequence[Text]) -> tuple[Text, ...]:
    spoken = {text.lang for text in ours}
    return (*ours, *(text for text in theirs if text.lang not in spoken))


def _offers(ours: Sequence[Offer], theirs: Sequence[Offer]) -> tuple[Offer, ...]:
    served = {offer.market for offer in ours}
    return (*ours, *(offer for offer in theirs if offer.market not in served))


def _variants(ours: Sequence[Variant], theirs: Sequence[Variant]) -> tuple[Variant, ...]:
    """Join forms of one id; their options stay in the first feed's language."""
    others = {variant.id: variant for variant in theirs}
    joined: list[Variant] = []
    for variant in ours:
        other = others.pop(variant.id, variant)
        joined.append(replace(variant, offers=_offers(variant.offers, other.offers)))
    return (*joined, *others.values())
