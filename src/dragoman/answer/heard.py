"""A question as a vector: its own words, and what they are called in the language of the pages."""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from dragoman.answer.asking import Question
from dragoman.answer.parts import Sheet, Speak
from dragoman.errors import DragomanError
from dragoman.ports import Encoder
from dragoman.types import Lang, Vectors

log = logging.getLogger(__name__)

SHARE: Final = 0.3
"""How far the translation turns it. On 84 questions of `amazon_pqa` that neither encoder nor translator
learned from, in 14 languages, .3 to .5 tell what answers from what does not better than none, and alike."""

_LONGEST: Final = 300
"""Characters of a question that is translated; a letter would take the request's time and say no more."""


def heard(question: Question, sheets: Sequence[Sheet], encoder: Encoder, speak: Speak | None) -> Vectors:
    """Return (1, dim), a unit row: the question, turned towards its translation where that helps.

    Raises:
        Unavailable: the encoder does not answer. A translator that fails costs a warning, never the answer.
    """
    return turned(encoder, question.text, _translated(question, sheets, speak))


def turned(encoder: Encoder, text: str, translation: str) -> Vectors:
    """Return (1, dim), a unit row: a text turned by `SHARE` towards its translation, where there is one."""
    if not translation:
        return encoder.encode([text], "query")
    own, other = encoder.encode([text, translation], "query")
    mixed = (1.0 - SHARE) * own + SHARE * other
    return np.asarray((mixed / max(float(np.linalg.norm(mixed)), 1e-6))[None], dtype=np.float32)


def _translated(question: Question, sheets: Sequence[Sheet], speak: Speak | None) -> str:
    target = _written(sheets)
    if speak is None or not target or target == _base(question.lang) or len(question.text) > _LONGEST:
        return ""
    try:
        return next(iter(speak(question.text, _base(question.lang), target)), "")
    except DragomanError as error:
        log.warning("answer question_translation=failed error=%s", error)
        return ""


def _written(sheets: Sequence[Sheet]) -> Lang:
    """The language that most of the pages is written in, "" where nothing says."""
    langs = Counter(_base(piece.passage.text.lang) for sheet in sheets for piece in sheet.pieces)
    del langs["und"]
    return max(langs, key=lambda lang: (langs[lang], lang), default="")


def _base(lang: Lang) -> Lang:
    return lang.partition("-")[0]
