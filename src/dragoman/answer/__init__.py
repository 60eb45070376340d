"""Answers questions about products from what the page says, with quotes, or declines.

A verb: sees ports only. What cannot be traced to a passage or a fact is cut by `dragoman.answer.verify`.
"""

from dragoman.answer.kept import KeptVectors
from dragoman.answer.opening import answering
from dragoman.answer.parts import Answering, Tools
from dragoman.answer.passages import passages_of
from dragoman.answer.prepare import prepare
from dragoman.answer.request import answer
from dragoman.answer.weigh import weighing_of

__all__ = [
    "Answering",
    "KeptVectors",
    "Tools",
    "answer",
    "answering",
    "passages_of",
    "prepare",
    "weighing_of",
]
