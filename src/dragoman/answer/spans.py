"""Narrows evidence to the words that answer, where a Reader is configured."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from dragoman.answer.asking import Question
from dragoman.answer.parts import Evidence
from dragoman.errors import DragomanError
from dragoman.ports import Reader

log = logging.getLogger(__name__)

_SURE = 0.5  # score from which a reader's span is quoted instead of the sentence
_LONG = 120  # characters; a shorter sentence is quoted whole: its other words cost nothing and say when


def narrowed(question: Question, chosen: Sequence[Evidence], reader: Reader | None) -> list[Evidence]:
    """Return the evidence with long pieces cut down to the sentence part that the reader marks."""
    long = [one for one in chosen if one.piece.end - one.piece.start > _LONG and one.piece.fact is None]
    if reader is None or not long:
        return list(chosen)
    try:
        spans = reader.read([one.piece.quote for one in long], [question.text])
    except DragomanError as error:
        log.warning("reader failed=%s", error.message)
        return list(chosen)
    cut = dict(zip(map(id, long), spans, strict=True))
    return [
        _cut(one, [(span.start, span.end) for span in cut.get(id(one), []) if span.score >= _SURE])
        for one in chosen
    ]


def _cut(one: Evidence, spans: Sequence[tuple[int, int]]) -> Evidence:
    """Widen the first span to the clause around it: "not" before a span must never be cut off."""
    if not spans:
        return one
    start, end = spans[0]
    quote = one.piece.quote
    left = max(quote.rfind(mark, 0, start) + 1 for mark in ".!?;。！？；।")
    rights = [place for mark in ".!?;。！？；।" if (place := quote.find(mark, end)) >= 0]
    right = min(rights) + 1 if rights else len(quote)
    while left < right and quote[left].isspace():
        left += 1
    piece = replace(one.piece, start=one.piece.start + left, end=one.piece.start + right)
    return replace(one, piece=piece)
