"""What a question asks: its kind, its language, the names and numbers in it, the side of a product.

Cue words decide, language by language; knows no product.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from dragoman.answer.cues import folded, found, has, kinds, opens_with, spoken, stop_words
from dragoman.answer.messages import reply_lang
from dragoman.text.detect import detect
from dragoman.text.lexicon import say_in_english
from dragoman.text.segment import terms
from dragoman.types import Lang, Query

Kind: TypeAlias = Literal["price", "stock", "delivery", "opinion", "compare", "fit", "count", "yesno", "what"]

_CODE = re.compile(r"(?=[a-z\d./-]*\d)[a-z\d][a-z\d./-]*[a-z\d]|\d")
_READ = 0.5  # prior mass of the languages the shopper reads
_POSSIBLE, _TRIED = 0.08, 4  # odds from which a language is possible, and how many are tried


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart. ``lang`` is its own language, ``reply`` the one that the shopper reads."""

    text: str
    plain: str  # folded, for cues
    lang: Lang
    reply: Lang
    kind: Kind
    is_yesno: bool
    is_negated: bool
    codes: frozenset[str]  # model numbers, years, sizes: what an answer has to name
    aspects: tuple[str, ...]  # sides of a product that it names
    english: frozenset[str]  # terms of its content words, in English where the term table knows them
    terms: frozenset[str]  # index terms of its content words as written
    is_known: bool  # the term table knew (nearly) all of its words, or it is English


def understand_question(query: Query) -> Question:
    """Return what a question asks.

    >>> made = understand_question(Query("Passt das zu Modell WR30X10061?", ("de",)))
    >>> made.kind, made.is_yesno, sorted(made.codes)
    ('fit', True, ['wr30x10061'])
    """
    text = " ".join(query.text.split())
    plain = folded(text)
    lang = _cued(plain, languages_of(text, tuple(query.langs)))
    english, is_known = _english(text, plain, lang)
    kind = _kind(plain, lang)
    return Question(
        text,
        plain,
        lang,
        reply_lang(query.langs[0] if query.langs else lang),
        kind,
        is_yesno=kind in ("fit", "yesno", "stock", "delivery", "what", "count") and _is_yesno(plain, lang),
        is_negated=is_negated(plain, lang),
        codes=frozenset(_CODE.findall(plain)),
        aspects=tuple(aspect for aspect in kinds("aspects") if found(plain, lang, aspect, "aspects")),
        english=english,
        terms=_content(plain, lang),
        is_known=is_known,
    )


def language_of(text: str, read: tuple[Lang, ...] = ()) -> Lang:
    """Return the likeliest language of a text, given what its reader reads; "en" if nothing tells."""
    return languages_of(text, read)[0]


@lru_cache(maxsize=1024)
def languages_of(text: str, read: tuple[Lang, ...] = ()) -> tuple[Lang, ...]:
    """Return the languages that a text may be in, likeliest first; of three words there are often several."""
    prior: Mapping[Lang, float] = {lang: _READ / len(read) for lang in read}
    odds = detect(text, prior=prior)
    likely = tuple(lang for lang, share in odds.items() if share >= _POSSIBLE)[:_TRIED]
    return likely or tuple(odds)[:1] or read[:1] or ("en",)


def _cued(plain: str, langs: Sequence[Lang]) -> Lang:
    """The first of the likely languages in which the text shows what it asks, else the likeliest."""
    known = [lang for lang in langs if spoken(lang) == lang.partition("-")[0]]
    return next((lang for lang in known if any(has(plain, lang, kind) for kind in _BY_CUE)), langs[0])


def is_negated(plain: str, lang: Lang) -> bool:
    """Say whether a text (folded) negates something, fixed phrases that only look like it left out.

    >>> is_negated("it does not leak", "en"), is_negated("非常好", "zh")
    (True, False)
    """
    for phrase in found(plain, lang, "unneg"):
        plain = plain.replace(phrase, " ")
    return has(plain, lang, "neg")


# The order matters: "what do buyers say about the price" asks for opinions, not for the price.
_BY_CUE: tuple[Kind, ...] = ("opinion", "compare", "price", "stock", "delivery", "fit", "count")


def _kind(plain: str, lang: Lang) -> Kind:
    cued = [kind for kind in _BY_CUE if has(plain, lang, kind)]
    # "Is the delivery box big?": a question that merely names a thing is not about the shop's own figures.
    if cued:
        return cued[0]
    return "yesno" if _is_yesno(plain, lang) else "what"


def _is_yesno(plain: str, lang: Lang) -> bool:
    language = spoken(lang)
    if language in ("zh", "ja", "ko", "th", "vi", "tr", "ru", "pl"):  # particles, anywhere
        return has(plain, lang, "yesno") and not (
            language != "ru" and has(plain, lang, "ask") and language != "zh"
        )
    if language == "hi":
        return opens_with(plain, lang, "yesno") or (has(plain, lang, "yesno") and not has(plain, lang, "ask"))
    return opens_with(plain, lang, "yesno") or (
        plain.endswith("?") and has(plain, lang, "yesno") and not has(plain, lang, "ask")
    )


def _content(plain: str, lang: Lang) -> frozenset[str]:
    """Terms that are no cue words of the language: what the question is about, not how it asks."""
    for kind in ("ask", "yesno", "count", "fit"):
        for cue in found(plain, lang, kind):
            plain = plain.replace(cue, " ", 1)
    return frozenset(term for term in terms(plain) if len(term) > 1 and term not in stop_words())


def _english(text: str, plain: str, lang: Lang) -> tuple[frozenset[str], bool]:
    if spoken(lang) == "en":
        words = [word for word in re.findall(r"[a-z\d'-]+", plain) if word not in stop_words()]
        return frozenset(term for word in words for term in terms(word)), True
    said = say_in_english(text, lang)
    return frozenset(terms(said.english)), said.known >= 0.7 and bool(said.english)
