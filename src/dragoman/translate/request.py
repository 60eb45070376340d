"""Translate: texts of any language in, the reader's language out, or the original where that is better.

The story of one request; each line is a step. Sees ports only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dragoman.errors import BadInput, TooLarge
from dragoman.ports import Encoder
from dragoman.text.detect import detect
from dragoman.text.tags import best, canonical
from dragoman.translate.anatomy import Body, Sentence, assembled, body_of
from dragoman.translate.desk import Desk
from dragoman.translate.guards import weight_of
from dragoman.translate.machine import Outcome, by_machine, in_script, signs_of_quality
from dragoman.translate.memory import Remembered, key_of
from dragoman.translate.protect import Guarding
from dragoman.translate.scripts import written_in
from dragoman.translate.terms import term_for
from dragoman.types import Lang, Text, Translation

LONGEST = 50_000
"""Characters of one text; a description is a page, not a book."""
UNKNOWN = "und"
TERMS, GLOSSARY, SCRIPT = "terms", "glossary", "icu"
_BY_RULE = 0.95  # characters of one script into the other: a few have two counterparts


def translate(
    texts: Sequence[Text],
    target: Lang,
    *,
    desk: Desk,
    keep: Sequence[Sequence[str]] = (),
    encoder: Encoder | None = None,
    is_floored: bool = True,
) -> list[Translation]:
    """Return one translation a text, same order, each saying who made it and how far it can be trusted.

    The shop's glossary first, then exact terms, then the translator with numbers, codes and brands
    out of its reach. Below the confidence that its pair needs, ``text`` is the original, with its
    language named; so it is where there is nothing to translate (``confidence`` 1, no engine).

    Args:
        keep: Per text, names that stay as they are: the product's brand. () keeps none.
        encoder: Checks each new translation against its source by their vectors: surer, and slower.
        is_floored: False returns what came out whatever its confidence, for measuring.

    Raises:
        BadInput: the target is no language, or ``keep`` has another length than ``texts``.
        TooLarge: a text of more than 50,000 characters.
        Unavailable: the translator does not answer.
    """
    wanted = canonical(target)
    jobs = [_job(text, names, wanted, desk) for text, names in zip(texts, _names(texts, keep), strict=True)]
    done = {job: settled for job in jobs if (settled := _settled(job, wanted, desk)) is not None}
    if is_floored:  # of a pair that is off nothing would be shown, however sure
        off = [job for job in jobs if job not in done and not desk.of(job.source, wanted).is_shown]
        done |= {job: Translation(_original(job), _original(job), desk.engine, 0.0) for job in off}
    known = desk.memory.find([job.key for job in jobs if job not in done])
    new = list(dict.fromkeys(job for job in jobs if job not in done and job.key not in known))
    made = _made(new, wanted, desk, encoder)
    if desk.translator:
        desk.memory.keep(made)
    held = {**known, **made}
    return [done.get(job) or _shown(job, held[job.key], wanted, desk, is_floored) for job in jobs]


def is_translated(translation: Translation) -> bool:
    """Say whether there is something to show beside the original."""
    return translation.text != translation.original


@dataclass(frozen=True, slots=True)
class _Job:
    """A text with its language known, and what names its translation."""

    text: Text
    source: Lang
    names: tuple[str, ...]
    key: bytes


def _names(texts: Sequence[Text], keep: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    if keep and len(keep) != len(texts):
        raise BadInput(
            f"{len(keep)} lists of names for {len(texts)} texts", hint="one a text, or none at all"
        )
    return keep or [()] * len(texts)


def _job(text: Text, names: Sequence[str], target: Lang, desk: Desk) -> _Job:
    if len(text.value) > LONGEST:
        raise TooLarge(
            f"a text of {len(text.value)} characters", hint=f"translate at most {LONGEST} at a time"
        )
    source = text.lang
    if source in ("", UNKNOWN):
        source = next(iter(detect(text.value)), UNKNOWN)
    held = tuple(sorted({name for name in names if name and name.casefold() in text.value.casefold()}))
    dials = (desk.engine, desk.glossary.digest, desk.quality.digest)
    return _Job(text, source, held, key_of(*dials, source, target, text.value, *held))


def _settled(job: _Job, target: Lang, desk: Desk) -> Translation | None:
    """What needs no translator: nothing to say, the reader's own language, a term, the other script."""
    text, source = job.text.value, job.source
    if not any(char.isalpha() for char in text) or source == UNKNOWN:
        return _as_it_is(job)
    if source.split("-")[0] == target.split("-")[0] == "zh":
        turned = in_script(text, target)
        return _as_it_is(job) if turned == text else _by(job, turned, target, SCRIPT)
    if best([target], [source]):
        return _as_it_is(job)
    if term := desk.glossary.whole(text, source, target):
        return _by(job, term, target, GLOSSARY)
    term = term_for(text, source, target)
    return _by(job, term, target, TERMS) if term else None


def _as_it_is(job: _Job) -> Translation:
    original = _original(job)
    return Translation(original, original, "", 0.0 if job.source == UNKNOWN and _has_words(job) else 1.0)


def _has_words(job: _Job) -> bool:
    return any(char.isalpha() for char in job.text.value)


def _original(job: _Job) -> Text:
    return replace(job.text, lang=job.source) if job.text.lang in ("", UNKNOWN) else job.text


def _by(job: _Job, value: str, target: Lang, engine: str) -> Translation:
    said = Text(value, target, "human" if engine == GLOSSARY else "machine")
    return Translation(said, _original(job), engine, _BY_RULE if engine == SCRIPT else 1.0)


def _made(
    jobs: Sequence[_Job], target: Lang, desk: Desk, encoder: Encoder | None
) -> Mapping[bytes, Remembered]:
    """Translate what nobody translated before."""
    if not jobs:
        return {}
    guard, find = Guarding(desk.brands), desk.glossary.found_in
    bodies = {
        job: body_of(job.text.value, job.source, target, replace(guard, names=job.names, terms=find))
        for job in jobs
    }
    sentences = list(dict.fromkeys(one for body in bodies.values() for one in body.sentences()))
    if desk.translator is None:
        outcomes: Mapping[Sentence, Outcome] = {one: Outcome(one.text, trouble="nobody") for one in sentences}
    else:
        outcomes = by_machine(sentences, target, desk.translator)
    trust = _trust(outcomes, target, desk, encoder)
    words = {sentence: outcome.text for sentence, outcome in outcomes.items()}
    return {
        job.key: Remembered(assembled(body, words, target), job.source, desk.engine, _mean(body, trust))
        for job, body in bodies.items()
    }


def _trust(
    outcomes: Mapping[Sentence, Outcome], target: Lang, desk: Desk, encoder: Encoder | None
) -> Mapping[Sentence, float]:
    """The confidence of each sentence: 0 where it stands as it was because something went wrong."""
    fit = [(one, outcome) for one, outcome in outcomes.items() if not outcome.trouble]
    near = _cosines(fit, encoder) if encoder else [0.0] * len(fit)
    held = desk.measured()
    found = dict.fromkeys(outcomes, 0.0)
    for (sentence, outcome), cosine in zip(fit, near, strict=True):
        expected = desk.quality.expected(sentence.source.split("-")[0], target.split("-")[0])
        signs = signs_of_quality(sentence, outcome, expected) | {"cosine": cosine}
        found[sentence] = (held.checked if encoder else held.alone).confidence(signs)
    return found


def _cosines(fit: Sequence[tuple[Sentence, Outcome]], encoder: Encoder) -> list[float]:
    """How near each translation is to its source in the space of all languages, -1..1."""
    if not fit:
        return []
    texts = [sentence.text for sentence, _ in fit] + [outcome.text for _, outcome in fit]
    vectors = encoder.encode(texts, "passage")
    return [float(value) for value in np.sum(vectors[: len(fit)] * vectors[len(fit) :], axis=1)]


def _mean(body: Body, trust: Mapping[Sentence, float]) -> float:
    """The confidence of a text: that of its sentences, the longer ones weighing more."""
    weights = [(weight_of(one.text), trust[one]) for one in body.sentences()]
    total = sum(weight for weight, _ in weights)
    return round(sum(weight * sure for weight, sure in weights) / total, 4) if total else 1.0


def _shown(job: _Job, made: Remembered, target: Lang, desk: Desk, is_floored: bool) -> Translation:
    original = _original(job)
    rule = desk.of(job.source, target)
    is_fit = made.confidence >= rule.floor and rule.is_shown
    if made.value == job.text.value or (is_floored and not is_fit):
        return Translation(original, original, made.engine, made.confidence)
    lang = target if written_in(made.value, target) > 0 else job.source
    return Translation(Text(made.value, lang, "machine"), original, made.engine, made.confidence)
