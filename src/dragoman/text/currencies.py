"""Which currencies there are, how many decimals each has, and the signs sellers write for them.

Codes and successions come from CLDR (through babel), decimals from ISO 4217, signs from the tables below.
"""

import datetime
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from babel.core import get_global

from dragoman.errors import BadInput


def _codes(words: str) -> tuple[str, ...]:
    return tuple(words.split())


# ISO 4217 list one; every currency not named here counts hundredths. CLDR's own digits are those of
# daily cash (0 for ALL or PKR), in which feeds would lose their cents.
_DIGITS = MappingProxyType(
    dict.fromkeys(_codes("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"), 0)
    | dict.fromkeys(_codes("BHD IQD JOD KWD LYD OMR TND"), 3)
)

_WRITTEN = {
    "AED": "د.إ dhs dh aed درهمإماراتي",
    "AMD": "֏ դր",
    "AUD": "a$ au$",
    "AZN": "₼",
    "BAM": "km",
    "BDT": "৳ টাকা",
    "BGN": "лв leva",
    "BHD": "د.ب .د.ب",
    "BRL": "r$ reais",
    "CAD": "c$ ca$",
    "CHF": "fr sfr fr.sw franken",
    "CNY": "cn¥ rmb 人民币 圆 元人民币",
    "CRC": "₡",
    "CZK": "kč kčs kc",
    "DZD": "د.ج",
    "EGP": "ج.م جنيه le e£",
    "EUR": "€ euro euros евро ευρώ यूरो يورو 欧元 歐元 ユーロ 유로",
    "GBP": "£ uk£ ukp stg 英镑 英鎊 ポンド",
    "GEL": "₾ ლ",
    "GHS": "₵ gh₵",
    "HKD": "hk$ 港币 港幣 港元",
    "HUF": "ft forint",
    "IDR": "rp rupiah",
    "ILS": "₪ nis שח ש״ח",
    "INR": "₹ रु रुपये",
    "JOD": "د.أ د.ا jd",
    "JPY": "円 jp¥ 日元 日圓 엔 yen",
    "KHR": "៛",
    "KRW": "₩ 원 won 韩元",
    "KWD": "د.ك kd",
    "KZT": "₸ тг тенге",
    "LAK": "₭",
    "MAD": "د.م درهممغربي",
    "MNT": "₮",
    "MXN": "mx$ mex$ mxn$",
    "MYR": "rm",
    "NGN": "₦",
    "NZD": "nz$",
    "OMR": "ر.ع",
    "PEN": "s/ s/.",
    "PHP": "₱ php₱",
    "PLN": "zł zl złotych",
    "PYG": "₲ gs",
    "QAR": "ر.ق qr",
    "RON": "lei leu",
    "RSD": "дин din",
    "RUB": "₽ руб р рублей",
    "SAR": "ر.س sr ⃁ ريالسعودي",
    "SGD": "s$ sg$",
    "THB": "฿ บาท baht",
    "TND": "د.ت dt",
    "TRY": "₺ tl ytl",
    "TWD": "nt$ ntd 新台幣 新台币 台幣",
    "UAH": "₴ грн hrn",
    "USD": "us$ u$s usd$ доллар dollars 美元 ドル 달러",
    "UZS": "so'm сум",
    "VND": "₫ đ đồng vnđ",
    "ZAR": "r rand",
}
MARKS: Mapping[str, str] = MappingProxyType(
    {mark: code for code, marks in _WRITTEN.items() for mark in marks.split()}
)
"""Signs of exactly one currency, casefolded, without spaces or dots at the ends."""

AMBIGUOUS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "$": _codes(
            "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU BSD BBD BMD BZD FJD JMD KYD NAD TTD XCD"
        ),
        "¥": ("JPY", "CNY"),
        "元": ("CNY", "TWD", "HKD", "MOP"),
        "圓": ("TWD", "HKD", "JPY"),
        "kr": ("SEK", "NOK", "DKK", "ISK"),
        "rs": ("INR", "PKR", "LKR", "NPR", "MUR"),
        "ريال": ("SAR", "QAR", "OMR", "YER", "IRR"),
        "ریال": ("IRR", "SAR"),
        "درهم": ("AED", "MAD"),
        "دينار": ("KWD", "BHD", "IQD", "JOD", "LYD", "TND", "DZD"),
        "l": ("HNL", "MDL", "RON"),
        "ден": ("MKD",),
    }
)
"""Signs that several currencies share, the commonest first."""


def digits(currency: str) -> int:
    """Return how many decimals a currency has (ISO 4217).

    Raises:
        BadInput: no such currency; the hint names the nearest one.

    >>> digits("JPY"), digits("EUR"), digits("KWD")
    (0, 2, 3)
    """
    return _DIGITS.get(known(currency), 2)


@lru_cache(maxsize=1024)
def known(code: str) -> str:
    """Return the code in capitals.

    Raises:
        BadInput: no currency in use has it; the hint names its successor or the nearest code.
    """
    capital = code.strip().upper()
    if not is_known(capital):
        raise BadInput(
            f"{code.strip()[:40]!r} is not a currency in use", hint=f"did you mean {nearest(capital)}?"
        )
    return capital


def is_known(code: str) -> bool:
    """Return whether a currency in use has this code, in capitals or not.

    >>> is_known("eur"), is_known("BTC")
    (True, False)
    """
    return code.strip().upper() in _in_use()


def nearest(code: str) -> str:
    """Return the currency probably meant: the successor of an old one, else the most similar code or USD.

    >>> nearest("DEM"), nearest("EURO"), nearest("USB")
    ('EUR', 'EUR', 'USD')
    """
    for spans in get_global("territory_currencies").values():
        codes = [name for name, _, end, tender in spans if tender and end is None and name in _in_use()]
        if codes and any(name == code for name, *_ in spans):
            return str(codes[0])
    # max() keeps the first of equals, so among equally similar codes a large currency is meant.
    ordered = sorted(_in_use(), key=lambda name: (name not in _COMMON, name))
    likely = max(ordered, key=lambda name: _alike(code, name))
    return likely if _alike(code, likely) >= 2 else "USD"


@lru_cache(maxsize=512)
def of_country(country: str) -> tuple[str, ...]:
    """Return the currencies that are legal tender in a country, () for an unknown one.

    >>> of_country("AT"), of_country("JP")
    (('EUR',), ('JPY',))
    """
    spans = get_global("territory_currencies").get(country, ())
    return tuple(name for name, _, end, tender in spans if tender and end is None)


_COMMON = frozenset(_codes("USD EUR GBP JPY CNY INR KRW BRL CAD AUD CHF"))


def _alike(left: str, right: str) -> int:
    return sum(a == b for a, b in zip(left, right, strict=False))


@cache
def _in_use() -> frozenset[str]:
    legal = {
        name
        for spans in get_global("territory_currencies").values()
        for name, _, end, tender in spans
        if tender and (end is None or datetime.date(*end) > datetime.date(2025, 1, 1))
    }
    return frozenset(legal)
