"""The query in the languages of the catalogue: a further leg of words. Knows no translator."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dragoman.errors import DragomanError
from dragoman.rank.represent import query_terms
from dragoman.search.crossing import Crossing
from dragoman.search.understand import Asked
from dragoman.text.normalise import normalise
from dragoman.text.segment import terms
from dragoman.types import Lang, Terms

log = logging.getLogger(__name__)

_SOLD = 0.1  # share of the catalogue in a language from which asking in it is worth the time
_MOST_LANGS = 2
_SURE = 0.5  # odds of the query's language below which nobody knows what to translate from
_LONGEST = 120  # characters; a pasted page is no query
_ALTERNATIVE = 0.5  # weight of each further translation beside the one before


def crossed(asked: Asked, catalogue: Mapping[Lang, float], crossing: Crossing | None) -> Asked:
    """Return what was asked with its translations as further bags of words, and told to the shopper.

    Args:
        catalogue: Share of each language among the titles.

    A translator that fails costs a warning, never the answer.
    """
    words = asked.understood.normal
    source = _spoken(asked.understood.langs)
    if crossing is None or not source or not words or len(words) > _LONGEST:
        return asked
    try:
        said = _said(asked, source, catalogue, crossing)
    except DragomanError as error:
        log.warning("search query_translation=failed error=%s", error)
        return asked
    known = asked.understood.translated
    new = [text for text in dict.fromkeys(said) if normalise(text) != normalise(known)]
    if not said:
        return asked
    told = replace(asked.understood, translated=" · ".join([known, *new] if known else new))
    typed = query_terms(terms(asked.understood.text))
    return replace(asked, understood=told, crossed=_bag(list(dict.fromkeys(said)), typed, crossing.weight))


def _said(asked: Asked, source: Lang, catalogue: Mapping[Lang, float], crossing: Crossing) -> list[str]:
    return [
        text
        for target in _sold(catalogue)
        for text in crossing.versions(asked.understood.text, source, target)
        if normalise(text) != asked.understood.normal
    ]


def _spoken(langs: Mapping[Lang, float]) -> Lang:
    lang = max(langs, key=lambda lang: (langs[lang], lang), default="")
    return _language(lang) if lang and langs[lang] >= _SURE else ""


def _sold(catalogue: Mapping[Lang, float]) -> list[Lang]:
    """The languages that much of the catalogue is in, the commonest first."""
    shares: dict[Lang, float] = {}
    for lang, share in catalogue.items():
        shares[_language(lang)] = shares.get(_language(lang), 0.0) + share
    ranked = sorted(shares, key=lambda lang: (-shares[lang], lang))
    return [lang for lang in ranked if shares[lang] >= _SOLD and lang != "und"][:_MOST_LANGS]


def _bag(texts: Sequence[str], typed: Terms, weight: float) -> Terms:
    """One bag of all translations; words that were typed already are left to the leg of words."""
    bag: dict[str, float] = {}
    for place, text in enumerate(texts):
        for term, worth in query_terms(terms(text)).items():
            if term not in typed:
                bag[term] = max(bag.get(term, 0.0), worth * weight * _ALTERNATIVE**place)
    return bag


def _language(lang: Lang) -> Lang:
    return lang.partition("-")[0]
