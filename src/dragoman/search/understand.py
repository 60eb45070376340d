"""What a shopper's words say before anything is looked up: language, brands, terms, a better spelling."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from dragoman.ports import Index
from dragoman.rank.represent import query_terms
from dragoman.search.languages import read_by
from dragoman.search.respell import meant_terms
from dragoman.search.tuning import Tuning
from dragoman.text.brands import recognise
from dragoman.text.detect import detect
from dragoman.text.lexicon import say_in_english
from dragoman.text.normalise import normalise
from dragoman.text.segment import terms
from dragoman.types import NOTHING, Lang, Query, Terms, Understanding

_READ = 0.6  # prior mass of the languages the shopper reads, the first one most
_SOLD = 0.3  # prior mass of the languages of the catalogue; the rest is for all others
_SOLD_IN = 0.05  # share of the catalogue in a query's language from which its unknown words are slips
_CORRECTED = 0.6  # weight of a word we think was meant, where a word as typed has 1
_ENGLISH = 0.2  # share of the catalogue in English from which English words are worth looking for
_SHORTEST = 5  # letters; a shorter word is one slip away from too many others
_MOST_RESPELLED = 8  # words looked up per query: a pasted page is no typing slip


@dataclass(frozen=True, slots=True)
class Asked:
    """A query taken apart: for the shopper to see, for the lexical index and for the encoder."""

    understood: Understanding
    words: Mapping[str, tuple[str, ...]]  # typed word → its index terms
    bag: Terms
    texts: tuple[str, ...]  # what is encoded: as typed, as corrected, and in English
    crossed: Terms = field(default_factory=lambda: NOTHING)  # words of its translations: a leg of their own


def understand(query: Query, *, index: Index, tuning: Tuning, catalogue: Mapping[Lang, float]) -> Asked:
    """Return what the words of a query say.

    Brands written in another script are added by their own name, to the terms and to what is
    encoded. A word that no product has is respelled when the query may be in a language of the
    catalogue: a foreign word is no slip.

    Args:
        catalogue: Share of each language among the titles.
    """
    text = plain(query.text)
    normal = normalise(text)
    spoken = (
        dict(detect(text, prior=_prior(tuple(query.langs), tuning.langs or tuple(catalogue))))
        if normal
        else {}
    )
    brands = recognise(normal, known=tuning.brands) if normal else ()
    added = [brand for brand in brands if normalise(brand) not in normal]
    words = _words(text, added)
    fixed = _respell(words, index) if read_by(spoken, catalogue) >= _SOLD_IN else {}
    corrected = " ".join(fixed.get(word, word) for word in text.split()) if fixed else ""
    english = _english(text, spoken, catalogue, tuning)
    asked = [words for words in (text, corrected, english) if words]
    return Asked(
        Understanding(query.text, normal, spoken, brands, corrected, english),
        words,
        _bag(" ".join([text, *added]), [*fixed.values(), *terms(english)]),
        tuple(" ".join([words, *added]) for words in asked or [""]),
    )


def _english(text: str, spoken: Mapping[Lang, float], catalogue: Mapping[Lang, float], tuning: Tuning) -> str:
    """The query in English by the term table, where it knows the words and the shop sells in English."""
    lang = max(spoken, key=lambda lang: (spoken[lang], lang), default="")
    sold = sum(share for code, share in catalogue.items() if code.split("-")[0] == "en")
    if not lang or lang.split("-")[0] == "en" or sold < _ENGLISH or tuning.lexicon > 1:
        return ""
    said = say_in_english(text, lang)
    return said.english if said.known >= tuning.lexicon else ""


def plain(text: str) -> str:
    """Return a text without control and formatting characters (NUL, direction overrides), spaces made single.

    >>> plain("red\\x00 \\u202eshoe")
    'red shoe'
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = (" " if unicodedata.category(char) == "Cc" else char for char in text if not _is_invisible(char))
    return " ".join("".join(kept).split())


def _is_invisible(char: str) -> bool:
    # Zero-width joiners stay: they hold emoji and Indic syllables together.
    return unicodedata.category(char) in {"Cf", "Cs"} and char not in "\u200c\u200d"


@lru_cache(maxsize=1024)
def _prior(read: tuple[Lang, ...], sold: tuple[Lang, ...]) -> Mapping[Lang, float]:
    """Weight by language: halving along what the shopper reads, even over what the shop sells in."""
    prior: dict[Lang, float] = {}
    halves = [0.5**place for place in range(len(read))]
    for lang, half in zip(read, halves, strict=True):
        prior[lang] = prior.get(lang, 0.0) + _READ * half / sum(halves)
    for lang in sold:
        prior[lang] = prior.get(lang, 0.0) + _SOLD / len(sold)
    return prior


def _words(text: str, added: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    words = {word: tuple(terms(word)) for word in (*text.split(), *added)}
    return {word: found for word, found in words.items() if found}


def _bag(text: str, fixed: Iterable[str]) -> Terms:
    # Of the whole text, not word by word: "3 tb" is one amount.
    bag = dict(query_terms(terms(text)))
    for word in fixed:
        bag.setdefault(word, _CORRECTED)
    return bag


def _respell(words: Mapping[str, tuple[str, ...]], index: Index) -> dict[str, str]:
    """Return the likely meant term by typed word, for words of one term that no product has."""
    single = [(word, found[0]) for word, found in words.items() if len(found) == 1 and len(word) >= _SHORTEST]
    meant = meant_terms(tuple(term for _, term in single[:_MOST_RESPELLED]), index)
    return {word: meant[term] for word, term in single if meant.get(term)}
