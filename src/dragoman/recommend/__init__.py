"""Recommend: events in, profiles, and what a shopper may like next, each with its reason."""

from dragoman.recommend.audience import Audience, audience
from dragoman.recommend.files import lines_of
from dragoman.recommend.known import Known, known
from dragoman.recommend.moment import Dials, Moment
from dragoman.recommend.record import Heard, Line, Recorded, Taking, hear, record
from dragoman.recommend.request import recommend
from dragoman.recommend.survey import survey_of
from dragoman.recommend.wording import message, worded

__all__ = [
    "Audience",
    "Dials",
    "Heard",
    "Known",
    "Line",
    "Moment",
    "Recorded",
    "Taking",
    "audience",
    "hear",
    "known",
    "lines_of",
    "message",
    "recommend",
    "record",
    "survey_of",
    "worded",
]
