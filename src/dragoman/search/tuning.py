"""The dials of a search: what a shop may set, with defaults measured on the public sets."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dragoman.text.brands import BrandForms
from dragoman.types import Lang

Fusion: TypeAlias = Literal["calibrated", "reciprocal", "dense", "words"]


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a shop searches.

    | call | meaning |
    |---|---|
    | ``Tuning()`` | the measured defaults |
    | ``Tuning(langs=("en", "de"))`` | languages of the catalogue, where the index need not be asked |
    | ``Tuning(fusion="dense")`` | one leg alone, for comparison |
    | ``Tuning(guard=0.0, diversity=0.0)`` | the fused order as it is |
    """

    langs: tuple[Lang, ...] = ()
    fusion: Fusion = "calibrated"
    pool: int = 100  # candidates of each leg
    guard: float = 1.0  # share of the encoder's language bias taken out: 0..1
    diversity: float = 0.3  # 0 keeps the order, 1 spreads most
    brands: BrandForms | None = None  # None: those shipped
