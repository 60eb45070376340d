"""The plug points. A backend is any object with these methods; nobody subclasses.

Batches in, batches out: no method takes "one or many". A port is admitted with two real
backends, a contract suite in ``testing.py`` and a page in ``docs/decisions/``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dragoman.types import (
    Event,
    Facet,
    Filter,
    Lang,
    Listing,
    Message,
    Passage,
    Product,
    Scored,
    Span,
    Terms,
    Translation,
    Vectors,
)

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

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return (len(ids), dim), the unit rows that were put, in the order asked; raises NotFound.

        Backends may keep them in fewer digits: within 1e-4 of what was put."""
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


class Reranker(Protocol):
    """Reads a query and a text together, and says how well the one answers the other."""

    @property
    def name(self) -> str:
        """Identity of the weights: scores may be compared only between equal names."""
        ...

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (len(texts),) in 0..1: the probability that the text bears on the query, same order.

        Raises:
            Unavailable: the reranker is remote and does not answer.
        """
        ...


class Reader(Protocol):
    """Marks in texts the words that answer an ask: a question, or the name of a fact."""

    def read(self, texts: Sequence[str], asks: Sequence[str]) -> list[list[Span]]:
        """Return, per text, the spans found for any of the asks, best first; may be empty."""
        ...


class Translator(Protocol):
    """Writes a text in another language."""

    @property
    def name(self) -> str:
        """Engine and version: cached translations of another name are stale."""
        ...

    def pairs(self) -> frozenset[tuple[Lang, Lang]]:
        """Return (source, target) pairs of primary languages it knows; empty means any."""
        ...

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[Translation]:
        """Return one translation a text, same order.

        Raises:
            Unsupported: the pair is none of its own; the hint names those that are.
            Unavailable: it is remote and does not answer.
        """
        ...


class Generator(Protocol):
    """Goes on with a conversation in free words. What it says is never trusted: a verb verifies it."""

    @property
    def name(self) -> str:
        """Which model it is."""
        ...

    def generate(self, messages: Sequence[Message], max_tokens: int, schema: Mapping[str, Any] | None) -> str:
        """Return the assistant's next turn; with ``schema`` (JSON Schema), a JSON text that obeys it.

        Raises:
            Unavailable: it does not answer, or answers no JSON of that schema.
        """
        ...


class Journal(Protocol):
    """Keeps what shoppers did, once each, in order of time. Durable when ``record`` returns."""

    def record(self, events: Sequence[Event]) -> int:
        """Write events; those whose id it holds already are left as they are. Returns how many were new."""
        ...

    def events(self, since: float, until: float) -> Iterator[Event]:
        """Yield the events with ``since <= at < until``, by time, ties by id."""
        ...

    def of_shopper(self, shopper: str, k: int) -> list[Event]:
        """Return the last ``k`` events of one shopper, oldest first, ties by id."""
        ...

    def shoppers(self, after: str, k: int) -> list[str]:
        """Return at most ``k`` pseudonyms greater than ``after``, ascending."""
        ...

    def erase(self, shopper: str) -> int:
        """Forget all that one shopper did, for good; returns how many events that were."""
        ...

    def forget(self, shopper: str, product: str) -> int:
        """Forget what one shopper did with one product; returns how many events that were."""
        ...

    def close(self) -> None:
        """Release files and connections; the object is not used afterwards."""
        ...

    def __len__(self) -> int:
        """How many events it holds."""
        ...


class Related(Protocol):
    """Knows which products go together, and which comes next: tables and models learned from events."""

    @property
    def name(self) -> str:
        """Which model it is: the key of its scores in ``Hit.why``."""
        ...

    def related(self, ids: Sequence[str], k: int) -> list[list[Scored]]:
        """Per product, at most ``k`` others that go with it, best first, ties by id; [] if unknown."""
        ...

    def next_items(self, histories: Sequence[Sequence[str]], k: int) -> list[list[Scored]]:
        """Per history (product ids, oldest first), at most ``k`` products likely next; [] if none."""
        ...
