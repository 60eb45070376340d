"""What there is to cite about a product: every title, bullet, sentence, attribute, review and answer.

Knows a product and what was said of it; ranks nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from dragoman.text.sentences import sentences
from dragoman.types import Fact, Lang, Passage, Product, Text

MOST = 2000
"""Pieces of one page that are read: a page with more reviews is cut off there, newest last."""

_SHORT = 40  # characters: a shorter sentence says little alone and stays with the one after it
_QUESTION = re.compile(r"\s+(?:Question|Q)\s*[::]\s*(?=\S)")
# A text that can turn round the words about it, hides some, or is made of markup is never quoted.
_OVERRIDES = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u200b\u2060\u00ad\ufeff\U000e0000-\U000e007f]"
    "|</?[A-Za-z!|][^>]*>|<!--|```|<[|]"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a passage that is weighed and quoted by itself: ``passage.text.value[start:end]``."""

    passage: Passage
    start: int
    end: int
    asked: str = ""  # the question that a community answer replies to
    fact: Fact | None = None  # what an attribute was read from

    @property
    def quote(self) -> str:
        """The words themselves, verbatim."""
        return self.passage.text.value[self.start : self.end]

    @property
    def words(self) -> str:
        """What an encoder or a reranker reads: an answer with its question, anything else as it stands."""
        return f"{self.quote} Question: {self.asked}" if self.asked else self.quote


def passages_of(product: Product, said: Sequence[Passage] = ()) -> tuple[Passage, ...]:
    """Return all there is to cite about a product, in the order of its page.

    Descriptions are cut into sentences; an attribute reads "name: value unit"; what buyers chose
    among (options of variants) is one attribute with all its values. ``said`` is kept as it is.

    >>> cup = Product("1", (Text("Cup", "en"),), facts=(Fact("Volume", "300", "ml"),))
    >>> [(one.kind, one.text.value) for one in passages_of(cup)]
    [('title', 'Cup'), ('attribute', 'Volume: 300 ml')]
    """
    return tuple(piece.passage for piece in _own(product)) + tuple(said)


def pieces_of(product: Product, said: Sequence[Passage] = ()) -> tuple[Piece, ...]:
    """Return the pieces of a page that can be quoted; at most `MOST`, none that hides or turns text.

    A long review is several pieces of one passage, a sentence or two each.
    """
    found: list[Piece] = []
    for piece in (*_own(product), *(piece for passage in said for piece in _cut(passage))):
        if piece.start < piece.end and not _OVERRIDES.search(piece.quote):
            found.append(piece)
        if len(found) >= MOST:
            break
    return tuple(found)


def attribute_text(fact: Fact) -> str:
    """Return how a fact reads as a passage.

    >>> attribute_text(Fact("Weight", "2", "kg"))
    'Weight: 2 kg'
    """
    return f"{fact.name}: {fact.value} {fact.unit}".strip()


def _own(product: Product) -> Iterator[Piece]:
    for title in product.titles:
        yield _whole(Passage(product.id, "title", title))
    for bullet in product.bullets:
        yield _whole(Passage(product.id, "bullet", bullet))
    for text in product.descriptions:
        for start, end in sentences(text.value, text.lang):
            yield _whole(Passage(product.id, "description", replace(text, value=text.value[start:end])))
    lang = product.titles[0].lang if product.titles else "und"
    options = _options(product)
    own = _joined(fact for fact in product.facts if fact.name not in {option.name for option in options})
    for fact in (*own, *options):
        passage = Passage(product.id, "attribute", Text(attribute_text(fact), _lang_of(fact, lang)))
        yield replace(_whole(passage), fact=fact)


def _whole(passage: Passage) -> Piece:
    value = passage.text.value
    return Piece(passage, len(value) - len(value.lstrip()), len(value.rstrip()))


def _joined(facts: Iterable[Fact]) -> list[Fact]:
    """Facts of one name and unit together: a shirt of three colours is one attribute."""
    found: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        found.setdefault((fact.name, fact.unit), []).append(fact)
    return [
        replace(same[0], value=", ".join(dict.fromkeys(fact.value for fact in same)))
        for same in found.values()
    ]


def _options(product: Product) -> list[Fact]:
    """What buyers choose among, with what the product states of it: one attribute a name."""
    chosen = dict.fromkeys(option for variant in product.variants for option in variant.options)
    names = {option.name for option in chosen}
    return _joined([*(fact for fact in product.facts if fact.name in names), *chosen])


def _lang_of(fact: Fact, lang: Lang) -> Lang:
    # A name in Latin letters beside a title in another script was filled in by a form, in English mostly.
    return "en" if lang[:2] in ("zh", "ja", "ko", "ar", "hi", "th", "ru") and fact.name.isascii() else lang


def _cut(passage: Passage) -> Iterator[Piece]:
    value = passage.text.value
    if passage.kind == "answer":
        yield _answer(passage)
        return
    for start, end in _spans(value, passage.text.lang):
        yield Piece(passage, start, end)


def _answer(passage: Passage) -> Piece:
    """An answer with the question behind it, where the feed wrote both into one text."""
    value = passage.text.value
    split = _QUESTION.search(value)
    if split is None:
        return _whole(passage)
    start = len(value) - len(value.lstrip())
    return Piece(passage, start, split.start(), value[split.end() :].strip())


@lru_cache(maxsize=4096)
def _spans(value: str, lang: Lang) -> tuple[tuple[int, int], ...]:
    """Sentences, the very short ones joined to their neighbour."""
    found: list[tuple[int, int]] = []
    for start, end in sentences(value, lang):
        if found and (end - start < _SHORT or found[-1][1] - found[-1][0] < _SHORT):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)
