"""Guard-rails: what a change must not break, however many clicks it brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from dragoman.experiment.compare import difference
from dragoman.experiment.outcomes import Outcomes

Guard: TypeAlias = Literal["latency", "coverage", "ctr_gap", "ctr"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a change may go."""

    slower: float = 1.2  # 99th percentile of the time, times that of the control
    narrower: float = 0.8  # share of the catalogue shown, times that of the control
    gap: float = 0.2  # a language's rate may lie this share below the control's, if clearly so
    loss: float = 0.0  # clicks a show may fall by this much, if clearly so


@dataclass(frozen=True, slots=True)
class Alarm:
    """A limit that was passed: which, in what (a language, or ""), the figure, and what was allowed."""

    guard: Guard
    where: str
    value: float
    limit: float


def slow(
    control_ms: Sequence[float], treatment_ms: Sequence[float], limits: Limits = Limits()
) -> list[Alarm]:
    """Return an alarm where the 99th percentile of the treatment is too much above the control's.

    >>> slow([10.0] * 100, [13.0] * 100)
    [Alarm(guard='latency', where='', value=13.0, limit=12.0)]
    """
    before, after = (float(np.percentile(times, 99)) for times in (control_ms, treatment_ms))
    limit = limits.slower * before
    return [Alarm("latency", "", after, limit)] if after > limit else []


def narrow(control: Sequence[str], treatment: Sequence[str], limits: Limits = Limits()) -> list[Alarm]:
    """Return an alarm where the treatment shows too few different products, at equal numbers of shows.

    >>> narrow(["a", "b", "c"], ["a", "a", "a"])[0].guard
    'coverage'
    """
    n = min(len(control), len(treatment))
    before, after = len(set(control[:n])), len(set(treatment[:n]))
    limit = limits.narrower * before
    return [Alarm("coverage", "", float(after), limit)] if after < limit else []


def unfair(
    control: Mapping[str, Outcomes], treatment: Mapping[str, Outcomes], limits: Limits = Limits()
) -> list[Alarm]:
    """Return an alarm for each language whose clicks a show clearly fell, however well the whole does.

    The level is shared among the languages (Bonferroni), so that ten of them do not raise a false one
    every other day.

    Args:
        control: Outcomes by language; "" holds all of them.
    """
    langs = sorted(set(control) & set(treatment))
    alarms = []
    for lang in langs:
        before, after = control[lang], treatment[lang]
        if min(len(before), len(after)) < 2 or not before.shows.sum() or not after.shows.sum():
            continue
        found = difference(
            (before.clicks, before.shows), (after.clicks, after.shows), alpha=0.05 / len(langs)
        )
        rate = float(before.clicks.sum() / before.shows.sum())
        allowed = -limits.gap * rate if lang else -limits.loss
        if found.high < allowed:
            alarms.append(Alarm("ctr_gap" if lang else "ctr", lang, found.estimate, allowed))
    return alarms
