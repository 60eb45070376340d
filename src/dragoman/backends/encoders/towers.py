"""Two encoders of one space: a small one for queries, whose askers wait, the whole one for passages.

The small one was taught where the whole one puts a query (recipes/query_tower.toml), so an index need not be
built anew for it.
"""

from collections.abc import Sequence

from dragoman.errors import BadConfig
from dragoman.ports import Encoder, Role
from dragoman.types import Vectors


class TwoTowers:
    """An encoder whose queries another one makes. Safe from many threads where both are."""

    def __init__(self, passages: Encoder, queries: Encoder) -> None:
        """Join two encoders.

        Raises:
            BadConfig: their vectors are of different lengths.
        """
        if passages.dim != queries.dim:
            raise BadConfig(
                f"queries of {queries.dim} numbers for passages of {passages.dim}",
                hint="a query tower is taught by the encoder it stands beside",
            )
        self._passages, self._queries = passages, queries

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._passages.dim

    @property
    def name(self) -> str:
        """Identity of the space, which is that of the passages: what an index is built with."""
        return self._passages.name

    @property
    def query_name(self) -> str:
        """Identity of the query vectors, for those who keep them."""
        return f"{self._passages.name}+{self._queries.name}"

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return (len(texts), dim) float32, rows of unit length, same order."""
        return (self._queries if role == "query" else self._passages).encode(texts, role)
