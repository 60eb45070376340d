"""What buyers say about a side of a product: how many are content, how many are not, in whose words.

A buyer's words count once a side. The mood of a sentence is told from its vector (lines learned from
short example reviews in 17 languages), corrected by plain words of negation. Knows reviews, no ratings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dragoman.answer.asking import Question
from dragoman.answer.cues import folded, found, kinds
from dragoman.answer.parts import Evidence, Sheet
from dragoman.answer.passages import Piece
from dragoman.answer.weigh import MOODS, Weighing
from dragoman.types import Citation, Mood, Opinion, Vectors

OTHER = "other"
"""The aspect of opinions on a topic that no aspect of the table covers, or on no topic at all."""

# By how much praise must beat blame, or the reverse, and may be beaten by the neutral: chosen on the even
# half of data/sample/moods.tsv (macro-F1 .76), measured on the odd (.64).
_MARGIN, _ASIDE = 0.03, 0.10
_QUOTES = 2  # quotes a side
_MOST = 4  # aspects shown when nobody asked for one
_NEAR = 0.35  # probability from which a review bears on a topic outside the table


@dataclass(frozen=True, slots=True)
class Felt:
    """A review sentence, its mood and how sure that is, and the sides of the product it speaks of."""

    piece: Piece
    mood: Mood
    sureness: float
    aspects: tuple[str, ...]


def moods_of(vectors: Vectors, weighing: Weighing) -> list[tuple[Mood, float]]:
    """Return the mood of each text from its vector, with the margin it was told by.

    Args:
        vectors: (n, dim), unit rows of texts encoded as passages.
    """
    if not len(vectors):
        return []
    logits = vectors @ weighing.mood[:, :-1].T + weighing.mood[:, -1]
    made: list[tuple[Mood, float]] = []
    for row in logits:
        scores = dict(zip(MOODS, row, strict=True))
        lead = float(scores["good"] - scores["bad"])
        aside = float(scores["neutral"] - max(scores["good"], scores["bad"]))
        if abs(lead) < _MARGIN or aside > _ASIDE:
            made.append(("neutral", abs(lead)))
        else:
            made.append(("good" if lead > 0 else "bad", abs(lead)))
    return made


def felt(sheet: Sheet, weighing: Weighing) -> list[Felt]:
    """Return what the reviews of a page feel, sentence by sentence."""
    places = [place for place, piece in enumerate(sheet.pieces) if piece.passage.kind == "review"]
    moods = moods_of(sheet.vectors[places], weighing)
    return [
        Felt(sheet.pieces[place], mood, sure, aspects_of(sheet.pieces[place]))
        for place, (mood, sure) in zip(places, moods, strict=True)
    ]


def aspects_of(piece: Piece) -> tuple[str, ...]:
    """Return the sides of a product that a piece speaks of, by the words of its language."""
    plain, lang = folded(piece.quote), piece.passage.text.lang
    return tuple(aspect for aspect in kinds("aspects") if found(plain, lang, aspect, "aspects"))


def opinions_of(
    question: Question, sheets: Sequence[Sheet], ranked: Sequence[Evidence], weighing: Weighing
) -> list[Opinion]:
    """Return what buyers say about what the question names; if nothing, about what they write of most.

    Args:
        ranked: All evidence, best first: finds reviews on a topic that the table of aspects lacks.
    """
    every = [one for sheet in sheets for one in felt(sheet, weighing)]
    if question.aspects:
        asked = [
            _opinion(aspect, [one for one in every if aspect in one.aspects]) for aspect in question.aspects
        ]
        return [one for one in asked if one.good + one.bad]
    topical = _on_topic(question, every, ranked)
    if topical is not None:
        made = _opinion(OTHER, topical)
        return [made] if made.good + made.bad else []
    by_aspect = [
        _opinion(aspect, [one for one in every if aspect in one.aspects]) for aspect in kinds("aspects")
    ]
    kept = [one for one in by_aspect if one.good + one.bad]
    kept.sort(key=lambda one: (-(one.good + one.bad), one.aspect))
    overall = _opinion(OTHER, every)
    return ([overall] if overall.good + overall.bad else []) + kept[:_MOST]


def _on_topic(question: Question, every: list[Felt], ranked: Sequence[Evidence]) -> list[Felt] | None:
    """The reviews that bear on a topic the question names; None where none does."""
    near = {id(one.piece): one.score for one in ranked if one.piece.passage.kind == "review"}
    kept = [one for one in every if near.get(id(one.piece), 0.0) >= _NEAR]
    return kept or None


def _opinion(aspect: str, every: Sequence[Felt]) -> Opinion:
    """Count buyers, not sentences: a review whose sentences disagree about a side counts on both."""
    praise, blame = _side(every, "good"), _side(every, "bad")
    return Opinion(
        aspect,
        good=len(praise),
        bad=len(blame),
        praise=tuple(_citation(one) for one in praise[:_QUOTES]),
        blame=tuple(_citation(one) for one in blame[:_QUOTES]),
    )


def _side(every: Sequence[Felt], mood: Mood) -> list[Felt]:
    """The surest sentence of each review that feels so, surest first."""
    best: dict[tuple[str, str], Felt] = {}
    for one in every:
        key = (one.piece.passage.product, one.piece.passage.text.value)
        if one.mood == mood and (key not in best or one.sureness > best[key].sureness):
            best[key] = one
    return sorted(best.values(), key=lambda one: (-one.sureness, one.piece.quote))


def _citation(one: Felt) -> Citation:
    return Citation(one.piece.passage, one.piece.quote, round(float(np.clip(0.5 + one.sureness, 0, 1)), 4))
