"""Where ICU ends words and sentences (UAX 29, tailored to the language), as places in Python's characters."""

import threading
from collections.abc import Callable
from itertools import accumulate
from typing import Final, Literal, TypeAlias

import icu

from dragoman.text.tags import locale_of
from dragoman.types import Lang

Unit: TypeAlias = Literal["word", "sentence"]

_MAKE: Final[dict[Unit, Callable[[icu.Locale], icu.BreakIterator]]] = {
    "word": icu.BreakIterator.createWordInstance,
    "sentence": icu.BreakIterator.createSentenceInstance,
}
_OWN = threading.local()


def ends(text: str, unit: Unit, lang: Lang = "") -> list[int]:
    """Return where each word or sentence ends, ascending, the end of the text last; [] for an empty text.

    >>> ends("It is warm. 5.5 kg!", "sentence", "en"), ends("这是包", "word", "zh")
    ([12, 19], [1, 2, 3])
    >>> ends("👜 ok", "word")
    [1, 2, 4]
    """
    breaker = _breaker(unit, str(locale_of(lang or "en")))
    breaker.setText(icu.UnicodeString(text))
    found = list(breaker)
    if text.isascii() or max(text, default="") < "\U00010000":
        return found
    # ICU counts UTF-16 units: an emoji is two of them, and one character here.
    units = list(accumulate((2 if char > "\uffff" else 1 for char in text), initial=0))
    place = {unit: at for at, unit in enumerate(units)}
    return [place[end] for end in found if end in place]


def _breaker(unit: Unit, locale: str) -> icu.BreakIterator:
    """This thread's breaker: ICU's holds the text it walks, so threads may not share one."""
    held: dict[tuple[str, str], icu.BreakIterator] = getattr(_OWN, "breakers", None) or {}
    _OWN.breakers = held
    if (unit, locale) not in held:
        held[unit, locale] = _MAKE[unit](icu.Locale(locale))
    return held[unit, locale]
