"""What `PointIndex` asks of a vector engine: a dozen plain calls on points, embedded or far away.

Points, not products: an engine knows ids of 128 bits, vectors, payloads and conditions.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol, TypeAlias
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


Near: TypeAlias = tuple[UUID, float]
"""A point found and its score, higher is better. Pairs, because thousands are made a second."""

Counts: TypeAlias = dict[str, int]
"""How many points hold each value of a field."""


class Engine(Protocol):
    """One collection of points. Safe to use from several threads."""

    @property
    def dim(self) -> int:
        """Length of every dense vector."""
        ...

    @property
    def encoder(self) -> str:
        """Name of the encoder that made the vectors; "" when nobody said."""
        ...

    def integers(self) -> Set[str]:
        """Names of the integer fields that are indexed; those made lately by other writers may lack."""
        ...

    def index_integers(self, names: Set[str]) -> None:
        """Index these fields too; those that are indexed already are left alone."""
        ...

    def write(self, points: Sequence[Point]) -> None:
        """Insert or replace. Durable when it returns."""
        ...

    def delete(self, points: Sequence[UUID]) -> None:
        """Forget these points. Durable when it returns."""
        ...

    def read(self, points: Sequence[UUID], key: str) -> dict[UUID, str]:
        """Return this payload field of those points that exist; "" where they lack it."""
        ...

    def vectors(self, points: Sequence[UUID]) -> dict[UUID, Sequence[float]]:
        """Return the dense vectors of those points that exist and have one."""
        ...

    def nearest(self, rows: Vectors, limit: int, where: AllOf) -> list[list[Near]]:
        """Per row, the nearest points by cosine, best first."""
        ...

    def matching(self, bags: Sequence[Mapping[int, float]], limit: int, where: AllOf) -> list[list[Near]]:
        """Per bag, none of them empty, points by sum of weight x weight x idf, best first."""
        ...

    def facets(self, keys: Sequence[str], where: AllOf) -> list[Counts]:
        """Per keyword field, how many of the points that meet the conditions hold each value, exactly."""
        ...

    def ordered(self, key: str, limit: int, where: AllOf) -> list[UUID]:
        """Points in ascending order of an integer field."""
        ...

    def every(self, where: AllOf, key: str) -> Iterator[tuple[UUID, str]]:
        """All points that meet the conditions, in any order, with this payload field, or ""."""
        ...

    def upkeep(self) -> None:
        """Do the housekeeping."""
        ...

    def close(self) -> None:
        """Release everything."""
        ...
