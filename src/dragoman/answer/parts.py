"""What an answer is made with and made of: models that may help, dials, pages, evidence, sentences.

Values only. A sentence carries what it stands on, so that `dragoman.answer.verify` can trace it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from dragoman.answer.kept import KeptVectors
from dragoman.answer.passages import Piece
from dragoman.answer.weigh import Weighing
from dragoman.ports import Generator, Reader, Reranker
from dragoman.types import (
    Answer,
    Citation,
    Fact,
    Found,
    Lang,
    Offer,
    Product,
    Query,
    Text,
    Translation,
    Vectors,
    Verdict,
)

Find: TypeAlias = Callable[[Query], Found]
"""Search, as the guide does it; a question about no product in particular goes through it."""

Translate: TypeAlias = Callable[[Sequence[Text], Lang], Sequence[Translation]]
"""Translation, as the guide does it: below the confidence that its pair needs, it gives the original back."""

Speak: TypeAlias = Callable[[str, Lang, Lang], Sequence[str]]
"""A question, its language and another one in; what it may be called there out, the likeliest first; nothing
where that is not known to help."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What makes answers better where a shop has it; each may be missing."""

    reranker: Reranker | None = None
    reader: Reader | None = None
    generator: Generator | None = None
    translate: Translate | None = None
    speak: Speak | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """How questions are weighed: learned weights, and where the vectors of pages are kept.

    ``weigh`` gives the weights when they are first needed: on an unknown encoder they are measured.
    """

    weigh: Callable[[], Weighing]
    vectors: KeptVectors
    reranked: int = 12  # pieces that the reranker reads
    pages: int = 6  # products that a question about none in particular is asked of
    shown: int = 2  # pieces that an answer quotes

    @property
    def weighing(self) -> Weighing:
        """The weights of the encoder at hand."""
        return self.weigh()

    def close(self) -> None:
        """Release the file of vectors; the object is not used afterwards."""
        self.vectors.close()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One product's page as it is read: the product, the offer of the shopper's market, its pieces."""

    product: Product
    offer: Offer | None
    pieces: tuple[Piece, ...]
    vectors: Vectors  # (len(pieces), dim)
    nearness: float = 1.0  # how well search found it, 0..1; 1 where the shopper named it


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece and how likely it is to bear on the question; ``place`` is its row in its sheet."""

    piece: Piece
    score: float  # 0..1
    sheet: int = 0
    place: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer with what it stands on."""

    text: str
    citations: tuple[Citation, ...] = ()
    facts: tuple[Fact, ...] = ()
    offers: tuple[Offer, ...] = ()
    counts: frozenset[int] = frozenset()  # numbers that were counted in the citations, not read


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it is verified: its sentences, and what else ``Answer`` holds."""

    sentences: tuple[Sentence, ...]
    rest: Answer = field(default_factory=lambda: Answer("", "en"))
    verdict: Verdict = ""
    spare: tuple[Sentence, ...] = ()  # told instead if nothing of the sentences can be traced
    same: frozenset[str] = frozenset()  # questions behind the evidence that mean the same as this one
