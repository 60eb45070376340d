"""Prices as whole numbers that hold market, state and amount at once, so that one range asks for all three.

An index over objects within objects answers the same question ten times slower: docs/decisions/0006-index.md.
"""

import re
from collections.abc import Sequence
from string import ascii_uppercase
from typing import get_args

from dragoman.errors import BadInput
from dragoman.types import Availability, Offer

EVERYWHERE = "*"  # how the market "" is written where "" means any market

_AMOUNT_BITS = 40  # 10^12 minor units; with 13 bits of place and state it fits the 53 bits of a float64
_STATES = ("", *get_args(Availability))  # "" is any; stored codes depend on this order
_MARKET = re.compile("[A-Z]{2}")
_CURRENCY = re.compile("[A-Z]{3}")


def price_field(currency: str) -> str:
    """Return the name of the field that holds the prices in this currency."""
    return f"price.{currency}"


def price_span(market: str, state: str, low: int | None, high: int | None) -> tuple[int, int]:
    """Return the lowest and the highest code of a price of low..high in this market and state.

    Args:
        market: Two letters, ``"*"`` for offers to every market, ``""`` for any offer at all.
        state: An availability, or ``""`` for any.

    >>> price_span("", "", 1, 2), price_span("*", "", None, 0)
    ((1, 2), (8796093022208, 8796093022208))
    """
    place, largest = _place(market), (1 << _AMOUNT_BITS) - 1
    low, high = max(low or 0, 0), largest if high is None else min(high, largest)
    if place is None or low > high:
        return (1, 0)  # holds nothing
    code = (place * len(_STATES) + _STATES.index(state)) << _AMOUNT_BITS
    return code + low, code + high


def price_codes(offers: Sequence[Offer]) -> dict[str, list[int]]:
    """Return, by currency, the code of every offer under its market and any, its state and any.

    Raises:
        BadInput: a market, a currency or an amount is out of the ordinary.
    """
    codes: dict[str, set[int]] = {}
    for offer in offers:
        _check(offer)
        for market in (offer.market or EVERYWHERE, ""):
            for state in (offer.availability, ""):
                code, _ = price_span(market, state, offer.price.minor, None)
                codes.setdefault(offer.price.currency, set()).add(code)
    return {currency: sorted(found) for currency, found in codes.items()}


def _place(market: str) -> int | None:
    if market in ("", EVERYWHERE):
        return len(market)
    if not _MARKET.fullmatch(market):
        return None
    return 2 + 26 * ascii_uppercase.index(market[0]) + ascii_uppercase.index(market[1])


def _check(offer: Offer) -> None:
    if offer.market and not _MARKET.fullmatch(offer.market):
        raise BadInput(f"market {offer.market!r} is not a country code", hint="two capital letters, or none")
    if not _CURRENCY.fullmatch(offer.price.currency):
        raise BadInput(f"currency {offer.price.currency!r} is not an ISO 4217 code", hint="as in EUR")
    if not 0 <= offer.price.minor < 1 << _AMOUNT_BITS:
        raise BadInput(f"price of {offer.price.minor} minor units", hint="from 0 to a million million")
    if offer.availability not in _STATES:
        raise BadInput(f"availability {offer.availability!r}", hint=f"one of {', '.join(_STATES[1:])}")
