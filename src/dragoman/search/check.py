"""Refuses what cannot be searched, with a remedy. Knows the limits, nothing of languages."""

from dragoman.errors import BadInput, TooLarge
from dragoman.types import Query

MOST_HITS = 200
LONGEST_TEXT = 2_000  # characters; the longest shopper's query seen in the public sets has 180
MOST_VALUES = 1_000  # of all the lists of a filter together


def check(query: Query) -> None:
    """Return nothing if the query can be searched.

    Raises:
        BadInput: k is out of range or prices that exclude each other.
        TooLarge: the text or the filter is longer than any shopper's.
    """
    if not 1 <= query.k <= MOST_HITS:
        raise BadInput(f"k is {query.k}", hint=f"ask for 1 to {MOST_HITS} products and page with the cursor")
    if len(query.text) > LONGEST_TEXT:
        raise TooLarge(
            f"the query has {len(query.text)} characters",
            hint=f"describe the product in at most {LONGEST_TEXT}",
        )
    where = query.where
    listed = (where.categories, where.brands, where.sellers, where.langs, where.prices, where.not_ids)
    values = sum(map(len, listed)) + sum(1 + len(fact.values) for fact in where.facts)
    if values > MOST_VALUES:
        raise TooLarge(f"the filter lists {values} values", hint=f"send at most {MOST_VALUES}")
    low, high = query.price_low, query.price_high
    if any(price is not None and price.minor < 0 for price in (low, high)):
        raise BadInput("a price below 0", hint="prices start at 0")
    if low and high and low.currency == high.currency and low.minor > high.minor:
        raise BadInput(
            f"price from {low.minor} to {high.minor} {low.currency} excludes everything", hint="swap the two"
        )
