"""A product as this shopper sees it: title in their language, offer of their market, price by locale."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from dragoman.text.money import digits, show
from dragoman.text.tags import best
from dragoman.types import Hit, Lang, Money, Offer, Product, Query, Text

_NO_TITLE = Text("", "und")


def shown(product: Product, query: Query) -> Hit:
    """Return a product as this shopper sees it, for verbs that rank by themselves: no score, no reasons."""
    title, offer = title_for(product, query.langs), offer_for(product, query.market)
    return Hit(product, 0.0, shown=title, offer=offer, price=price_for(offer, query, title))


def title_for(product: Product, langs: Sequence[Lang]) -> Text:
    """Return the title in the first of these languages that there is, else as the seller wrote it.

    >>> bike = Product("1", (Text("Fahrrad", "de"), Text("Bicycle", "en")))
    >>> title_for(bike, ["fr", "en-GB"]).value, title_for(bike, ["ja"]).value
    ('Bicycle', 'Fahrrad')
    """
    titles = product.titles
    if len(titles) < 2 or not langs:
        return titles[0] if titles else _NO_TITLE
    tag = _best(tuple(langs), tuple(title.lang for title in titles))
    return next((title for title in titles if title.lang == tag), titles[0])


def offer_for(product: Product, market: str) -> Offer | None:
    """Return the cheapest offer made to this market, else to every market, else ``None``.

    Without a market, the first offer: the seller's own. The product's offers come before those
    of its variants.

    >>> from dragoman.types import Money
    >>> tea = Product("1", (), offers=(Offer("DE", Money(500, "EUR")), Offer("", Money(600, "USD"))))
    >>> [offer_for(tea, market).price.currency for market in ("DE", "JP", "")]
    ['EUR', 'USD', 'EUR']
    """
    offers = product.offers or tuple(offer for variant in product.variants for offer in variant.offers)
    if not offers:
        return None
    if not market:
        return offers[0]
    return _cheapest(offer for offer in offers if offer.market == market) or _cheapest(
        offer for offer in offers if not offer.market
    )


def price_for(offer: Offer | None, query: Query, shown: Text) -> str:
    """Return an offer's price, written for the first language the shopper reads; "" without an offer.

    The shop's own price in the shop's own currency: what is charged is never converted silently.
    """
    return _written(offer.price, query.langs[0] if query.langs else shown.lang) if offer else ""


def _cheapest(offers: Iterable[Offer]) -> Offer | None:
    # In one market a product is priced in one currency; where it is not, order by code, then price.
    return min(offers, key=lambda offer: (offer.price.currency, offer.price.minor), default=None)


def _written(price: Money, lang: Lang) -> str:
    """Write a price by filling its digits into one of the same length that CLDR's rules wrote.

    Those rules take 100 us a price, a millisecond a page; digits sit in the same places in all
    prices of one length, so a length is written once.
    """
    digits_shown = str(price.minor).zfill(digits(price.currency) + 1)
    form = _form(price.currency, lang, len(digits_shown))
    if not form.pieces or price.minor < 0:
        return show(price, lang)
    shown = digits_shown if form.zero == "0" else digits_shown.translate(_digits_from(form.zero))
    return "".join(piece + digit for piece, digit in zip(form.pieces, (*shown, ""), strict=True))


class _Form(NamedTuple):
    """What stands before, between and after the digits of prices of one length; empty where that varies."""

    pieces: tuple[str, ...]
    zero: str


@lru_cache(maxsize=8192)
def _form(currency: str, lang: Lang, length: int) -> _Form:
    sample = show(Money(int("8" * length), currency), lang)
    eights = [char for char in sample if char.isdecimal()]
    zero = chr(ord(eights[0]) - 8) if eights else "0"
    # Where CLDR shows fewer digits than the currency counts, if only of whole amounts: no filling in.
    nothing = [char for char in show(Money(0, currency), lang) if char.isdecimal()]
    filled = len(eights) == length and len(nothing) == digits(currency) + 1
    if not filled or set(eights) != {chr(ord(zero) + 8)}:
        return _Form((), zero)
    return _Form(tuple(sample.split(eights[0])), zero)


@cache
def _digits_from(zero: str) -> dict[int, int]:
    return {ord("0") + value: ord(zero) + value for value in range(10)}


@lru_cache(maxsize=8192)
def _best(wanted: tuple[Lang, ...], available: tuple[Lang, ...]) -> Lang:
    return best(wanted, available)
