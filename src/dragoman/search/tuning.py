"""The dials of a search: what a shop may set, with defaults measured on the public sets."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dragoman.rank.fuse import TEMPERATURE
from dragoman.rank.level import Levelling
from dragoman.search.crossing import Crossing
from dragoman.text.brands import BrandForms
from dragoman.types import Lang

Fusion: TypeAlias = Literal["calibrated", "reciprocal", "dense", "words"]


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a shop searches.

    | call | meaning |
    |---|---|
    | ``Tuning()`` | the measured defaults |
    | ``Tuning(langs=("en", "de"))`` | shoppers are expected to write English or German |
    | ``Tuning(rerank=20)`` | the best twenty are read by the reranker, if there is one |
    | ``Tuning(fusion="dense")`` | one leg alone, for comparison |
    | ``Tuning(guard=1.0, generic=0.25)`` | for an encoder that was never aligned across languages |
    | ``Tuning(guard=0.0, doubt=0.0, diversity=0.0)`` | the fused order as it is |
    """

    langs: tuple[Lang, ...] = ()  # that shoppers are expected to write in; (): those of the titles
    fusion: Fusion = "calibrated"
    pool: int = 100  # candidates of each leg
    temperature: float = TEMPERATURE  # cosine per nat of the encoder; of E5 unless you know better
    levelling: Levelling | None = None  # of the encoder (`levelling_of`); None searches with its bias
    guard: float = 0.25  # share of the language bias that is taken out, 0..1; 1 for an encoder not aligned
    generic: float = 0.0  # how much a product pays for being near everything: 0..1; .25 if not aligned
    doubt: float = 1.0  # how much less a matched word counts in a catalogue of many languages: 0..1
    diversity: float = 0.3  # 0 keeps the order, 1 spreads most
    rerank: int = 0  # of the best hits that the reranker reads; 0 leaves the order as it is
    lexicon: float = 0.7  # share of a query a term table must know to put it into English; above 1 never
    brands: BrandForms | None = None  # None: those shipped
    crossing: Crossing | None = None  # translates queries; None asks in the words as typed
