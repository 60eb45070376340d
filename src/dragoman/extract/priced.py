"""A price that a text names, read as sellers write prices. Knows `text.money`, no rates."""

import re
from functools import cache
from typing import Final

from babel.numbers import list_currencies
from price_parser import Price

from dragoman.errors import BadInput
from dragoman.extract.found import Found, Piece
from dragoman.extract.view import fold
from dragoman.text.currencies import AMBIGUOUS, MARKS
from dragoman.text.measures import shown_number, unit_of
from dragoman.text.money import digits, parse_price

_NUMBER: Final = re.compile(r"\d[\d.,' ]*\d|\d")
_WINDOW: Final = 14
_BARE: Final = re.compile(r"[\s.:]+")


def price_in(piece: Piece) -> Found | None:
    """Return the first price of a piece, None where no number has a currency beside it.

    A sign of many currencies ("$") is kept as it is written: which dollar, only the market says.
    """
    text = piece.view.folded
    for found in _NUMBER.finditer(text):
        start, end = _around(text, found.start(), found.end())
        beside = {_BARE.sub("", text[start : found.start()]), _BARE.sub("", text[found.end() : end])}
        # Reading a price is slow, and nearly all numbers are none: only beside a currency is it tried.
        read = _read(piece.view.quote(start, end).strip()) if beside & _marks() else None
        if read:
            return Found("Price", read[0], read[1], start, end, 0.85 if len(read[1]) == 3 else 0.6)
    return None


@cache
def _marks() -> frozenset[str]:
    """Signs, words and codes of currencies, folded."""
    known = {_BARE.sub("", fold(mark)) for mark in (*MARKS, *AMBIGUOUS, *list_currencies())} - {""}
    # "ft" is forints and feet, "km" marks and kilometres: beside a number it is the length.
    return frozenset(mark for mark in known if not unit_of(mark))


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the number with the signs or words that touch it."""
    left = re.search(r"(?:[^\s\d.,;:()]{1,5} ?)$", text[max(0, start - _WINDOW) : start])
    right = re.match(r" ?[^\s\d.,;:()]{1,6}", text[end : end + _WINDOW])
    return start - (len(left[0]) if left else 0), end + (len(right[0]) if right else 0)


def _read(written: str) -> tuple[str, str] | None:
    try:
        money = parse_price(written)
        return shown_number(money.minor / 10 ** digits(money.currency)), money.currency
    except BadInput:
        loose = Price.fromstring(written)
    if loose.amount is None or not loose.currency or not re.search(r"[^\w\s]", loose.currency):
        return None
    return shown_number(float(loose.amount)), loose.currency
