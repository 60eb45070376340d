"""Numbers with their units in a folded text, in all languages.

Knows how amounts are written, not what they are amounts of.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from dragoman.extract.found import Piece
from dragoman.text.measures import compared, kind_of, number, shown_number, unit_at

_FRACTION: Final = r"\d{1,2}/(?:2|3|4|5|6|8|16|32|64)(?!\d)"
NUM: Final = (
    rf"(?:\d{{1,4}}[ -]{_FRACTION}|{_FRACTION}|"
    + r"\d{1,3}(?:[.,']\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
)
START: Final = r"(?<![0-9a-zß-ɏа-яѐ-ӿ\u0900-\u0dff.,/'])(?<![a-z0-9]-)"
_NUMBER: Final = re.compile(START + NUM)
_RANGE: Final = re.compile(r" ?(?:-|/|~|to|bis|à|a|до|から|至|到) ?(?=[\d.])")
PLAIN: Final = re.compile(NUM)
"""A number as it is written: 9.5, 1,5, 1.299, 8-1/2."""


class Amount(NamedTuple):
    """An amount as written, in its own unit; ``low`` is the lower end of a range."""

    value: float
    unit: str
    start: int
    end: int
    low: float | None = None

    @property
    def kind(self) -> str:
        """The unit that it is compared in."""
        return kind_of(self.unit)

    def shown(self) -> str:
        """The amount in the unit it is compared in, as a fact's value."""
        high = compared(self.value, self.unit)
        assert high is not None
        if self.low is None:
            return shown_number(high.value)
        low = compared(self.low, self.unit)
        assert low is not None
        return f"{shown_number(low.value)}-{shown_number(high.value)}"


def amounts(piece: Piece) -> Iterator[Amount]:
    """Yield every number that has a unit, from left to right."""
    text = piece.view.folded
    at = 0
    while found := _NUMBER.search(text, at):
        amount = amount_at(piece, found.start())
        if amount is None:
            at = found.end()
            continue
        at = amount.end
        if is_meant(piece, amount):
            yield amount


def amount_at(piece: Piece, start: int) -> Amount | None:
    """Return the amount that starts with the number at a place, None where no unit follows."""
    text = piece.view.folded
    found = PLAIN.match(text, start)
    if found is None or (value := number(found[0], piece.lang)) is None:
        return None
    low = None
    if (to := _RANGE.match(text, found.end())) and (second := PLAIN.match(text, to.end())):
        upper = number(second[0], piece.lang)
        if upper is not None and unit_at(text, second.end()) and upper > value:
            low, value, found = value, upper, second
    unit = unit_at(text, found.end())
    return Amount(value, unit.unit, start, unit.end, low) if unit else None


def is_meant(piece: Piece, amount: Amount) -> bool:
    """Say whether a unit is really meant: "4G" is no four grams, "2 in 1" no two inches."""
    view, start = piece.view, amount.end
    text = view.folded
    digits = PLAIN.match(text, amount.start)
    assert digits is not None
    written = text[digits.end() : amount.end].strip(" -")
    source = view.quote(digits.end(), amount.end).strip(" -")
    touches = text[amount.end - len(written) - 1 : amount.end - len(written)].isdigit()
    check = _CHECKS.get(written)
    return check is None or check(_Written(text, start, source, touches, amount, piece.lang))


class _Written(NamedTuple):
    text: str
    end: int
    source: str
    touches: bool  # no space between number and unit
    amount: Amount
    lang: str


def _gram(it: _Written) -> bool:
    """Networks are counted in G too: 4G anywhere, 2g beside words of telephones."""
    if not (it.touches and it.amount.value in (2, 3, 4, 5, 6)):
        return True
    return it.source != "G" and not re.search(
        r"\b(?:gsm|lte|hspa\+?|hsdpa|umts|cdma|network|unlocked|wi-?fi)\b", it.text
    )


def _metre(it: _Written) -> bool:
    return not (it.source == "M" and it.touches)


def _capital(it: _Written) -> bool:
    return it.source.isupper() and it.touches


def _inch(it: _Written) -> bool:
    following = it.text[it.end : it.end + 12].lstrip()
    if it.touches and it.text[it.end - 3] != "-":
        return not following[:1].isdigit()
    if it.lang != "en":
        return False
    beside = re.match(
        r"[.,;:)\]/x]|$|(?:l|w|h|d|long|wide|tall|high|deep|diameter|length|width|height|thick)\b", following
    )
    return beside is not None and not re.match(r"\. ?[a-z]{4,}", following[:0])


def _mark(it: _Written) -> bool:
    """A closing quotation mark is no inch: there is an open one before it."""
    before = it.text[max(0, it.amount.start - 400) : it.amount.start]
    opened = before.count('"') - len(re.findall(r'\d"', before))
    return it.touches and opened % 2 == 0


def _foot(it: _Written) -> bool:
    before = it.text[it.amount.start - 1 : it.amount.start]
    return (
        it.touches
        and it.amount.value < 200
        and before not in ("'", "`")
        and it.amount.value == int(it.amount.value)
    )


def _carat(it: _Written) -> bool:
    return it.amount.value != int(it.amount.value) or it.amount.value <= 10


def _minute(it: _Written) -> bool:
    return not re.match(r" ?(?:\d|order)", it.text[it.end : it.end + 6])


_CHECKS: Final[Mapping[str, Callable[[_Written], bool]]] = {
    "g": _gram, "m": _metre, "a": _capital, "v": lambda it: it.source == "V" or it.touches,
    "w": lambda it: it.touches or it.source == "W",
    "in": _inch, '"': _mark, "''": _mark, "'": _foot, "ct": _carat, "ct.": _carat, "n": _capital,
    "min": _minute,
    "h": lambda it: it.touches or it.source == "h", "l": lambda it: True, "cv": _capital,
    "psi": lambda it: True,
    "м": lambda it: True, "to": lambda it: False,
}  # fmt: skip
