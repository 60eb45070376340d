"""Single values of a feed, read by their meaning: availability, links, codes, quantities."""

import re
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from dragoman.catalog.clean import has_controls
from dragoman.errors import BadInput
from dragoman.types import Availability

LONGEST_LINK = 2048
LONGEST_ID = 200

_AVAILABILITY: MappingProxyType[str, Availability] = MappingProxyType({
    "instock": "in_stock",
    "available": "in_stock",
    "onlineonly": "in_stock",
    "instoreonly": "in_stock",
    "madetoorder": "in_stock",
    "limited": "limited",
    "limitedstock": "limited",
    "limitedavailability": "limited",
    "lowstock": "limited",
    "preorder": "preorder",
    "presale": "preorder",
    "backorder": "backorder",
    "onbackorder": "backorder",
    "availablefororder": "backorder",
    "outofstock": "out_of_stock",
    "soldout": "out_of_stock",
    "unavailable": "out_of_stock",
    "reserved": "out_of_stock",
    "discontinued": "discontinued",
    "unknown": "unknown",
})  # fmt: skip

# Units of measure that may stand behind a number without doubt; "XL" behind a 5 is a size, not a unit.
_UNITS = (
    "mg g kg t lb lbs oz ml cl dl l cm mm m km in inch inches ft yd w kw wh kwh v mv a ma mah ah hz khz mhz "
    "ghz kb mb gb tb db lm k cd pa kpa bar psi rpm dpi px mp °c °f % cm² m² m³ sqft qt gal "
    "г кг мл л см мм м вт в 克 千克 公斤 毫升 升 厘米 毫米 米 瓦 伏 キロ グラム リットル センチ ミリ ワット"
)
_QUANTITY = re.compile(
    r"(\d+(?:\.\d+)?|\d+,\d{1,2})\s?(" + "|".join(map(re.escape, _UNITS.split())) + r")\.?", re.IGNORECASE
)

_PLAIN_LINK = re.compile(r"https?://[a-zA-Z0-9][a-zA-Z0-9.-]*(?:/[\w./~%+,:@=&?#-]*)?", re.ASCII)


class Quantity(NamedTuple):
    """A value and the unit it counts; "" for words."""

    value: str
    unit: str


@lru_cache(maxsize=1024)
def availability(text: str) -> Availability | None:
    """Return the state that any of the feeds' words or schema.org addresses name; None for unknown words.

    >>> availability("in stock"), availability("https://schema.org/PreOrder"), availability("maybe")
    ('in_stock', 'preorder', None)
    """
    word = re.sub(r"[\s_-]", "", text.rpartition("/")[2]).lower()
    return _AVAILABILITY.get(word)


def link(text: str) -> str:
    """Return a web address, or a path on the shop's own site, that is safe to put into a page.

    Raises:
        BadInput: another scheme ("javascript:"), control characters, or far too long.

    >>> link("https://example.com/a b"), link("//cdn.example.com/x.jpg"), link("/pictures/1.svg")
    ('https://example.com/a%20b', 'https://cdn.example.com/x.jpg', '/pictures/1.svg')
    """
    plain = text.strip()
    if _PLAIN_LINK.fullmatch(plain) and len(plain) <= LONGEST_LINK:
        return plain
    if plain.startswith("//"):
        plain = f"https:{plain}"
    try:
        parts = urlsplit(plain)
        web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError as error:
        raise BadInput(f"{text[:80]!r} is not a web address", hint="write https://…") from error
    path = not parts.scheme and not parts.netloc and "\\" not in plain and plain[:1] not in ("?", "#", "")
    if not (web or path) or has_controls(plain) or len(plain) > LONGEST_LINK:
        raise BadInput(f"{text[:80]!r} is not a web address", hint="write https://…")
    return re.sub(r"[ \"<>]", lambda found: f"%{ord(found[0]):02X}", plain)


def gtin(text: str) -> str:
    """Return a GTIN (EAN, UPC, ISBN-13) as its digits.

    Raises:
        BadInput: not 8, 12, 13 or 14 digits, or the last one does not check (GS1 General
            Specifications, 7.9).

    >>> gtin("4 006381 333931")
    '4006381333931'
    """
    digits = re.sub(r"[\s'’-]", "", text)
    if re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+?\d+", digits):
        raise BadInput(f"{text[:40]!r} lost its digits in a spreadsheet", hint="format the column as text")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (8, 12, 13, 14) or not int(digits):
        raise BadInput(f"{text[:40]!r} is not a GTIN", hint="write its 8, 12, 13 or 14 digits")
    if (sum(map(int, digits[-1::-2])) + 3 * sum(map(int, digits[-2::-2]))) % 10:
        raise BadInput(
            f"{text[:40]!r} is a mistyped GTIN: its last digit does not check", hint="copy it again"
        )
    return digits


def identity(text: str) -> str:
    """Return a product's id.

    Raises:
        BadInput: empty, too long, or with characters nobody can see.

    >>> identity(" sku-1 ")
    'sku-1'
    """
    plain = text.strip()
    if not plain:
        raise BadInput("the id is empty", hint="give every product an id that never changes")
    if len(plain) > LONGEST_ID or has_controls(plain):
        raise BadInput(f"{plain[:40]!r} cannot be an id", hint=f"use at most {LONGEST_ID} visible characters")
    return plain


def quantity(text: str) -> Quantity:
    """Split a number from its unit of measure, so that facts can be compared; words stay as they are.

    >>> quantity("500 g"), quantity("1,5 l"), quantity("5XL")
    (Quantity(value='500', unit='g'), Quantity(value='1.5', unit='l'), Quantity(value='5XL', unit=''))
    """
    found = _QUANTITY.fullmatch(text) if len(text) < 30 else None
    return Quantity(found[1].replace(",", "."), found[2]) if found else Quantity(text, "")


@lru_cache(maxsize=4096)
def fact_name(text: str) -> str:
    """Return the name of a fact for people, from a column or attribute name.

    >>> fact_name("number_of_items"), fact_name("energyEfficiencyClass"), fact_name("USB-C")
    ('Number of items', 'Energy efficiency class', 'USB-C')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text.replace("_", " ")).strip()
    if spaced != text:
        spaced = spaced.lower()
    return spaced[:1].upper() + spaced[1:]
