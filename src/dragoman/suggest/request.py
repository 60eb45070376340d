"""Suggest: what a shopper may be about to type, from the catalogue's own words and a model of queries."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

from dragoman.errors import BadInput, TooLarge
from dragoman.ports import Index
from dragoman.suggest.beam import endings
from dragoman.suggest.shelf import shelf_of
from dragoman.suggest.stock import Stocked, stocked_in
from dragoman.suggest.typed import LONGEST, typed
from dragoman.suggest.writer import Writer
from dragoman.text.detect import detect
from dragoman.text.normalise import normalise
from dragoman.text.segment import terms
from dragoman.types import Lang

Origin: TypeAlias = Literal["catalogue", "model", "both"]

MOST = 20  # suggestions
_LONGEST = 2_000  # characters, as of a query
_ASKED = 2  # times as many as wanted are asked of the model: the shop has nothing for some
_FIRST = 3.0  # ranks fused as 1 / (3 + rank): five a page, so the first ones matter
_SPEAKS = 0.8  # prior of the language that a shopper says to speak
_TELLS = 0.5  # odds from which a language is taken for that of the prefix


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A whole query, its language ("und" where nobody knows), who proposes it, and how strongly, 0..1."""

    text: str
    lang: Lang
    origin: Origin
    score: float


def suggest(
    prefix: str,
    *,
    index: Index,
    writer: Writer | None = None,
    lang: Lang = "",
    k: int = 8,
    stocked: Stocked | None = None,
) -> tuple[Suggestion, ...]:
    """Return at most ``k`` queries that begin with ``prefix``, best first; none for nothing typed.

    The catalogue's words that go on so (a title's first words, a category, a brand) and the likeliest
    endings of the model are fused by their ranks. An ending is left out where the shop has nothing for it.

    Args:
        prefix: As typed so far; a space at the end says that the word is whole.
        index: Whose titles, categories and brands are offered.
        writer: The model of queries; None offers the catalogue's words alone.
        lang: What the shopper speaks; "" is told from the prefix.
        k: How many, 1 to 20.
        stocked: Says of the model's endings whether the shop has something; None asks the index.

    Raises:
        BadInput: ``k`` out of range.
        TooLarge: a prefix of more than 2,000 characters.
    """
    if not 1 <= k <= MOST:
        raise BadInput(f"k = {k}", hint=f"ask for 1 to {MOST} suggestions")
    if len(prefix) > _LONGEST:
        raise TooLarge(f"a prefix of {len(prefix)} characters", hint="suggest only while a query is typed")
    if not normalise(prefix):
        return ()
    spoken = lang_of(prefix, lang)
    offers = shelf_of(index).starting(prefix, spoken, k)
    said = _endings(prefix, spoken, k, writer, stocked or stocked_in(index))
    return _fused({offer.text: offer.lang for offer in offers}, said, spoken, k)


def lang_of(prefix: str, lang: Lang = "") -> Lang:
    """Return the language of a prefix: what its letters say, and what the shopper speaks where they do not.

    >>> lang_of("スニー", "de"), lang_of("iph", "de"), lang_of("4090")
    ('ja', 'de', 'und')
    """
    found = detect(prefix, prior={lang: _SPEAKS} if lang and lang != "und" else {})
    best = next(iter(found), "")
    if not best or found[best] < _TELLS:
        return lang or "und"
    return lang if lang.partition("-")[0] == best.partition("-")[0] else best


def _endings(prefix: str, lang: Lang, k: int, writer: Writer | None, stocked: Stocked) -> tuple[str, ...]:
    """The model's endings that the shop has something for."""
    if writer is None or len(typed(prefix)) > LONGEST:
        return ()
    texts = _likeliest(writer, typed(prefix) + " " * prefix[-1:].isspace(), lang, _ASKED * k)
    has = stocked(texts, lang) if texts else ()
    said: dict[tuple[str, ...], str] = {}
    for text, is_there in zip(texts, has, strict=True):
        if is_there and _is_whole(text):
            said.setdefault(tuple(terms(text)), text)  # of a word's forms, the likeliest
    return tuple(said.values())[:k]


def _is_whole(text: str) -> bool:
    """Whether a text ends in a letter, digit or vowel sign and no word stands twice in a row."""
    words = text.split()
    return unicodedata.category(text[-1])[0] in "LNM" and all(one != other for one, other in pairwise(words))


@lru_cache(maxsize=20_000)
def _likeliest(writer: Writer, prefix: str, lang: Lang, k: int) -> tuple[str, ...]:
    """Kept in memory: the first letters of all queries are few, and typed again and again."""
    return tuple(scored.id for scored in endings(writer, prefix, lang, k))


def _fused(offers: Mapping[str, Lang], said: Sequence[str], lang: Lang, k: int) -> tuple[Suggestion, ...]:
    """One list of two, by reciprocal ranks (Cormack et al. 2009); the same words count once."""
    found: dict[str, Suggestion] = {}
    for origin, texts in (("catalogue", list(offers)), ("model", list(said))):
        for rank, text in enumerate(texts):
            key, score = normalise(text), 0.5 * _FIRST / (_FIRST + rank)
            held = found.get(key)
            if held is None:
                own: Origin = "catalogue" if origin == "catalogue" else "model"
                found[key] = Suggestion(text, offers.get(text, lang), own, score)
            elif held.origin != origin:
                found[key] = Suggestion(held.text, held.lang, "both", held.score + score)
    return tuple(sorted(found.values(), key=lambda one: (-one.score, one.origin, one.text))[:k])
