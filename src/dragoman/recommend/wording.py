"""Reasons in the shopper's language, from the catalogue of messages. Knows not how reasons are found."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from babel import Locale

from dragoman.text.tags import best, direction, locale_of
from dragoman.types import Lang, Reason, Text

_CUT = 60  # characters of a title inside a sentence
_ISOLATE = "\u2068{}\u2069"  # a title that runs the other way must not turn the sentence around


def worded(reason: Reason, langs: Sequence[Lang], title: Text | None = None) -> Reason:
    """Return the reason with its sentence in the first language of the catalogue that the shopper reads.

    Args:
        langs: That the shopper reads, best first; none of ours, or none at all, gives English.
        title: Of ``reason.product``, as the shopper sees it.

    >>> worded(Reason("viewed", "1"), ["de-AT"], Text("Hängematte", "de")).text.value
    'Weil Sie „Hängematte“ angesehen haben'
    """
    lang = best(list(langs), list(_catalogue())) or "en"
    messages = _catalogue()[lang]
    plain = {"viewed": "plain", "similar": "similar_plain", "together": "together_plain"}
    key = plain.get(reason.kind, "plain") if reason.product and title is None else reason.kind
    if reason.kind in ("popular", "trending") and not reason.words:
        key = f"{reason.kind}_everywhere"
    text = messages[key]
    values = {
        "product": _isolated(_short(title.value), title.lang, lang) if title else "",
        "words": _isolated(_short(reason.words), "und", lang),
        "market": market_name(reason.words, lang),
    }
    return replace(reason, text=Text(text.format(**values), lang, "human"))


def market_name(code: str, lang: Lang) -> str:
    """Return the name of a country in a language (CLDR); its code where there is none.

    >>> market_name("DE", "fr"), market_name("", "fr")
    ('Allemagne', '')
    """
    locale: Locale | None = locale_of(lang)
    return str((locale.territories if locale else {}).get(code, code))


def message(key: str, langs: Sequence[Lang]) -> Text:
    """Return a message without gaps, in the first language of the catalogue that the shopper reads."""
    lang = best(list(langs), list(_catalogue())) or "en"
    return Text(_catalogue()[lang][key], lang, "human")


def languages() -> list[Lang]:
    """Return the languages that reasons are written in."""
    return list(_catalogue())


@cache
def _catalogue() -> Mapping[Lang, Mapping[str, str]]:
    text = files("dragoman.recommend").joinpath("data", "reasons.json").read_text(encoding="utf-8")
    catalogue: dict[str, dict[str, str]] = json.loads(text)
    return {lang: messages for lang, messages in catalogue.items() if lang != "about"}


def _short(words: str) -> str:
    if len(words) <= _CUT:
        return words
    cut = words[:_CUT]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:-–") + "…"


def _isolated(words: str, lang: Lang, around: Lang) -> str:
    if lang != "und" and direction(lang) == direction(around):
        return words
    turns = any("\u0590" <= char <= "\u08ff" for char in words)
    is_rtl = direction(around) == "rtl"
    return _ISOLATE.format(words) if turns != is_rtl else words
