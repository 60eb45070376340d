"""Prices as sellers write them, counted in whole minor units; conversion and display by locale.

Exact where money is exact (decimal arithmetic, never floats); rates are approximate and say so.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

from babel.numbers import format_currency, get_currency_precision

from dragoman.errors import BadInput
from dragoman.text.currencies import AMBIGUOUS, MARKS, digits, is_known, known, nearest
from dragoman.text.tags import direction, locale_of
from dragoman.types import Lang, Money, Rates

__all__ = ["convert", "digits", "parse_price", "rates_from", "shipped_rates", "show"]

MOST = (1 << 40) - 1
"""Minor units of the largest price taken, a million million: what an index keeps beside market and state."""

LONGEST = 64
"""Characters of the longest price read; a longer one is some other column."""

# What may surround a number: anything without a digit. What may be inside: digits and separators.
_PRICE = re.compile(r"(?P<before>\D*?)(?P<number>\d(?:[\d.,' ]*\d)?)(?P<after>\D*)")
_LEADING_POINT = re.compile(r"(?<!\d)\.(?=\d)")
_SEPARATORS = str.maketrans("٫٬،’‘`´−–", ".,," + 4 * "'" + "--")
_DOLLAR = re.compile(r"[A-Z]+[$¥£€]|[$¥£€][A-Z]+")
_TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_GROUPS = re.compile(r"\d{1,3}(?:\d{2})?(?:[., '](?:\d{2}[., '])*\d{3})+|\d+")


@lru_cache(maxsize=1 << 14)
def parse_price(text: str, currency: str = "") -> Money:
    """Return the price a seller wrote, in any of the world's notations.

    A lone separator before exactly three digits groups thousands ("1.299 EUR" is 1299 euro), unless
    the currency itself counts thousandths. More decimals than the currency has are refused
    ("19.999"), except the four or more of a computed price, which are rounded half up.

    Args:
        currency: ISO 4217; settles a text that names none, or only an ambiguous sign ("¥", "$", "kr").
            A currency named in the text wins.

    Raises:
        BadInput: no number, several, a negative one, no currency or an unknown one. The hint is the remedy.

    >>> parse_price("€1.299,00"), parse_price("￥1,299", "JPY")
    (Money(minor=129900, currency='EUR'), Money(minor=1299, currency='JPY'))
    """
    plain = _plain(text)
    found = _PRICE.fullmatch(plain) if len(plain) <= LONGEST else None
    if found is None:
        raise BadInput(
            f"{text[:LONGEST]!r} is not one price", hint="write a number and a currency: 15.00 USD"
        )
    marks = _Marks(_mark(found["before"]), _mark(found["after"]))
    if marks.before[:1] == "-" or marks.before[-1:] == "-":
        raise BadInput(f"{text!r} is negative", hint="a price is 0 or more")
    code = _currency(marks, currency, text)
    minor = _minor(_number(found["number"], code, text), code, text)
    if minor > MOST:
        raise BadInput(f"{text!r} is larger than any price", hint="check the decimal point and the column")
    return Money(minor, code)


def convert(money: Money, currency: str, rates: Rates) -> Money:
    """Return the price in another currency, rounded half up to its smallest unit.

    Raises:
        BadInput: the table lacks one of the two currencies.

    >>> convert(Money(1000, "EUR"), "JPY", Rates("EUR", {"JPY": 160.0}, "2026-01-01"))
    Money(minor=1600, currency='JPY')
    """
    if currency == money.currency:
        return money
    amount = Decimal(money.minor).scaleb(-digits(money.currency))
    amount = amount * _rate(currency, rates) / _rate(money.currency, rates)
    return Money(_round(amount.scaleb(digits(currency))), currency)


@cache
def shipped_rates() -> Rates:
    """Return the rates that come with the package: good for filters and sorting, not for charging.

    A quarter are reference rates of the European Central Bank of ``date``, a third are pegs over those,
    the rest are estimates; ``data/rates.json`` says which is which.
    """
    table = json.loads(files("dragoman.text").joinpath("data/rates.json").read_text("utf-8"))
    per_base: dict[str, float] = table["estimate"] | table["fixed"] | table["reference"]
    return Rates(table["base"], MappingProxyType(per_base), table["date"])


def rates_from(table: Mapping[str, Any]) -> Rates:  # Any: parsed JSON
    """Return the rates of a shop's own table; codes of no currency in use (BTC, XAU, XDR) are left out.

    Banks and exchanges list those too, and no price can be in them.

    Raises:
        BadInput: the base is no currency in use.
        KeyError, TypeError, ValueError, AttributeError: it is no table of positive rates.

    >>> rates_from({"base": "eur", "date": "2026-01-31", "per_base": {"usd": 1.1, "BTC": 0.00001}})
    Rates(base='EUR', per_base={'USD': 1.1}, date='2026-01-31')
    """
    per_base = {known(code): float(rate) for code, rate in table["per_base"].items() if is_known(code)}
    if not per_base or not all(0 < rate < float("inf") for rate in per_base.values()):
        raise ValueError("it needs rates of currencies in use, each above 0")
    return Rates(known(table["base"]), per_base, str(table["date"]))


def show(money: Money, lang: Lang) -> str:
    """Return the price as the readers of a language write it (CLDR): sign, separators and digits.

    >>> show(Money(129900, "EUR"), "de"), show(Money(1299, "JPY"), "ja"), show(Money(129950, "USD"), "en")
    ('1.299,00\\xa0€', '￥1,299', '$1,299.50')
    """
    amount = Decimal(money.minor).scaleb(-digits(money.currency))
    locale = locale_of(lang)
    # CLDR writes no cents for some currencies that have them (ALL, PKR): left out only where they are zero.
    short = get_currency_precision(money.currency)
    whole = amount == amount.quantize(Decimal(1).scaleb(-short))
    text = str(format_currency(amount, money.currency, locale=locale, currency_digits=whole))
    # CLDR's currencySpacing, which babel leaves out: letters never touch digits ("PLN 12.00").
    text = _TOUCHING.sub("\xa0", text)
    # In a line that runs from right to left, "US$" would be read as "$US": a mark holds the sign together.
    return _DOLLAR.sub("\\g<0>\u200e", text) if direction(lang) == "rtl" else text


class _Marks(NamedTuple):
    before: str
    after: str


def _plain(text: str) -> str:
    """Fold widths, foreign digits, separators and spaces; drop bidi controls and the joiners beside them."""
    if text.isascii():
        return _LEADING_POINT.sub("0.", " ".join(text.replace("`", "'").split()))
    folded = unicodedata.normalize("NFKC", text).translate(_SEPARATORS)
    kept = (" " if char.isspace() else char for char in folded if unicodedata.category(char) != "Cf")
    digits_folded = "".join(str(unicodedata.digit(char, char)) for char in kept)
    return _LEADING_POINT.sub("0.", " ".join(digits_folded.split()))


def _mark(around: str) -> str:
    if not around or around == " ":
        return ""
    # "12.-" and "12,-" are how Swiss and Czech price tags write a round price.
    return re.sub(r"[\s/]+$|^[.,]-+|\s", "", around).strip(".,:").casefold()


def _currency(marks: _Marks, currency: str, text: str) -> str:
    before, after = _candidates(marks.before, text), _candidates(marks.after, text)
    named = tuple(code for code in before if not after or code in after) if before else after
    if before and after and not named:
        raise BadInput(f"{text!r} names two currencies", hint="write a number and one currency: 15.00 USD")
    given = known(currency) if currency else ""
    if not named or given in named:
        if not given:
            raise BadInput(f"{text!r} names no currency", hint="write its ISO 4217 code: 15.00 USD")
        return given
    if len(named) > 1:
        hint = f"write the code instead of the sign: {', '.join(named[:5])}"
        raise BadInput(f"{text!r} may be in any of {len(named)} currencies", hint=hint)
    return named[0]


def _candidates(mark: str, text: str) -> tuple[str, ...]:
    if not mark:
        return ()
    if mark in AMBIGUOUS:
        return AMBIGUOUS[mark]
    if mark in MARKS:
        return (MARKS[mark],)
    if len(mark) == 3 and mark.isascii() and mark.isalpha():
        return (known(mark),)
    hint = f"write the price as a number and an ISO 4217 code: 15.00 {nearest(mark.upper())}"
    raise BadInput(f"{mark[:40]!r} in {text!r} is not a currency", hint=hint)


def _number(number: str, code: str, text: str) -> Decimal:
    whole, fraction = _split(number, digits(code))
    if not _GROUPS.fullmatch(whole):
        raise BadInput(
            f"{text!r} is not one price", hint="group thousands by threes, or not at all: 1299.00 EUR"
        )
    return Decimal(re.sub(r"\D", "", whole) + "." + (fraction or "0"))


def _split(number: str, decimals: int) -> _Marks:
    """Part a number into its whole part (with groups) and its decimals, by which separator comes last."""
    place = max(number.rfind("."), number.rfind(","))
    if place < 0:
        return _Marks(number, "")
    whole, fraction = number[:place], number[place + 1 :]
    repeated = number[place] in whole
    mixed = any(char in whole for char in ".,' ")
    groups = len(fraction) == 3 and decimals != 3 and not mixed and whole != "0"
    return _Marks(number, "") if repeated or groups else _Marks(whole, fraction)


def _minor(number: Decimal, code: str, text: str) -> int:
    counted = number.scaleb(digits(code))
    # Computed prices (net of tax: 16.806723) come with long tails; 0.999 is a slip that its seller must mend.
    computed = -int(number.as_tuple().exponent) >= 4
    if counted != counted.to_integral_value() and not computed:
        rounded = Decimal(_round(counted)).scaleb(-digits(code))
        hint = f"{code} has {digits(code)} decimals: write {rounded} {code}"
        raise BadInput(f"{text!r} has more decimals than {code}", hint=hint)
    return _round(counted)


def _rate(currency: str, rates: Rates) -> Decimal:
    if currency == rates.base:
        return Decimal(1)
    if currency not in rates.per_base:
        hint = f"the table has {', '.join(sorted(rates.per_base))}"
        raise BadInput(f"no exchange rate for {currency[:40]!r}", hint=hint)
    return Decimal(str(rates.per_base[currency]))


def _round(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_HALF_UP))
