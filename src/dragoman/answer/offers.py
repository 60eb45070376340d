"""What the offers say: price and stock for a market. From the shop's own figures, never from reviews."""

from collections.abc import Iterable
from dataclasses import replace

from dragoman.answer.asking import Question
from dragoman.answer.cues import folded
from dragoman.answer.messages import say
from dragoman.answer.parts import Sentence, Sheet
from dragoman.text.money import show
from dragoman.types import Citation, Fact, Lang, Money, Offer, Passage, Product

KNOWN = ("in_stock", "limited", "preorder", "backorder", "out_of_stock", "discontinued")


def offers_of(product: Product, market: str) -> tuple[Offer, ...]:
    """Return the offers that a market can take: made to it, else to every market; the product's own first.

    Without a market, those of the first offer's market: the seller's own.
    """
    every = [*product.offers, *(offer for variant in product.variants for offer in variant.offers)]
    if not market and every:
        market = every[0].market
    return _made_to(every, market) or _made_to(every, "")


def offer_of(product: Product, market: str) -> Offer | None:
    """Return the offer that stands for a product in a market: its own, else the cheapest of its variants."""
    own = offers_of(replace(product, variants=()), market)
    return min(own or offers_of(product, market), key=lambda offer: offer.price.minor, default=None)


def named_offer(question: Question, product: Product, market: str) -> Offer | None:
    """Return the offer of the one variant whose option the question names ("in size 42"), if any."""
    words = question.plain
    named = [
        variant
        for variant in product.variants
        if any(_stands_in(folded(option.value), words) for option in variant.options)
    ]
    if len(named) != 1:
        return None
    return offer_of(replace(product, offers=named[0].offers, variants=()), market)


def price_sentences(question: Question, sheet: Sheet, market: str) -> list[Sentence]:
    """Return what a product costs in a market; [] where it has no offer there."""
    offer = named_offer(question, sheet.product, market) or sheet.offer
    if offer is None:
        return []
    lang = question.reply
    span = _span(offers_of(sheet.product, market))
    if offer is sheet.offer and span is not None:
        low, high = span
        told = say("price_span", lang, low=show(low.price, lang), high=show(high.price, lang))
        return [_sentence(told, sheet, (low, high), lang)]
    made = [_sentence(say("price", lang, price=show(offer.price, lang)), sheet, (offer,), lang)]
    if offer.list_price and offer.list_price.minor > offer.price.minor:
        before = say("price_before", lang, price=show(offer.list_price, lang))
        made.append(_sentence(before, sheet, (offer,), lang))
    return made


def stock_sentences(question: Question, sheet: Sheet, market: str) -> list[Sentence]:
    """Return whether a product can be had in a market; [] where nobody knows."""
    offer = named_offer(question, sheet.product, market) or sheet.offer
    if offer is None or offer.availability not in KNOWN:
        return []
    lang = question.reply
    return [_sentence(say(f"stock_{offer.availability}", lang), sheet, (offer,), lang)]


def price_fact(price: Money, lang: Lang) -> Fact:
    """Return a price as a fact, written for a reader."""
    return Fact(say("label_price", lang), show(price, lang), price.currency)


def title_citation(sheet: Sheet) -> tuple[Citation, ...]:
    """Return the product's title as what a statement about its offer stands on; () without one."""
    titles = sheet.product.titles
    if not titles or not titles[0].value.strip():
        return ()
    quote = titles[0].value.strip()
    return (Citation(Passage(sheet.product.id, "title", titles[0]), quote, 1.0),)


def _sentence(text: str, sheet: Sheet, offers: tuple[Offer, ...], lang: Lang) -> Sentence:
    facts = tuple(price_fact(offer.price, lang) for offer in offers)
    return Sentence(text, title_citation(sheet), facts, offers)


def _made_to(offers: Iterable[Offer], market: str) -> tuple[Offer, ...]:
    return tuple(offer for offer in offers if offer.market == market)


def _span(offers: tuple[Offer, ...]) -> tuple[Offer, Offer] | None:
    """The cheapest and the dearest, where versions differ in price within one currency."""
    if not offers or len({offer.price.currency for offer in offers}) > 1:
        return None
    low = min(offers, key=lambda offer: offer.price.minor)
    high = max(offers, key=lambda offer: offer.price.minor)
    return (low, high) if high.price.minor > low.price.minor else None


def _stands_in(value: str, words: str) -> bool:
    if not value:
        return False
    if not value.isascii() and len(value) > 1:
        return value in words
    return f" {value} " in f" {''.join(char if char.isalnum() else ' ' for char in words)} "
