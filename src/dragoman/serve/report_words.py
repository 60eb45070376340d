"""The owner's words: messages, numbers, dates and names as one language writes them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Literal

from babel.dates import format_date
from babel.numbers import format_decimal

from dragoman.measure.shop_gather import UNKNOWN
from dragoman.measure.shop_groups import OTHER, Rate
from dragoman.recommend.wording import market_name
from dragoman.text.tags import best, direction, language_name, locale_of
from dragoman.types import Lang

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Words:
    """One language of the report.

    >>> Words("de").percent(0.0512), Words("de").t("rare", n=5, count=2)[:7]
    ('5,1\\xa0%', 'Suchen ')
    """

    lang: Lang

    @property
    def dir(self) -> Literal["ltr", "rtl"]:
        """Which way it runs."""
        return direction(self.lang)

    def t(self, key: str, **values: object) -> str:
        """Return a message with its gaps filled."""
        return _catalogue()[self.lang][key].format(**values)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with so many digits after the point."""
        pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
        return str(format_decimal(value, pattern, locale=locale_of(self.lang)))

    def percent(self, value: float) -> str:
        """Return a share, 0..1, in hundredths with one digit."""
        locale = locale_of(self.lang)
        pattern = str(locale.percent_formats[None].pattern).replace("##0", "##0.0")
        return str(format_decimal(value, pattern, locale=locale))

    def rate(self, rate: Rate) -> str:
        """Return a share with its interval: ``8.5% (5.9–12.0%)``; a dash where nothing was tried."""
        if not rate.n:
            return NOTHING
        low, high = self.percent(rate.interval.low), self.percent(rate.interval.high)
        return f"{self.percent(rate.interval.mean)} ({low}–{high})"

    def day(self, at: float) -> str:
        """Return the day of a time, in UTC."""
        return str(format_date(datetime.fromtimestamp(at, UTC), "long", locale=locale_of(self.lang)))

    def language(self, key: str) -> str:
        """Return a language's name, or that it is unknown or one of the others."""
        return self._group(key) or language_name(key, self.lang)

    def market(self, key: str) -> str:
        """Return a market's name, or that it is unknown or one of the others."""
        return self._group(key) or market_name(key, self.lang)

    def size(self, key: str) -> str:
        """Return a class of sellers' sizes."""
        return self._group(key) or f"\u2066{key}\u2069"  # a range of numbers runs to the right everywhere

    def _group(self, key: str) -> str:
        return self.t(key) if key in (OTHER, UNKNOWN) else ""


def words_for(langs: Sequence[Lang]) -> Words:
    """Return the words of the first language that an owner reads and the report is written in, else English.

    >>> words_for(["tlh", "pt-PT"]).lang
    'pt'
    """
    return Words(best(list(langs), list(_catalogue())) or "en")


@cache
def _catalogue() -> Mapping[Lang, Mapping[str, str]]:
    text = files("dragoman.serve").joinpath("report.json").read_text(encoding="utf-8")
    catalogue: dict[str, dict[str, str]] = json.loads(text)
    return {lang: messages for lang, messages in catalogue.items() if lang != "about"}
