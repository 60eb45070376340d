"""How well are languages told apart, on texts as short as queries? Knows labels and probabilities.

The detector comes in as a function. All figures count an abstention as not right, except
``accuracy_answered``, which leaves abstentions out.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import icu
import numpy as np

from dragoman.errors import BadInput
from dragoman.measure.intervals import Interval, bootstrap, share
from dragoman.measure.labelled import Labelled, languages
from dragoman.measure.macro import f1_by_label, macro_f1
from dragoman.text.tags import best
from dragoman.types import NOTHING, Lang

LENGTHS = ("1", "2-4", "5+")  # words; the lengths shoppers' queries have
ABSTAINED: Lang = ""
_LEAST = 1e-6  # probability below which a miss costs no more: 13.8 nats
_WORST_SHOWN = 20


class Detect(Protocol):
    """``text.detect.detect``, or anything called like it."""

    def __call__(
        self, text: str, /, *, among: Sequence[Lang], prior: Mapping[Lang, float]
    ) -> Mapping[Lang, float]:
        """Return a distribution over languages, or nothing at all to abstain."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """How one language, or one length of text, fared."""

    n: int
    accuracy: Interval
    f1: float | None = None  # of a language

    def as_json(self) -> dict[str, object]:
        """Return the figures by name."""
        f1 = {} if self.f1 is None else {"f1": round(self.f1, 6)}
        return {"n": self.n, "accuracy": self.accuracy.as_json(), **f1}


@dataclass(frozen=True, slots=True)
class Confusion:
    """``count`` texts in ``lang`` were taken for ``found``; "" is an abstention."""

    lang: Lang
    found: Lang
    count: int


@dataclass(frozen=True, slots=True)
class LangidReport:
    """What became of every labelled text."""

    n: int
    among: tuple[Lang, ...]
    accuracy: Interval
    accuracy_answered: Interval
    abstained: Interval
    macro_f1: Interval
    log_loss: Interval  # nats
    brier: Interval  # 0 (sure and right) .. 2 (sure and wrong)
    by_lang: Mapping[Lang, Part]
    by_words: Mapping[str, Part]
    confusions: tuple[Confusion, ...]  # commonest first
    p50_us: float
    p99_us: float

    def as_json(self) -> dict[str, object]:
        """Return every figure by name, intervals as ``{"mean", "low", "high"}``."""
        figures = ("accuracy", "accuracy_answered", "abstained", "macro_f1", "log_loss", "brier")
        return {
            "n": self.n,
            "among": list(self.among),
            **{name: getattr(self, name).as_json() for name in figures},
            "by_lang": {lang: part.as_json() for lang, part in self.by_lang.items()},
            "by_words": {length: part.as_json() for length, part in self.by_words.items()},
            "confusions": [asdict(confusion) for confusion in self.confusions],
            "us_per_query": {"p50": round(self.p50_us, 1), "p99": round(self.p99_us, 1)},
        }


@dataclass(frozen=True, slots=True)
class _Answer:
    """One text's distribution over ``among``, by label; empty if the detector abstained."""

    odds: Mapping[Lang, float]
    took_us: float

    @property
    def found(self) -> Lang:
        return min(self.odds, key=lambda lang: (-self.odds[lang], lang)) if self.odds else ABSTAINED


def evaluate_langid(
    rows: Sequence[Labelled],
    detect: Detect,
    *,
    among: Sequence[Lang] = (),
    priors: Sequence[Mapping[Lang, float]] | None = None,
    seed: int = 0,
    clock_ns: Callable[[], int] = time.perf_counter_ns,
) -> LangidReport:
    """Ask the detector about every text, one at a time, as a search would.

    Its answers are filed under the member of ``among`` that stands for them (``text.tags.best``):
    ``pt-BR`` counts as ``pt``, ``zh`` as ``zh-Hans``.

    Args:
        among: The languages to choose from; those of the rows if empty.
        priors: One per row, such as ``locale_priors`` makes; none if absent.
        clock_ns: Read before and after each call.

    Raises:
        BadInput: no rows, a row in a language outside ``among``, or another number of priors than rows.
    """
    choices = tuple(sorted(among)) or languages(rows)
    told = [NOTHING] * len(rows) if priors is None else priors
    _refuse(rows, choices, told)
    detect(rows[0].text, among=choices, prior=told[0])  # tables load on the first call, which is not timed
    places: dict[Lang, Lang] = {}
    answers: list[_Answer] = []
    for row, prior in zip(rows, told, strict=True):
        start = clock_ns()
        odds = detect(row.text, among=choices, prior=prior)
        took_us = (clock_ns() - start) / 1000
        answers.append(_Answer(_filed(odds, choices, places), took_us))
    return _report(rows, answers, choices, seed)


def count_words(texts: Sequence[str]) -> list[int]:
    """Count the words of each text by ICU's boundaries, which need no spaces: UAX 29 and dictionaries.

    >>> count_words(["red shoes", "蓝牙耳机", "!"])
    [2, 2, 0]
    """
    breaks = icu.BreakIterator.createWordInstance(icu.Locale("root"))
    counts: list[int] = []
    for text in texts:
        breaks.setText(text)
        # Rule status 0 is a boundary after blanks or signs; letters, numbers and ideographs are above.
        counts.append(sum(1 for _ in breaks if breaks.getRuleStatus() > 0))
    return counts


def length_of(words: int) -> str:
    """Return the member of ``LENGTHS`` that a number of words falls in.

    >>> [length_of(words) for words in (0, 1, 2, 4, 5)]
    ['1', '1', '2-4', '2-4', '5+']
    """
    return LENGTHS[0] if words < 2 else LENGTHS[1] if words < 5 else LENGTHS[2]


def _refuse(rows: Sequence[Labelled], choices: Sequence[Lang], told: Sequence[Mapping[Lang, float]]) -> None:
    if not rows:
        raise BadInput("no texts to measure with", hint="give rows of language and text")
    if len(told) != len(rows):
        raise BadInput(f"{len(told)} priors for {len(rows)} texts", hint="one each")
    outside = sorted(set(languages(rows)) - set(choices))
    if outside:
        raise BadInput(
            f"texts in {', '.join(outside)}, which are not among {', '.join(choices)}",
            hint="add these languages, or leave their texts out",
        )


def _filed(
    odds: Mapping[Lang, float], choices: Sequence[Lang], places: dict[Lang, Lang]
) -> Mapping[Lang, float]:
    filed: dict[Lang, float] = {}
    for lang, p in odds.items():
        if lang not in places:
            places[lang] = best([lang], choices) or lang
        filed[places[lang]] = filed.get(places[lang], 0.0) + p
    return filed


def _report(
    rows: Sequence[Labelled], answers: Sequence[_Answer], choices: tuple[Lang, ...], seed: int
) -> LangidReport:
    found = [answer.found for answer in answers]
    right = [row.lang == lang for row, lang in zip(rows, found, strict=True)]
    answered = sum(lang != ABSTAINED for lang in found)
    pairs = Counter(zip((row.lang for row in rows), found, strict=True))
    f1 = f1_by_label(pairs)
    lengths = [length_of(words) for words in count_words([row.text for row in rows])]
    by_lang = _parts([row.lang for row in rows], right)
    by_words = _parts(lengths, right)
    p50, p99 = np.percentile([answer.took_us for answer in answers], (50, 99))
    return LangidReport(
        n=len(rows),
        among=choices,
        accuracy=share(sum(right), len(rows)),
        accuracy_answered=share(sum(right), answered),
        abstained=share(len(rows) - answered, len(rows)),
        macro_f1=macro_f1(pairs, seed=seed),
        log_loss=bootstrap(_losses(rows, answers, choices), seed=seed),
        brier=bootstrap(_briers(rows, answers, choices), seed=seed),
        by_lang={lang: Part(part.n, part.accuracy, f1[lang]) for lang, part in by_lang.items()},
        by_words={length: by_words[length] for length in LENGTHS if length in by_words},
        confusions=_confusions(pairs),
        p50_us=float(p50),
        p99_us=float(p99),
    )


def _parts(names: Sequence[str], right: Sequence[bool]) -> dict[str, Part]:
    totals = Counter(names)
    rights = Counter(name for name, is_right in zip(names, right, strict=True) if is_right)
    return {name: Part(totals[name], share(rights[name], totals[name])) for name in sorted(totals)}


def _losses(rows: Sequence[Labelled], answers: Sequence[_Answer], choices: Sequence[Lang]) -> list[float]:
    """Minus the log of the true language's probability (Good 1952); to abstain is to hold all alike."""
    even = 1.0 / len(choices)
    odds = [
        answer.odds.get(row.lang, 0.0) if answer.odds else even
        for row, answer in zip(rows, answers, strict=True)
    ]
    return [-math.log(min(1.0, max(_LEAST, p))) for p in odds]


def _briers(rows: Sequence[Labelled], answers: Sequence[_Answer], choices: Sequence[Lang]) -> list[float]:
    """Squared distance to the sure and right answer, summed over languages (Brier 1950, eq. 2)."""
    even = dict.fromkeys(choices, 1.0 / len(choices))
    briers: list[float] = []
    for row, answer in zip(rows, answers, strict=True):
        odds = answer.odds or even
        true = odds.get(row.lang, 0.0)
        briers.append(sum(p * p for p in odds.values()) - true * true + (1.0 - true) ** 2)
    return briers


def _confusions(pairs: Mapping[tuple[Lang, Lang], int]) -> tuple[Confusion, ...]:
    wrong = [(-count, lang, found) for (lang, found), count in pairs.items() if lang != found]
    return tuple(Confusion(lang, found, -count) for count, lang, found in sorted(wrong)[:_WORST_SHOWN])
