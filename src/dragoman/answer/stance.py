"""Whether a piece of evidence says yes or no to a question, and when it is wiser not to say.

A verdict needs more than nearness: the piece has to be about the very thing asked. Where that cannot be
told, the quote stands for itself without a verdict. Knows words of 18 languages, no model.
"""

import re
from typing import Literal, TypeAlias

from dragoman.answer.asking import Question, is_negated
from dragoman.answer.cues import folded, has, opens_with, patterns, spoken, stop_words
from dragoman.answer.passages import Piece
from dragoman.text.segment import terms

Stance: TypeAlias = Literal["", "yes", "no"]

ENOUGH = 0.67
"""Share of a question's content words that a statement must hold before its negation is read as an answer."""

OWN = 0.25
"""Share of a statement's content words that must be the question's: no tale with that word in it."""

ALIKE = 0.60
"""Share of content words (of the longer one) that two questions must share to be the same question."""

_FIRST = re.compile(r"^[^.!?。！？।;]*")


def stance(question: Question, piece: Piece, *, same: bool = False) -> Stance:
    """Return what a piece answers to a yes-or-no question, "" where it does not, or hedges.

    Args:
        same: The piece's own question is known to mean the same (told by vectors).

    | piece | answers when |
    |---|---|
    | community answer that opens with yes or no | its own question is the same, and it does not hedge |
    | attribute with the value yes or no | its name holds the question's words |
    | any statement | it holds the question's words (a review: all of them) and codes, and does not hedge |
    """
    if not question.is_yesno:
        return ""
    lang = piece.passage.text.lang
    plain = folded(piece.quote)
    if _hedges(plain, lang) or not question.codes <= _codes(piece.words):
        return ""
    if piece.passage.kind == "answer":
        return _of_answer(question, piece, plain, same=same)
    if piece.fact is not None:
        return _of_fact(question, piece, plain)
    return _of_statement(question, plain, lang, enough=1.0 if piece.passage.kind == "review" else ENOUGH)


def is_same_question(question: Question, asked: str) -> bool:
    """Say whether two questions share (nearly) all of their content words and their negation.

    Only for a question in English, or one that the term table puts into English; False where that is unknown.
    """
    if not question.is_known:
        return False
    theirs = content(asked)
    ours = question.english
    if not ours or not theirs or is_negated(folded(asked), "en") != question.is_negated:
        return False
    return len(ours & theirs) / max(len(ours), len(theirs)) >= ALIKE


def content(text: str) -> frozenset[str]:
    """Return the terms of a text without words that every question has."""
    words = [word for word in re.findall(r"[^\W_][\w'-]*", folded(text)) if word not in stop_words()]
    return frozenset(term for word in words for term in terms(word))


def opens_yes_no(plain: str, lang: str) -> Stance:
    """Return the word that a text (folded) opens with: yes, no or neither."""
    if opens_with(plain, lang, "no"):
        return "no"
    return "yes" if opens_with(plain, lang, "yes") else ""


def _of_answer(question: Question, piece: Piece, plain: str, *, same: bool) -> Stance:
    opened = opens_yes_no(plain, piece.passage.text.lang)
    if not opened:
        return _of_statement(question, plain, piece.passage.text.lang)
    if not piece.asked or not (same or is_same_question(question, piece.asked)):
        return ""
    return opened


def _of_fact(question: Question, piece: Piece, plain: str) -> Stance:
    assert piece.fact is not None
    value = folded(piece.fact.value).strip(" .")
    lang = piece.passage.text.lang
    for kind in ("no", "yes"):
        pattern = patterns("cues").get((spoken(lang), kind))
        if pattern and pattern.fullmatch(value):
            name = content(piece.fact.name)
            return "" if not question.is_known or not name or not name <= question.english else _kind(kind)
    return _of_statement(question, plain, lang)


def _kind(kind: str) -> Stance:
    return "no" if kind == "no" else "yes"


def _of_statement(question: Question, plain: str, lang: str, *, enough: float = ENOUGH) -> Stance:
    if not question.is_known or not question.english or spoken(lang) != "en":
        return ""
    held = terms(plain)
    share = len(question.english & frozenset(held)) / len(question.english)
    if share < (1.0 if len(question.english) < 3 else enough):
        return ""
    # An order to say so, or a story around the word, is no statement of it: that says little else.
    said = content(plain)
    if plain.rstrip().endswith("?") or len(question.english & said) < OWN * len(said):
        return ""
    return "yes" if is_negated(plain, lang) == question.is_negated else "no"


def _hedges(plain: str, lang: str) -> bool:
    first = _FIRST.match(plain)
    return has(first[0] if first and len(first[0]) > 12 else plain, lang, "hedge") or has(
        plain[:160], lang, "hedge"
    )


def _codes(words: str) -> frozenset[str]:
    return frozenset(re.findall(r"(?=[a-z\d./-]*\d)[a-z\d][a-z\d./-]*[a-z\d]|\d", folded(words)))
