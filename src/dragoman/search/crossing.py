"""How queries may cross the language line by their words: who translates, and where that helps.

Knows a function that translates, never who does it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

import orjson

from dragoman.types import NOTHING, Lang

QueryTranslation: TypeAlias = Literal["gated", "off", "all"]
Speak: TypeAlias = Callable[[str, Lang, Lang], Sequence[str]]
"""A query, its language and another one in; what it may be called there out, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """How queries cross the language line by their words.

    | call | meaning |
    |---|---|
    | ``Crossing(speak)`` | pairs of languages that were measured to gain by it |
    | ``Crossing(speak, mode="all")`` | every pair |
    | ``Crossing(speak, gains={"de-en": 0.02})`` | a shop's own measurement |
    """

    speak: Speak
    mode: QueryTranslation = "gated"
    engine: str = ""  # who translates: gains were measured of one translator
    gains: Mapping[str, float] = field(default_factory=lambda: NOTHING)  # by pair; empty: those shipped
    # Of a translated word, where a word as typed has 1. On the training half of query_category .6 gained half
    # as much, 2.0 no more.
    weight: float = 1.2

    def versions(self, text: str, source: Lang, target: Lang) -> Sequence[str]:
        """Return what a text may be called in another language, nothing where its pair does not gain."""
        return self.speak(text, source, target) if self.allows(source, target) else ()

    def allows(self, source: Lang, target: Lang) -> bool:
        """Say whether a query of this language is asked in that one too."""
        if self.mode == "off" or source == target:
            return False
        gains = self.gains or shipped_gains(self.engine)
        # A pair that nobody could measure goes by what most pairs into its target were found to do.
        gained = gains.get(f"{source}-{target}", gains.get(f"*-{target}", 0.0))
        return self.mode == "all" or gained > 0.0


@cache
def shipped_gains(engine: str) -> Mapping[str, float]:
    """Return what each pair gained with a translator, as `recipes/query_gains.py` measured it."""
    raw = files("dragoman.search").joinpath("data", "query_gains.json").read_bytes()
    held: dict[str, dict[str, float]] = orjson.loads(raw)
    return held.get(engine, NOTHING)
