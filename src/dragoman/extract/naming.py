"""Facts in the shopper's language: names and values from the taxonomy and our tables, numbers by locale.

Pure look-ups: a name nobody has a word for stays as it is.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal, NamedTuple

from babel import Locale
from babel.numbers import format_decimal
from babel.units import format_unit

from dragoman.extract.schema import LANGS as TAXONOMY_LANGS
from dragoman.extract.schema import attribute_numbers, taxonomy, value_numbers, wording
from dragoman.extract.view import fold
from dragoman.extract.words import LANGS, shown_forms
from dragoman.text.measures import convert, kind_of, shown_number
from dragoman.text.tags import locale_of
from dragoman.types import Fact, Lang


class ShownFact(NamedTuple):
    """A fact as a shopper reads it."""

    name: str
    value: str


def shown_fact(fact: Fact, lang: Lang) -> ShownFact:
    """Return a fact's name and value in a language; what has no translation stays as it is.

    >>> shown_fact(Fact("Weight", "2500", "g", "2,5 kg", 0.9), "ru")
    ShownFact(name='Вес', value='2,5 кг')
    """
    return ShownFact(shown_name(fact.name, lang), shown_value(fact, lang))


def shown_name(name: str, lang: Lang) -> str:
    """Return the name of a fact in a language, its first letter a capital where the script has them.

    >>> shown_name("Material", "ar"), shown_name("Batteries included", "de"), shown_name("柄", "de")
    ('المادة', 'Batterien enthalten', '柄')
    """
    tag = _column(lang)
    found = _names().get(fold(name), {}).get(tag, "")
    if not found and (number := attribute_numbers().get(fold(name))) is not None:
        known = _taxonomy_tag(lang)
        found = wording(known).attributes[number] if known else ""
    found = found or name
    return found[:1].upper() + found[1:]


def shown_value(fact: Fact, lang: Lang) -> str:
    """Return the value of a fact in a language: amounts in a handy unit, closed values by their names.

    >>> shown_value(Fact("Color", "Rose gold"), "ja"), shown_value(Fact("Waterproof", "no"), "es")
    ('ローズゴールド', 'No')
    >>> shown_value(Fact("Dimensions", "30 × 20.5", "cm"), "de")
    '30 × 20,5 cm'
    """
    if fact.unit:
        return _amount(fact.value, fact.unit, lang)
    said = _YES_NO.get(_column(lang), _YES_NO["en"])
    if fact.value in ("yes", "no") and fact.name != fact.value:
        return said[0] if fact.value == "yes" else said[1]
    own = _values().get((fact.name, fact.value), {}).get(_column(lang), "")
    if own:
        return own[:1].upper() + own[1:]
    if fact.name == "Color" and (mended := _MENDED.get((lang.split("-")[0], fact.value))):
        return mended
    number = value_numbers().get(fact.value)
    known = _taxonomy_tag(lang)
    if number is not None and known and fold(fact.name) in attribute_numbers():
        return wording(known).values[number] or fact.value
    return fact.value


def attribute_named(label: str, lang: str) -> str:
    """Return the English name of the taxonomy's attribute that a folded label names, "" for none.

    >>> attribute_named(fold("Energiequelle"), "de")
    'Power source'
    """
    number = _attributes_by_name(lang).get(label)
    return taxonomy().attributes[number].name if number is not None else ""


@cache
def _attributes_by_name(lang: str) -> Mapping[str, int]:
    tags = [tag for tag in TAXONOMY_LANGS if tag.split("-")[0] == lang]
    found: dict[str, int] = {}
    for tag in tags:
        for number, name in enumerate(wording(tag).attributes):
            if name:
                found.setdefault(fold(name), number)
    return found


@cache
def _names() -> Mapping[str, Mapping[str, str]]:
    found = {fold(key[0]): shown for key, shown in shown_forms("more_names", 1)}
    found |= {fold(key[0]): shown for key, shown in shown_forms("claims", 1)}
    return found | {fold(key[0]): shown for key, shown in shown_forms("names", 2)}


@cache
def _values() -> Mapping[tuple[str, str], Mapping[str, str]]:
    return {(key[0], key[1]): shown for key, shown in shown_forms("values", 2)}


def _column(lang: Lang) -> str:
    """Return the column of our tables for a tag: zh-TW reads zh-Hant, pt-BR reads pt."""
    parts = lang.split("-")
    if parts[0] == "zh":
        return "zh-Hant" if {"Hant", "TW", "HK", "MO"} & set(parts) else "zh"
    return parts[0] if parts[0] in LANGS else ""


def _taxonomy_tag(lang: Lang) -> str:
    column = _column(lang)
    if column in TAXONOMY_LANGS:
        return column
    first = lang.split("-")[0]
    return first if first in TAXONOMY_LANGS else "nb" if first == "no" else ""


_YES_NO: Final[Mapping[str, tuple[str, str]]] = {
    "en": ("Yes", "No"), "de": ("Ja", "Nein"), "fr": ("Oui", "Non"), "es": ("Sí", "No"), "pt": ("Sim", "Não"),
    "it": ("Sì", "No"), "pl": ("Tak", "Nie"), "ru": ("Да", "Нет"), "tr": ("Evet", "Hayır"),
    "vi": ("Có", "Không"),
    "id": ("Ya", "Tidak"), "ar": ("نعم", "لا"), "hi": ("हाँ", "नहीं"), "th": ("ใช่", "ไม่ใช่"),
    "ja": ("はい", "いいえ"),
    "ko": ("예", "아니요"), "zh": ("是", "否"), "zh-Hant": ("是", "否"),
}  # fmt: skip

# Colours that the taxonomy takes for wines, a fruit, or leaves in another language.
_MENDED: Final[Mapping[tuple[str, str], str]] = {
    ("fi", "Red"): "Punainen", ("fi", "White"): "Valkoinen", ("fi", "Silver"): "Hopea",
    ("fi", "Gold"): "Kulta", ("sv", "Orange"): "Orange", ("sv", "Gold"): "Guld",
    ("nl", "Silver"): "Zilver", ("nl", "Gold"): "Goud",
}  # fmt: skip

# From how much on an amount is shown in a larger unit.
_LARGER: Final[Mapping[str, tuple[tuple[float, str], ...]]] = {
    "g": ((1000, "kg"),), "cm": ((300, "m"),), "ml": ((1000, "l"),), "W": ((1000, "kW"),), "A": (),
    "Hz": ((1e9, "GHz"), (1e6, "MHz"), (1e3, "kHz")), "GB": ((1000, "TB"),), "Wh": ((1000, "kWh"),),
}  # fmt: skip
_SMALLER: Final[Mapping[str, tuple[float, str]]] = {
    "g": (1, "mg"),
    "cm": (1, "mm"),
    "GB": (1, "MB"),
    "A": (1, "mA"),
    "V": (0.1, "mV"),
}

_CLDR: Final = {
    "g": "mass-gram", "kg": "mass-kilogram", "mg": "mass-milligram", "cm": "length-centimeter",
    "m": "length-meter",
    "mm": "length-millimeter", "ml": "volume-milliliter", "l": "volume-liter", "W": "power-watt",
    "kW": "power-kilowatt",
    "V": "electric-volt", "A": "electric-ampere", "mA": "electric-milliampere", "Hz": "frequency-hertz",
    "kHz": "frequency-kilohertz",
    "MHz": "frequency-megahertz", "GHz": "frequency-gigahertz", "GB": "digital-gigabyte",
    "TB": "digital-terabyte",
    "MB": "digital-megabyte", "°C": "temperature-celsius", "Wh": "", "kWh": "energy-kilowatt-hour",
    "m²": "area-square-meter",
    "h": "duration-hour", "month": "duration-month", "year": "duration-year", "K": "temperature-kelvin",
    "km/h": "speed-kilometer-per-hour",
    "lb": "mass-pound", "oz": "mass-ounce", "in": "length-inch", "ft": "length-foot", "ct": "mass-carat",
    "px": "graphics-pixel",
    "MP": "graphics-megapixel", "dpi": "graphics-dot-per-inch", "kcal": "energy-kilocalorie",
}  # fmt: skip


def _amount(value: str, unit: str, lang: Lang) -> str:
    locale = locale_of(lang)
    parts = value.replace("-", " – ").split(" ") if not value.startswith("-") else value.split(" ")
    numbers = [_number(part) for part in parts]
    amounts = [number for number in numbers if number is not None]
    if not amounts:
        return f"{value} {unit}"
    shown_unit = _handy(max(amounts), unit)
    written = [
        part if number is None else _written(number, unit, shown_unit, locale)
        for part, number in zip(parts, numbers, strict=True)
    ]
    if len(amounts) == 1 and len(parts) == 1:
        return _with_unit(
            convert(amounts[0], unit, shown_unit) if unit != shown_unit else amounts[0], shown_unit, lang
        )
    return f"{' '.join(written)} {_symbol(shown_unit, lang)}"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _handy(amount: float, unit: str) -> str:
    for least, larger in _LARGER.get(unit, ()):
        if abs(amount) >= least:
            return larger
    if unit in _SMALLER and 0 < abs(amount) < _SMALLER[unit][0]:
        return _SMALLER[unit][1]
    return unit


def _written(number: float, unit: str, to: str, locale: str | Locale) -> str:
    value = convert(number, unit, to) if unit != to and kind_of(unit) == kind_of(to) else number
    return str(format_decimal(float(shown_number(value)), format="#,##0.####", locale=locale))


def _with_unit(amount: float, unit: str, lang: Lang) -> str:
    locale = locale_of(lang)
    name = _CLDR.get(unit, "")
    number = format_decimal(float(f"{amount:.5g}"), format="#,##0.####", locale=locale)
    if not name:
        return f"{number} {unit}".strip()
    length: Literal["long", "short"] = "long" if unit in ("month", "year") else "short"
    return str(format_unit(float(f"{amount:.5g}"), name, length, format="#,##0.####", locale=locale)).replace(
        "\xa0", " "
    )


@cache
def _symbol(unit: str, lang: Lang) -> str:
    """Return a unit alone, as the language writes it behind a number."""
    shown = _with_unit(5.0, unit, lang)
    return shown.replace(str(format_decimal(5, locale=locale_of(lang))), "").strip() or unit
