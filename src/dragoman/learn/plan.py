"""What is learned from a shop's journal, and how: values only."""

from dataclasses import dataclass, field

import numpy as np

from dragoman.types import Vectors


@dataclass(frozen=True, slots=True)
class Plan:
    """Dials of `dragoman.learn.related.refresh`, chosen on the validation step of Beauty."""

    windows: tuple[int, ...] = (7, 30)  # days of popularity, beside all days
    window: int = 10  # places that a pair may be apart
    popularity: float = 0.5  # see `covisited`
    backwards: float = 0.5  # see `pairs_of`
    shrink: float = 5.0  # see `cosines`
    fading: float = 0.8  # see `NeighbourScores`
    neighbours: int = 100
    dim: int = 64
    confidence: float = 20.0
    regularisation: float = 0.1
    steps: int = 1500  # of the sequence model; 0 leaves it out
    least: int = 200  # shoppers with three products below which no sequence model and no blender is learned
    most: int = 5000  # shoppers that the blender learns from
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """What products are, whether anybody met them: ids, and a unit vector of each."""

    ids: tuple[str, ...] = ()
    vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))
