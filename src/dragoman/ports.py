"""The plug points. A backend is any object with these methods; nobody subclasses.

Batches in, batches out: no method takes "one or many". A port is admitted with two real
backends, a contract suite in ``testing.py`` and a page in ``docs/decisions/``.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from dragoman.types import Facet, Filter, Listing, Passage, Product, Scored, Terms, Vectors

Role: TypeAlias = Literal["query", "passage"]


class Encoder(Protocol):
    """Turns text of any language into vectors of one space."""

    @property
    def dim(self) -> int:
        """Length of every vector."""
        ...

    @property
    def name(self) -> str:
        """Identity of the weights: vectors may be compared only between equal names."""
        ...

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return (len(texts), dim) float32, rows of unit length, same order.

        Raises:
            Unavailable: the encoder is remote and does not answer.
        """
        ...


class Index(Protocol):
    """Keeps products, with a vector and a bag of terms each, and finds them by either.

    What ``put`` and ``remove`` acknowledged is visible to the next call and survives a crash.
    """

    def put(self, listings: Sequence[Listing], vectors: Vectors, terms: Sequence[Terms]) -> None:
        """Insert or replace by product id. Durable when it returns.

        Args:
            vectors: (len(listings), dim), unit rows.
            terms: One bag a listing. Weights carry term frequency and length already;
                the index adds inverse document frequency at query time.

        Raises:
            BadInput: the lengths or dim disagree; nothing was written.
        """
        ...

    def remove(self, ids: Sequence[str]) -> None:
        """Forget these products; unknown ids are ignored. Durable when it returns."""
        ...

    def get(self, ids: Sequence[str]) -> list[Product]:
        """Products in the order asked; raises NotFound naming the missing ids."""
        ...

    def passages(self, ids: Sequence[str]) -> list[tuple[Passage, ...]]:
        """What was put beside each product (reviews, answers ...), in the order asked; raises NotFound."""
        ...

    def digests(self, ids: Sequence[str]) -> list[str]:
        """Content digests in the order asked; "" for an unknown id."""
        ...

    def ids(self, after: str, k: int) -> list[str]:
        """At most k product ids greater than ``after``, in ascending id order."""
        ...

    def nearest(self, vectors: Vectors, k: int, where: Filter) -> list[list[Scored]]:
        """Per row, at most k products by cosine (-1..1), best first, ties by id."""
        ...

    def matching(self, queries: Sequence[Terms], k: int, where: Filter) -> list[list[Scored]]:
        """Per bag, at most k products sharing a term, best first, ties by id.

        The score is the sum over shared terms of weight x weight x idf.
        """
        ...

    def facets(self, names: Sequence[str], where: Filter, k: int) -> list[Facet]:
        """Per name (``brand category availability market seller lang fact:<name>``, or ``facts``
        for the fact names themselves), the k commonest values among products that pass ``where``,
        most first, ties by value. ``category`` counts every path on the way; ``availability`` that
        of the offers in ``where.market``."""
        ...

    def spellings(self, terms: Sequence[str], k: int) -> list[list[Scored]]:
        """Per term, at most k indexed terms one or two typing slips away, the likeliest first.

        A term that is itself indexed gets an empty list: it needs no other spelling.
        """
        ...

    def upkeep(self) -> None:
        """Do the housekeeping that must stay off the request path; safe to call at any time."""
        ...

    def close(self) -> None:
        """Release files and processes; the object is not used afterwards."""
        ...

    def __len__(self) -> int:
        """How many products it holds."""
        ...
