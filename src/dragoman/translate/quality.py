"""What is known of a translator, pair by pair, as data: which are shown, and from which confidence.

``data/quality.json`` is made by ``recipes/translation_confidence.py`` on text that no model saw.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import orjson

from dragoman.types import Lang

UNMEASURED = "default"


@dataclass(frozen=True, slots=True)
class PairQuality:
    """One pair of a translator: whether it is shown to shoppers, and what was measured.

    A pair that nobody measured is shown where the confidence says so: whoever chose the translator
    has reasons. ``chrf`` is that of sentences and titles, 0..100, None if not measured.
    """

    source: Lang
    target: Lang
    engine: str
    is_shown: bool
    floor: float  # confidence below which the original is shown, 0..1
    chrf: float | None = None
    n: int = 0  # texts it was measured on


@dataclass(frozen=True, slots=True)
class Map:
    """A logistic map from signs of quality to the share of such sentences that are good."""

    intercept: float
    weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def confidence(self, signs: Mapping[str, float]) -> float:
        """Return the share of sentences with these signs that were found good, 0..1.

        >>> Map(0.0, {"length": -1.0}).confidence({"length": 0.0})
        0.5
        """
        total = self.intercept + sum(weight * signs.get(name, 0.0) for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class EngineQuality:
    """One translator: its maps, with and without a check of the vectors, and its pairs."""

    name: str
    floor: float
    is_shown: bool  # pairs that are not listed
    alone: Map
    checked: Map
    pairs: Mapping[str, PairQuality] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, source: Lang, target: Lang) -> PairQuality:
        """Return what is known of a pair: as named, else of the languages without script and region."""
        known = self.pairs.get(f"{source}>{target}") or self.pairs.get(f"{_bare(source)}>{_bare(target)}")
        return known or PairQuality(source, target, self.name, self.is_shown, self.floor)


@dataclass(frozen=True, slots=True)
class Quality:
    """All that was measured: translators by name, and how long each language is beside English."""

    engines: Mapping[str, EngineQuality]
    lengths: Mapping[Lang, float]  # mean log of (length in Latin letters) / (that of the English)
    digest: str  # changes with any of it

    def of(self, engine: str) -> EngineQuality:
        """Return what is known of a translator; of one that nobody measured, the cautious default."""
        return self.engines.get(engine) or self.engines[UNMEASURED]

    def expected(self, source: Lang, target: Lang) -> float:
        """Return the log of how much longer a text of this target is than its source, 0 if unknown."""
        return self.lengths.get(target, 0.0) - self.lengths.get(source, 0.0)


@cache
def shipped_quality() -> Quality:
    """Return what was measured of the translators we know."""
    raw = files("dragoman.translate").joinpath("data", "quality.json").read_bytes()
    return quality_of(orjson.loads(raw))


def quality_of(data: Mapping[str, Any]) -> Quality:  # Any: JSON
    """Return the data of a file as it is used.

    >>> quality_of({"engines": {}, "lengths": {"de": 0.1}}).expected("en", "de")
    0.1
    """
    engines = {name: _engine(name, held) for name, held in data["engines"].items()}
    digest = hashlib.blake2b(orjson.dumps(data, option=orjson.OPT_SORT_KEYS), digest_size=4).hexdigest()
    return Quality(engines, data["lengths"], digest)


def _bare(lang: Lang) -> Lang:
    return lang.partition("-")[0]


def _engine(name: str, held: Mapping[str, Any]) -> EngineQuality:
    floor = float(held["floor"])
    pairs = {
        pair: PairQuality(
            pair.partition(">")[0],
            pair.partition(">")[2],
            name,
            is_shown=bool(one["shown"]),
            floor=float(one.get("floor", floor)),
            chrf=one.get("chrf"),
            n=int(one["n"]),
        )
        for pair, one in held.get("pairs", {}).items()
    }
    alone, checked = (Map(held[key]["intercept"], held[key]["weights"]) for key in ("alone", "checked"))
    return EngineQuality(name, floor, bool(held["shown"]), alone, checked, pairs)
