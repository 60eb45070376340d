"""A shopper's price window as ranges in every currency a shop may sell in. Approximate: rates move."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from dragoman.errors import BadInput
from dragoman.text.money import digits
from dragoman.types import Money, PriceRange, Rates


def windows(low: Money | None, high: Money | None, rates: Rates) -> tuple[PriceRange, ...]:
    """Return one range per currency of the table, rounded outwards: nobody loses a product to rounding.

    Args:
        low: Cheapest price wanted, in any currency; ``None`` is open.
        high: Dearest price wanted, in any currency; ``None`` is open.

    Returns:
        Ranges in currency order; none if both ends are open.

    Raises:
        BadInput: the two ends are in currencies of which the table lacks one.

    >>> windows(None, Money(1000, "EUR"), Rates("EUR", {"JPY": 160.5}, "2026-01-01"))
    (PriceRange(currency='EUR', low=None, high=1000), PriceRange(currency='JPY', low=None, high=1605))
    """
    named = {price.currency for price in (low, high) if price is not None}
    if not named:
        return ()
    rated = {rates.base, *rates.per_base}
    if strangers := named - rated:
        # Without a rate the window can be kept in its own currency, as long as there is only one.
        if len(named) > 1:
            raise BadInput(f"no rate for {min(strangers)}", hint="give both prices in one currency")
        rated = named
    return tuple(_window(low, high, currency, rates) for currency in sorted(rated))


def comparable(price: Money, rates: Rates) -> float:
    """Return a price in units of the table's base, for sorting; infinite where the table lacks its currency.

    >>> comparable(Money(1605, "JPY"), Rates("EUR", {"JPY": 160.5}, "2026-01-01"))
    10.0
    """
    rate = _rate(price.currency, rates)
    return float(Decimal(price.minor).scaleb(-digits(price.currency)) / rate) if rate else float("inf")


def _window(low: Money | None, high: Money | None, currency: str, rates: Rates) -> PriceRange:
    return PriceRange(
        currency,
        None if low is None else _in(low, currency, rates, ROUND_FLOOR),
        None if high is None else _in(high, currency, rates, ROUND_CEILING),
    )


def _in(price: Money, currency: str, rates: Rates, rounding: str) -> int:
    if price.currency == currency:
        return price.minor
    amount = Decimal(price.minor).scaleb(digits(currency) - digits(price.currency))
    amount = amount * _rate(currency, rates) / _rate(price.currency, rates)
    return int(amount.to_integral_value(rounding))


def _rate(currency: str, rates: Rates) -> Decimal:
    if currency == rates.base:
        return Decimal(1)
    return Decimal(str(rates.per_base.get(currency, 0)))
