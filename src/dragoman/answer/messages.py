"""Sentences of the guide in the shopper's language: 18 of them, CLDR's plural rules, quotation marks."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from dragoman.text.tags import best, locale_of
from dragoman.types import Lang


def say(key: str, lang: Lang, **parts: str) -> str:
    """Return a message with its parts put in; English where the catalogue lacks the language.

    >>> say("price", "de-AT", price="5 €"), say("yes", "xx")
    ('Der Preis beträgt 5 €.', 'Yes.')
    """
    text = catalogue()[key][reply_lang(lang)]
    # Not str.format: a quote may hold braces.
    for name, value in parts.items():
        text = text.replace("{" + name + "}", value, 1)
    return text


def say_many(key: str, n: int, lang: Lang) -> str:
    """Return the message for a count, in the plural form that the language has for it (CLDR).

    >>> say_many("buyers", 2, "ru"), say_many("buyers", 5, "ru")
    ('Об этом написали 2 покупателя.', 'Об этом написали 5 покупателей.')
    """
    spoken = reply_lang(lang)
    form = str(locale_of(spoken).plural_form(n))
    chosen = f"{key}.{form}" if spoken in catalogue().get(f"{key}.{form}", {}) else f"{key}.other"
    return say(chosen, spoken, n=str(n))


def quoted(words: str, lang: Lang) -> str:
    """Return words within the quotation marks of a language, set apart from what runs the other way.

    >>> quoted("warm", "fr")
    '«\\u202f\\u2068warm\\u2069\\u202f»'
    """
    opening, _, closing = say("quotes", lang).partition("…")
    # First strong isolate: a quote in Arabic does not turn an English sentence round, nor the reverse.
    return f"{opening}\u2068{words}\u2069{closing}"


def joined(sentences: list[str], lang: Lang, *, lines: bool = False) -> str:
    """Return sentences as one text: with the space that the language puts between them, or a line each."""
    return ("\n" if lines else say("between", lang)).join(sentence for sentence in sentences if sentence)


def reply_lang(lang: Lang) -> Lang:
    """Return the language of the catalogue that a reader of ``lang`` is served with.

    >>> reply_lang("zh-TW"), reply_lang("pt-PT"), reply_lang("sw")
    ('zh-Hant', 'pt', 'en')
    """
    return best([lang], tuple(catalogue()["yes"])) or "en"


@cache
def catalogue() -> Mapping[str, Mapping[Lang, str]]:
    """Return every message by key and language."""
    raw = files("dragoman.answer").joinpath("data/messages.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[Lang, str]] = json.loads(raw)
    return found
