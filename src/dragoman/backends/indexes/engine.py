"""What `PointIndex` asks of a vector engine: a dozen plain calls on points, embedded or far away.

Points, not products: an engine knows ids of 128 bits, vectors, payloads and conditions.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.indexes.conditions import AllOf
from dragoman.types import Vectors

DENSE, SPARSE = "dense", "words"  # names of the two vectors of a product's point


@dataclass(frozen=True, slots=True)
class Point:
    """One point to write; a point without vectors is only read by its id."""

    id: UUID
    payload: Mapping[str, object]
    dense: NDArray[np.float32] | None = None
    sparse: Mapping[int, float] | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """A point found and its score, higher is better."""

    id: UUID
    score: float


@dataclass(frozen=True, slots=True)
class Count:
    """A value of a field and how many points hold it."""

    value: str
    count: int


class Engine(Protocol):
    """One collection of points. Safe to use from several threads."""

    @property
    def dim(self) -> int:
        """Length of every dense vector."""
        ...

    def integers(self) -> Set[str]:
        """Names of the integer fields that are indexed; those made lately by other writers may lack."""
        ...

    def index_integers(self, names: Set[str]) -> None:
        """Index these fields too; those that are indexed already are left alone."""
        ...

    def write(self, points: Sequence[Point], gone: Sequence[UUID]) -> None:
        """Forget ``gone``, then insert or replace the points; those of one product stay together.

        Durable when it returns.
        """
        ...

    def read(self, points: Sequence[UUID], key: str) -> dict[UUID, str]:
        """Return this payload field of those points that exist; "" where they lack it."""
        ...

    def nearest(self, rows: Vectors, limit: int, where: AllOf) -> list[list[Near]]:
        """Per row, the nearest points by cosine, best first."""
        ...

    def matching(self, bags: Sequence[Mapping[int, float]], limit: int, where: AllOf) -> list[list[Near]]:
        """Per bag, none of them empty, points by sum of weight x weight x idf, best first."""
        ...

    def facet(self, key: str, limit: int, where: AllOf) -> list[Count]:
        """The commonest values of a keyword field, most first, ties by value; counts are exact."""
        ...

    def count(self, where: AllOf) -> int:
        """How many points meet the conditions, exactly."""
        ...

    def ordered(self, key: str, limit: int, where: AllOf) -> list[str]:
        """Payload field ``id`` of points in ascending order of an integer field."""
        ...

    def every(self, key: str, where: AllOf) -> list[str]:
        """Payload field ``key`` of all points that meet the conditions, in any order."""
        ...

    def upkeep(self) -> None:
        """Do the housekeeping."""
        ...

    def close(self) -> None:
        """Release everything."""
        ...
