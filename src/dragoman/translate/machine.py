"""Sentences through a translator and back, whole or not at all. Knows the port, no shop."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import icu

from dragoman.errors import Unavailable
from dragoman.ports import Translator
from dragoman.translate.anatomy import Sentence
from dragoman.translate.guards import trouble_with, weight_of
from dragoman.translate.markup import signs
from dragoman.translate.protect import has_figures, joined, keeps_all, masked, restored
from dragoman.types import Lang

PIVOT = "en"
_HARMLESS = ("", "echo")  # what is wrong with a piece that may stand all the same: a name comes back as it is


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sentence: its translation, or itself where nothing better came of it."""

    text: str
    score: float = 0.0  # what the translator said of itself, 0..1
    is_pieced: bool = (
        False  # the translator broke the placeholders; the words between them were translated alone
    )
    trouble: str = ""  # why the sentence stands as it was


@dataclass(frozen=True, slots=True)
class Leg:
    """One call of the translator: from, and to."""

    source: Lang
    target: Lang


def route(source: Lang, target: Lang, translator: Translator) -> tuple[Leg, ...]:
    """Return the calls that lead from one language to another: one, two by way of English, or none.

    A translator that names no pairs takes any, with regions and scripts in the tags.
    """
    pairs = translator.pairs()
    if not pairs:
        return (Leg(source, target),)

    def leg(start: Lang, end: Lang) -> tuple[Leg, ...]:
        tags = ((a, b) for a in (start, _primary(start)) for b in (end, _primary(end)))
        return next(((Leg(a, b),) for a, b in tags if (a, b) in pairs), ())

    if direct := leg(source, target):
        return direct
    first, second = leg(source, PIVOT), leg(PIVOT, target)
    return (*first, *second) if first and second else ()


def by_machine(
    sentences: Sequence[Sentence], target: Lang, translator: Translator
) -> Mapping[Sentence, Outcome]:
    """Return what became of each sentence; every number, code and brand of it stands in the outcome.

    Whatever the translator does to the placeholders: where it breaks them, the words between are
    translated one stretch after the other; where that fails too, the sentence stays as it was.

    Raises:
        Unavailable: the translator does not answer, or not to every text.
    """
    found: dict[Sentence, Outcome] = {}
    for source in sorted({sentence.source for sentence in sentences}):
        own = list(dict.fromkeys(one for one in sentences if one.source == source))
        legs = route(source, target, translator)
        if not legs:
            found |= {one: Outcome(one.text, trouble="pair") for one in own}
            continue
        said = _translated([masked(one.text, one.kept) for one in own], legs, target, translator)
        whole = {one: _whole(one, answer, target) for one, answer in zip(own, said, strict=True)}
        broken = [one for one, outcome in whole.items() if outcome.trouble == "broken"]
        found |= whole | _pieced(broken, legs, target, translator)
    return found


def signs_of_quality(sentence: Sentence, outcome: Outcome, expected: float) -> dict[str, float]:
    """Return what speaks for or against a translation, by name, as the maps of confidence take it.

    Args:
        expected: Log of how much longer the target is than the source, usually.
    """
    ratio = math.log((weight_of(outcome.text) + 2.0) / (weight_of(sentence.text) + 2.0))
    sure = min(max(outcome.score, 0.01), 0.99)
    return {
        "score": math.log(sure / (1.0 - sure)),
        "length": abs(ratio - expected),
        "pieces": float(outcome.is_pieced),
        "size": math.log(weight_of(sentence.text) + 2.0),
    }


def in_script(text: str, target: Lang) -> str:
    """Return Chinese in the script of its target; translators write simplified characters.

    >>> in_script("户外头发", "zh-Hant"), in_script("戶外", "zh-Hans"), in_script("户外", "ja")
    ('戶外頭髮', '户外', '户外')
    """
    if not target.startswith("zh"):
        return text
    return str(_characters("Hant" if "Hant" in target else "Hans").transliterate(text))


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    score: float


def _translated(
    texts: Sequence[str], legs: Sequence[Leg], target: Lang, translator: Translator
) -> list[_Said]:
    """The texts along all legs; equal ones once."""
    once = list(dict.fromkeys(texts))
    said = {text: _Said(text, 1.0) for text in once}
    for leg in legs:
        asked = [said[text].text for text in once]
        answers = translator.translate(asked, leg.source, leg.target) if asked else []
        if len(answers) != len(asked):
            raise Unavailable(
                f"{translator.name} answered {len(answers)} of {len(asked)} texts",
                hint="try again, or another translator",
            )
        for text, answer in zip(once, answers, strict=True):
            said[text] = _Said(
                _tidy(answer.text.value), said[text].score * min(max(answer.confidence, 0.0), 1.0)
            )
    if legs[-1].target != target:
        # It was asked for Chinese, and this reader wants the other script.
        said = {text: _Said(in_script(one.text, target), one.score) for text, one in said.items()}
    return [said[text] for text in texts]


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _whole(sentence: Sentence, said: _Said, target: Lang) -> Outcome:
    text = restored(said.text, sentence.kept)
    is_kept = text is not None and keeps_all(sentence.text, text, sentence.kept)
    if text is None or not is_kept or signs(text) != signs(sentence.text):
        return Outcome(sentence.text, trouble="broken")
    trouble = trouble_with(masked(sentence.text, sentence.kept), said.text, target)
    return Outcome(sentence.text, trouble=trouble) if trouble else Outcome(text, said.score)


def _pieced(
    sentences: Sequence[Sentence], legs: Sequence[Leg], target: Lang, translator: Translator
) -> dict[Sentence, Outcome]:
    pieces = {one: _between(one) for one in sentences}
    words = [piece.strip() for held in pieces.values() for piece in held if _has_words(piece)]
    said = dict(zip(words, _translated(words, legs, target, translator), strict=True))
    return {one: _sewn(one, held, said, target) for one, held in pieces.items()}


def _between(sentence: Sentence) -> list[str]:
    """The stretches before, between and after what is kept: one more than there are kept."""
    starts = [0, *(one.end for one in sentence.kept)]
    ends = [*(one.start for one in sentence.kept), len(sentence.text)]
    return [sentence.text[start:end] for start, end in zip(starts, ends, strict=True)]


def _has_words(piece: str) -> bool:
    return any(char.isalpha() for char in piece)


def _sewn(sentence: Sentence, pieces: Sequence[str], said: Mapping[str, _Said], target: Lang) -> Outcome:
    text, scores, left, words = "", [], 0, 0
    for place, piece in enumerate(pieces):
        answer = said.get(piece.strip()) if _has_words(piece) else None
        is_fit = answer is not None and _is_fit(piece.strip(), answer.text, target)
        text = joined(text, _framed(piece, answer.text) if answer and is_fit else piece)
        text = joined(text, sentence.kept[place].shown) if place < len(sentence.kept) else text
        words += answer is not None
        left += answer is not None and not is_fit
        scores += [answer.score] if answer and is_fit else []
    if not scores or 2 * left > words or not keeps_all(sentence.text, text, sentence.kept):
        return Outcome(sentence.text, trouble="broken")
    return Outcome(text, sum(scores) / len(scores), is_pieced=True)


def _is_fit(piece: str, answer: str, target: Lang) -> bool:
    return not has_figures(answer) and trouble_with(piece, answer, target) in _HARMLESS and not signs(answer)


def _framed(piece: str, answer: str) -> str:
    """A stretch's translation between the spaces that stood around it."""
    start = piece[: len(piece) - len(piece.lstrip())]
    return start + answer + piece[len(piece.rstrip()) :]


def _primary(lang: Lang) -> Lang:
    return lang.split("-")[0]


@cache
def _characters(script: str) -> "icu.Transliterator":
    name = "Simplified-Traditional" if script == "Hant" else "Traditional-Simplified"
    return icu.Transliterator.createInstance(name)
