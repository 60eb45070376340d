"""Tells by vectors whether a community answer's own question is the one now asked. Knows no answers."""

import re
from collections.abc import Sequence

from dragoman.answer.asking import Question, is_negated, language_of
from dragoman.answer.cues import folded
from dragoman.answer.parts import Evidence
from dragoman.ports import Encoder

ALIKE = 0.80
"""Cosine of two questions from which they are the same: of the yes-or-no pairs of ePQA above it that were
read by hand, none asked the opposite, once numbers and model names agree (decision 0021)."""

_CODE = re.compile(r"(?=[a-z\d./-]*\d)[a-z\d][a-z\d./-]*[a-z\d]|\d")


def same_questions(question: Question, chosen: Sequence[Evidence], encoder: Encoder) -> frozenset[str]:
    """Return the questions behind the chosen answers that mean the same as this one.

    Numbers and model names must agree, and so must negation: "does it leak" is not "does it not leak".
    """
    asked = list(dict.fromkeys(one.piece.asked for one in chosen if one.piece.asked))
    asked = [other for other in asked if _agrees(question, other)]
    if not asked or not question.is_yesno:
        return frozenset()
    vectors = encoder.encode([question.text, *asked], "query")
    alike = vectors[1:] @ vectors[0]
    return frozenset(other for other, near in zip(asked, alike, strict=True) if near >= ALIKE)


def _agrees(question: Question, other: str) -> bool:
    plain = folded(other)
    return frozenset(_CODE.findall(plain)) == question.codes and (
        is_negated(plain, language_of(other)) == question.is_negated
    )
