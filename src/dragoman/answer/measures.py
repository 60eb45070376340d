"""Amounts in running text: numbers in digits or words, their unit or currency, and which are equal.

Knows numbers and units, no product. A claim is read one way, by the habits of its language; evidence is
read every way that it allows ("1.299" may be either), so that a seller's foreign habits do no harm.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any, Final

from babel.numbers import get_decimal_symbol

from dragoman.answer.cues import folded, rows, spoken
from dragoman.text.currencies import AMBIGUOUS, MARKS, digits
from dragoman.text.tables import table
from dragoman.text.tags import locale_of
from dragoman.types import Lang

_COUNTED: Final = ("zh", "ja", "ko")  # number words count only before a counter
_NUMBER: Final = re.compile(
    r"(?<![\d])\d{1,3}(?:,\d{2})*(?:[,.' ]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
)
# Forms of one letter that are words or sizes elsewhere count only when they touch their number.
_TOUCHING: Final = frozenset({"a", "d", "k", "c", "f", "h", "s", "j", "t", "an", "min", "dia", "ay", "mi"})
_PINT: Final = {
    "in": "inch", "ft": "foot", "gal": "gallon", "w": "watt", "kw": "kilowatt", "v": "volt",
    "mah": "milliampere_hour", "hz": "hertz", "gb": "gigabyte", "tb": "terabyte", "mb": "megabyte",
}  # fmt: skip
_PLAIN_UNITS: Final = frozenset({"megapixel", "thread", "ph", "rpm", "percent", "lumen", "decibel"})
_EXTRA_MONEY: Final = {
    "yuan": "CNY", "人民币": "CNY", "块钱": "CNY", "块": "CNY", "dollar": "USD", "dollars": "USD",
    "dolares": "USD",
    "долларов": "USD", "доллара": "USD", "دولار": "USD", "डॉलर": "USD", "डालर": "USD", "dolar": "USD",
    "dolarow": "USD",
    "pounds sterling": "GBP", "euros": "EUR", "reais": "BRL", "rupees": "INR", "रुपए": "INR", "रुपये": "INR",
    "рублей": "RUB", "рубля": "RUB", "ريال": "SAR", "درهم": "AED", "ดอลลาร์": "USD", "ยูโร": "EUR",
    "baht": "THB",
    "dolari": "USD", "dollari": "USD", "lira": "TRY", "yen": "JPY", "cents": "cent", "cent": "cent",
    "美金": "USD",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and what it counts: ``unit`` is pint's name, ``money:EUR``, or "" for a bare number."""

    value: Decimal
    unit: str = ""
    is_word: bool = False  # written as a word: two, zwei


def claimed(text: str, lang: Lang) -> list[tuple[Amount, ...]]:
    """Return the amounts that a text claims: each number read the one way that its language writes it.

    One amount a number, but for a sign that several currencies share: then one for each of them.

    >>> claims = claimed("Es wiegt 1,5 kg und hält zwei Jahre.", "de")
    >>> [(str(one.value), one.unit) for [one] in claims]
    [('1.5', 'kg'), ('2', 'year')]
    """
    return [tuple(one for one in found if one.value == found[0].value) for found in _amounts(text, lang)]


def stated(text: str, lang: Lang) -> frozenset[Amount]:
    """Return every amount that a text may state, whichever way its numbers are read; words for one are 1."""
    plain = folded(text)
    found = {amount for readings in _amounts(text, lang) for amount in readings}
    ones = _ones().get(spoken(lang))
    if ones and ones.search(plain):
        opened = ones.sub("1", plain)
        found |= {amount for readings in _scan(opened, lang) for amount in readings}
    return frozenset(found)


def equal(claim: Amount, evidence: Amount) -> bool:
    """Say whether an amount says the same as another; 1 kg is 1000 g, rounding of a conversion is allowed.

    >>> one, thousand = Decimal(1), Decimal(1000)
    >>> equal(Amount(one, "kg"), Amount(thousand, "g")), equal(Amount(one), Amount(one, "g"))
    (True, False)
    """
    if claim.unit == evidence.unit:
        return claim.value == evidence.value
    if not claim.unit or not evidence.unit or "money" in (claim.unit + evidence.unit):
        return False
    converted = _converted(evidence, claim.unit)
    if converted is None:
        return False
    places = max(0, -int(claim.value.as_tuple().exponent))
    off = abs(converted - claim.value)
    # Rounded at its last digit, and by no more than a fiftieth: "9 in" is "22.9 cm", not "20 cm".
    return off <= Decimal("0.5000001") * Decimal(10) ** -places and off <= abs(converted) / 50


def _amounts(text: str, lang: Lang) -> Iterator[list[Amount]]:
    plain = folded(text)
    yield from _scan(_with_digits(plain, lang), lang)


def _scan(plain: str, lang: Lang) -> Iterator[list[Amount]]:
    for match in _NUMBER.finditer(plain):
        word = plain[match.end() : match.end() + 1] == _WORD_MARK
        end = match.end() + word
        units = _units_at(plain, match.start(), end)
        values = _values(match[0], lang)
        yield [Amount(value, unit, word) for value in values for unit in units]


def _values(number: str, lang: Lang) -> list[Decimal]:
    """The readings of a number, that of the language first."""
    point = "." if get_decimal_symbol(locale_of(lang)) != "," else ","
    separators = [char for char in number if not char.isdigit()]
    bare = re.sub(r"\D", "", number)
    if not separators:
        return [Decimal(bare)]
    last, tail = separators[-1], len(number) - 1 - max(number.rfind(char) for char in separators)
    fraction = _decimal(bare, tail)
    whole = Decimal(bare)
    if len(separators) > 1:
        return [whole] if separators.count(last) > 1 or last in " '" else [fraction]
    if last in " '":
        return [whole]
    if tail != 3 or number.startswith("0"):
        return [fraction]
    return [fraction, whole] if last == point else [whole, fraction]


def _decimal(bare: str, places: int) -> Decimal:
    try:
        return Decimal(f"{bare[:-places] or '0'}.{bare[-places:]}").normalize() + 0
    except InvalidOperation:  # pragma: no cover - digits only
        return Decimal(0)


def _units_at(plain: str, start: int, end: int) -> list[str]:
    """What the number at a place counts, the likeliest first; a sign of several currencies gives several."""
    after = plain[end : end + 24]
    found = _unit_pattern().match(after)
    if found and (not after[:1].isspace() or found["unit"] not in _TOUCHING):
        return [_unit_names()[found["unit"]]]
    before = _money_before().search(plain[max(0, start - 8) : start])
    behind = _money_after().match(after)
    mark = (before and before["mark"]) or (behind and behind["mark"]) or ""
    if not mark:
        return [""]
    return [f"money:{code}" for code in _money_names()[mark]]


_WORD_MARK: Final = "\u0001"  # stands after digits that were written as a word


def _with_digits(plain: str, lang: Lang) -> str:
    """Write the number words of a language in digits, so that what follows them is read as their unit."""
    pattern, values = _words(spoken(lang))
    return pattern.sub(lambda match: f" {values[match['word']]}{_WORD_MARK}", plain)


@cache
def _words(lang: str) -> tuple[re.Pattern[str], Mapping[str, int]]:
    [columns] = [row[1:] for row in rows("numerals") if row[0] == lang] or [[]]
    values = {
        folded(form): place
        for place, forms in enumerate(columns, start=1)
        for form in forms.split("|")
        if form != "-"
    }
    choice = "|".join(re.escape(word) for word in sorted(values, key=lambda word: (-len(word), word)))
    if not values:
        return re.compile(r"(?P<word>(?!))"), values
    if lang in _COUNTED:
        return re.compile(rf"(?P<word>{choice})\s?(?=(?:{_counters(lang)}))"), values
    if lang == "th":
        return re.compile(rf"(?P<word>{choice})"), values
    return re.compile(rf"(?<![\w\u0900-\u0963])(?P<word>{choice})(?![\w\u0900-\u0963])"), values


@cache
def _counters(lang: str) -> str:
    [[_, counters]] = [row for row in rows("counters") if row[0] == lang]
    return "|".join(re.escape(folded(one)) for one in sorted(counters.split("|"), key=len, reverse=True))


@cache
def _ones() -> Mapping[str, re.Pattern[str]]:
    words = {lang: [folded(form) for form in forms.split("|")] for lang, forms in rows("ones")}
    border = r"[\w\u0900-\u0963]"
    return {
        lang: re.compile(rf"(?<!{border})(?:{'|'.join(map(re.escape, forms))})(?!{border})")
        for lang, forms in words.items()
    }


@cache
def _unit_names() -> Mapping[str, str]:
    known = {form: _PINT.get(row[0], row[0]) for row in table("units") for form in map(folded, row)}
    for name, forms in rows("measures"):
        for form in forms.split("|"):
            known.setdefault(folded(form), name)
    return {form: name for form, name in known.items() if form}


@cache
def _unit_pattern() -> re.Pattern[str]:
    spaced = [form for form in _unit_names() if not _is_unspaced(form)]
    unspaced = [form for form in _unit_names() if _is_unspaced(form)]
    border = r"(?![^\W\d_]|[\u0900-\u0963])"
    words, signs = _any_of(spaced), _any_of(unspaced)
    return re.compile(rf"\u0001?[ -]?(?P<unit>(?:{words}){border}|(?:{signs}))")


def _any_of(forms: Iterable[str]) -> str:
    """The forms as one choice of a pattern, the longest first."""
    return "|".join(map(re.escape, sorted(forms, key=lambda form: (-len(form), form))))


def _is_unspaced(form: str) -> bool:
    return (
        bool(re.search("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]", form))
        or not form[-1].isalpha()
    )


@cache
def _money_names() -> Mapping[str, tuple[str, ...]]:
    units = _unit_names()
    known: dict[str, tuple[str, ...]] = {}
    for mark, code in (*MARKS.items(), *_EXTRA_MONEY.items()):
        plain = folded(mark)
        # Short marks of letters ("r", "l", "le", "fr") are words; a unit comes before a currency.
        if plain and plain not in units and (len(plain) > 2 or not plain.isalpha() or not plain.isascii()):
            known[plain] = (code,)
    known |= {folded(mark): codes for mark, codes in AMBIGUOUS.items() if not mark.isascii() or mark == "$"}
    known |= {code.lower(): (code,) for code in set(MARKS.values())}
    return known


@cache
def _money_before() -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=[\s(\W]))(?P<mark>{_marks()})\s?$")


@cache
def _money_after() -> re.Pattern[str]:
    return re.compile(rf"\u0001?\s?(?P<mark>{_marks()})(?![a-z])")


def _marks() -> str:
    return "|".join(map(re.escape, sorted(_money_names(), key=lambda mark: (-len(mark), mark))))


@cache
def _registry() -> Any:  # Any: pint ships types that strict mode cannot follow
    # Imported when first needed: loading its definitions takes a third of a second.
    from pint import UnitRegistry

    return UnitRegistry(autoconvert_offset_to_baseunit=True)


def _converted(amount: Amount, unit: str) -> Decimal | None:
    if unit in _PLAIN_UNITS or amount.unit in _PLAIN_UNITS:
        return None
    from pint.errors import PintError

    try:
        made = _registry().Quantity(float(amount.value), amount.unit).to(unit)
    except PintError:
        return None
    return Decimal(repr(round(float(made.magnitude), 9)))


def price_amount(minor: int, currency: str) -> Amount:
    """Return a price as an amount.

    >>> price_amount(1299, "EUR")
    Amount(value=Decimal('12.99'), unit='money:EUR', is_word=False)
    """
    return Amount(Decimal(minor).scaleb(-digits(currency)).normalize() + 0, f"money:{currency}")


def data_text(name: str) -> str:
    """Return a data file of this package as text."""
    return files("dragoman.answer").joinpath(f"data/{name}").read_text(encoding="utf-8")


def unit_forms() -> Mapping[str, str]:
    """Return pint's name of every written form of a unit, folded."""
    return _unit_names()
