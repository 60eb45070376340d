"""A range of codes holds a price exactly when market, state and amount fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.backends.indexes.prices import EVERYWHERE, price_codes, price_span
from dragoman.errors import BadInput
from dragoman.text.money import MOST
from dragoman.types import Availability, Money, Offer

MARKETS = st.sampled_from(["", "DE", "AT", "AA", "ZZ"])
STATES = st.sampled_from(["in_stock", "limited", "discontinued", "unknown"])
AMOUNTS = st.integers(0, 2**40 - 1) | st.integers(0, 30)
ENDS = st.none() | st.integers(-5, 35) | st.integers(2**40 - 5, 2**40 + 5)


def holds(offer: Offer, market: str, state: str, low: int | None, high: int | None) -> bool:
    markets = [market, EVERYWHERE] if market else [""]
    codes = price_codes([offer])["EUR"]
    return any(
        first <= code <= last
        for first, last in (price_span(place, state, low, high) for place in markets)
        for code in codes
    )


@given(MARKETS, STATES, AMOUNTS, MARKETS, st.just("") | STATES, ENDS, ENDS)
def test_a_span_holds_what_its_words_say(
    at: str, has: Availability, minor: int, market: str, state: str, low: int | None, high: int | None
) -> None:
    offer = Offer(at, Money(minor, "EUR"), availability=has)
    suits = (not market or at in (market, "")) and (not state or has == state)
    within = (low is None or minor >= low) and (high is None or minor <= high)
    assert holds(offer, market, state, low, high) == (suits and within)


@given(MARKETS, STATES, AMOUNTS)
def test_codes_are_exact_as_floats(market: str, state: Availability, minor: int) -> None:
    codes = price_codes([Offer(market, Money(minor, "EUR"), availability=state)])["EUR"]
    assert all(int(float(code)) == code for code in codes)


def test_a_market_that_is_no_country_holds_nothing() -> None:
    assert not holds(Offer("DE", Money(1, "EUR"), availability="in_stock"), "Germany", "", None, None)


@pytest.mark.parametrize(
    "offer",
    [
        Offer("de", Money(1, "EUR")), Offer("DEU", Money(1, "EUR")), Offer("DE", Money(1, "eur")),
        Offer("DE", Money(1, "EUR.x")), Offer("DE", Money(-1, "EUR")), Offer("DE", Money(2**40, "EUR")),
    ],
)  # fmt: skip
def test_what_cannot_be_coded_is_refused(offer: Offer) -> None:
    with pytest.raises(BadInput):
        price_codes([offer])


def test_what_a_feed_may_say_an_index_can_keep() -> None:
    """A price that is read and cannot be put would end an ingest, for all that come after it."""
    assert price_codes([Offer("DE", Money(MOST, "EUR"))])["EUR"]
    with pytest.raises(BadInput):
        price_codes([Offer("DE", Money(MOST + 1, "EUR"))])
