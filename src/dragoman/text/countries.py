"""Countries, by the codes and names that feeds, requests and events write for them (from CLDR)."""

import re
from functools import cache, lru_cache

from babel import Locale

from dragoman.errors import BadInput


@lru_cache(maxsize=1024)
def country(text: str) -> str:
    """Return the ISO 3166-1 code of a country given by code or English name.

    Raises:
        BadInput: no such country.

    >>> country("de"), country("UK"), country("South Korea")
    ('DE', 'GB', 'KR')
    """
    plain = text.strip()
    code = {"UK": "GB", "EL": "GR"}.get(plain.upper(), plain.upper())
    codes = _countries()
    found = code if code in codes.values() else codes.get(plain.casefold())
    if not found:
        raise BadInput(f"{text[:40]!r} is not a country", hint="write its ISO 3166-1 code: DE")
    return found


# CLDR's codes for unions, outlying parts and tests, which no market is named by.
_NOT_ONE = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "DG", "EA", "IC", "TA"})


@cache
def _countries() -> dict[str, str]:
    territories = Locale("en").territories.items()
    single = (
        (code, name) for code, name in territories if re.fullmatch("[A-Z]{2}", code) and code not in _NOT_ONE
    )
    return {str(name).casefold(): code for code, name in single} | {
        "usa": "US", "united states of america": "US", "great britain": "GB", "türkiye": "TR",
        "czech republic": "CZ", "russian federation": "RU", "republic of korea": "KR", "hong kong": "HK",
    }  # fmt: skip
