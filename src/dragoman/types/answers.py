"""What the guide says back in words: spans, citations, answers, comparisons, translations.

An answer is never more than its citations: no citation, no answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dragoman.types.goods import Fact, Lang, Passage, Text

Verdict: TypeAlias = Literal["", "yes", "no", "mixed"]
"""What a yes-or-no question came to; "" where it was none, "mixed" where evidence contradicts itself."""

Mood: TypeAlias = Literal["good", "bad", "neutral"]
"""Which way an opinion leans."""

Speaker: TypeAlias = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text that a reader marked: ``text[start:end]`` answers ``ask`` with this much trust."""

    ask: str  # the question, or the name of the fact, that it answers
    start: int
    end: int
    score: float  # 0..1


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement stands: a passage, and the words of it that carry the statement, verbatim."""

    passage: Passage
    quote: str
    score: float = 0.0  # how well it bears on the question, 0..1
    translation: Text | None = None  # of the quote, by a machine, for a shopper who reads another language


@dataclass(frozen=True, slots=True)
class Opinion:
    """What buyers say about one side of a product: how many of them, which way, in whose words."""

    aspect: str  # the key of the aspect: "size", "quality" ...
    good: int
    bad: int
    praise: tuple[Citation, ...] = ()
    blame: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Products side by side: for every fact name, one cell a product (None where it is not stated)."""

    products: tuple[str, ...]
    rows: Mapping[str, tuple[Fact | None, ...]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply that can be traced: every sentence of ``text`` stands in a citation or a fact.

    ``declined`` holds why there is no answer ("" where there is one); then ``text`` says so in ``lang``.
    """

    text: str
    lang: Lang
    citations: tuple[Citation, ...] = ()
    declined: str = ""
    verdict: Verdict = ""
    confidence: float = 0.0  # that the cited evidence answers the question, 0..1
    facts: tuple[Fact, ...] = ()  # facts of the product that it states
    against: tuple[Citation, ...] = ()  # evidence that contradicts, shown and not averaged
    opinions: tuple[Opinion, ...] = ()
    comparison: Comparison | None = None
    removed: tuple[str, ...] = ()  # sentences that the verifier cut, with nothing to stand on


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation with a text generator."""

    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A text in another language, and where it comes from.

    ``text.source`` is "machine", unless a term table made by people held the whole of it. Below the
    confidence that its pair needs, the verb shows the original instead.
    """

    text: Text
    original: Text
    engine: str  # which translator, and its version: "dragoman-1", "terms", "http:gpt"
    confidence: float = 0.0  # 0..1, calibrated: the share of such sentences that a check found good
