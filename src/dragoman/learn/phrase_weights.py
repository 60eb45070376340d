"""What the signs of a phrase translator weigh, and how sure a translation is: found on texts kept aside.

Minimum error rate training (Och 2003) over lists of the likeliest translations, by random steps: what is
made larger is the mean chrF of the first of each list, with an addition for those that are exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from sacrebleu.metrics.chrf import CHRF

from dragoman.backends.translators.phrases.ngrams import Floats
from dragoman.backends.translators.phrases.options import SIGNS
from dragoman.backends.translators.phrases.search import Effort
from dragoman.backends.translators.phrases.shelf import evidence
from dragoman.backends.translators.phrases.translator import Said, Speaker, parts
from dragoman.learn.logistic import fit_logistic

Tuned: TypeAlias = tuple[Floats, list[dict[str, float]], list[bool]]
"""The weights, and of the first translations the evidence and whether they are good."""

FIRST: Floats = np.array((0.5, 0.45, 0.35, 0.13, 0.2, 0.4, -0.4, -0.3, -10.0, -0.5), np.float32)
"""Where the search for weights begins, in the order of SIGNS."""
_EXACT = 12.0  # chrF that being exact is worth
GOOD = 50.0  # chrF from which a translation is good
_FEW = 30
_PULL = 0.15  # chrF
_ROUNDS, _LIST, _STEPS, _STARTS = 3, 40, 250, 1
_EFFORT = Effort(stack=20, moves=150)  # lists want more variety than a search for the first


@dataclass(slots=True)
class _Pool:
    """One text's translations so far."""

    wanted: str
    scores: list[float] = field(default_factory=list)
    signs: list[Floats] = field(default_factory=list)
    met: set[tuple[str, bytes]] = field(default_factory=set)

    def add(self, said: Said) -> None:
        key = (said.text, np.round(said.signs, 2).tobytes())
        if key not in self.met:
            self.met.add(key)
            self.signs.append(said.signs)
            self.scores.append(worth(said.text, self.wanted))


def worth(said: str, wanted: str) -> float:
    """Return the chrF of a translation whatever its capitals, and more where it is exact."""
    one, other = said.lower(), wanted.lower()
    return float(CHRF().sentence_score(one, [other]).score) + _EXACT * (one == other)


def tune(speaker: Callable[[Floats], Speaker], texts: Sequence[tuple[str, str]], *, seed: int) -> Tuned:
    """Return the weights that translate these texts best; of too few, those that the search begins with.

    Args:
        speaker: Makes the translator of some weights, (len(SIGNS),).
        texts: Sources with their translations, none of them taught.
    """
    weights: Floats = FIRST
    if len(texts) < _FEW:  # they would say more of themselves than of the language
        return weights, [], []
    pools = [_Pool(wanted) for _, wanted in texts]
    rng = np.random.default_rng(seed)
    for _ in range(_ROUNDS):
        speaking = replace(speaker(weights), effort=_EFFORT)
        for pool, every in zip(pools, _ways(speaking, texts, _LIST), strict=True):
            for said in every:
                pool.add(said)
        weights = _climbed(weights, [pool for pool in pools if pool.scores], rng)
    speaking = speaker(weights)
    told, good = [], []
    for (_, wanted), stretches in zip(texts, speaking.say([text for text, _ in texts]), strict=True):
        if len(stretches) == 1:
            said = stretches[0]
            told.append(evidence(said.signs, said.read))
            good.append(float(CHRF().sentence_score(said.text.lower(), [wanted.lower()]).score) >= GOOD)
    return weights, told, good


def _ways(speaker: Speaker, texts: Sequence[tuple[str, str]], k: int) -> list[list[Said]]:
    """The likeliest translations of each source; none of one that is too long to search as a whole."""
    stretches = [parts(speaker.source.read(text)) for text, _ in texts]
    ways = iter(speaker.ways([some[0] for some in stretches if len(some) == 1], k))
    return [next(ways) if len(some) == 1 else [] for some in stretches]


def _climbed(weights: Floats, pools: Sequence[_Pool], rng: np.random.Generator) -> Floats:
    """Return better weights for the lists that there are: of climbs from several places the highest."""
    most = max(len(pool.scores) for pool in pools)
    signs = np.zeros((len(pools), most, len(SIGNS)), np.float32)
    absent = np.full((len(pools), most), -np.inf, np.float32)
    scores = np.zeros((len(pools), most), np.float32)
    for row, pool in enumerate(pools):
        size = len(pool.scores)
        signs[row, :size], absent[row, :size], scores[row, :size] = pool.signs, 0, pool.scores

    def value(some: Floats) -> float:
        first = (signs @ some + absent).argmax(axis=1)
        # What is far from where every language begins fits chance.
        far = float((((some - FIRST) / (np.abs(FIRST) + 0.1)) ** 2).sum())
        return float(scores[np.arange(len(pools)), first].mean()) - _PULL * far

    starts = [weights, FIRST, *(_shaken(weights, rng) for _ in range(_STARTS))]
    return max((_climb(start, value, rng) for start in starts), key=value)


def _climb(weights: Floats, value: Callable[[Floats], float], rng: np.random.Generator) -> Floats:
    """Random steps that go up; the first weight, which sets the scale, stays."""
    best, found = value(weights), weights
    for _ in range(_STEPS):
        tried = found.copy()
        for place in rng.choice(len(SIGNS) - 1, size=rng.integers(1, 4), replace=False) + 1:
            tried[place] += rng.normal() * max(0.1, abs(tried[place])) * rng.choice((0.1, 0.3, 1.0))
        if (score := value(tried)) > best:
            best, found = score, tried
    return found


def _shaken(weights: Floats, rng: np.random.Generator) -> Floats:
    found = weights * np.exp(rng.normal(size=len(weights)) * 0.5).astype(np.float32)
    found[0] = weights[0]
    return found.astype(np.float32)


def confidence_of(told: Sequence[dict[str, float]], good: Sequence[bool]) -> dict[str, float]:
    """Return the logistic map from evidence to how many are good, "" its intercept; {} of none."""
    if not told:
        return {}
    first, weights = fit_logistic(told, good, sorted(told[0]))
    return {"": first, **weights}
