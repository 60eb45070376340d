"""Products found by the words of other languages: an index whose bags of words hold translated titles too.

The products themselves stay as their sellers wrote them. Knows a function that translates, no translator.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from dragoman.ports import Index
from dragoman.rank.represent import document_terms
from dragoman.text import segment
from dragoman.text.tags import best
from dragoman.types import Lang, Listing, Product, Terms, Text, Vectors

Speak: TypeAlias = Callable[[Sequence[Text], Lang, Sequence[str]], Sequence[Text]]
"""Titles, a language and the brand of each in; each in that language, or as it was."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """Into which languages titles are translated when products are ingested, and by whom."""

    langs: tuple[Lang, ...]
    speak: Speak
    engine: str  # products that another one expanded are written anew

    @property
    def stamp(self) -> str:
        """What a digest ends in: it changes with the languages and the translator."""
        return f"+{self.engine}:{','.join(self.langs)}"


def expanded(index: Index, expansion: Expansion | None) -> Index:
    """Return the index as ingest shall see it."""
    return ExpandedIndex(index, expansion) if expansion and expansion.langs else index


class ExpandedIndex:
    """An index for ingest: what is put gets further words, all else is the index's own."""

    def __init__(self, index: Index, expansion: Expansion) -> None:
        self._index, self._expansion = index, expansion
        self.remove, self.get, self.passages, self.ids = index.remove, index.get, index.passages, index.ids
        self.nearest, self.matching, self.facets = index.nearest, index.matching, index.facets
        self.vectors = index.vectors
        self.spellings, self.upkeep, self.close = index.spellings, index.upkeep, index.close

    def __len__(self) -> int:
        """How many products it holds."""
        return len(self._index)

    def put(self, listings: Sequence[Listing], vectors: Vectors, terms: Sequence[Terms]) -> None:
        """Insert or replace by product id, with the words of translated titles. Durable when it returns."""
        more = [
            self._with_more(bag, titles) for bag, titles in zip(terms, self._titles(listings), strict=True)
        ]
        stamped = [replace(one, digest=one.digest + self._expansion.stamp) for one in listings]
        self._index.put(stamped, vectors, more)

    def digests(self, ids: Sequence[str]) -> list[str]:
        """Content digests in the order asked; of products that were expanded otherwise, none that fits."""
        stamp = self._expansion.stamp
        held = self._index.digests(ids)
        return [one.removesuffix(stamp) if one.endswith(stamp) else one and f"{one}?" for one in held]

    def _titles(self, listings: Sequence[Listing]) -> list[list[Text]]:
        own = [listing.product.titles[0] for listing in listings]
        brands = [listing.product.brand for listing in listings]
        found: list[list[Text]] = [[] for _ in listings]
        has = [[title.lang for title in listing.product.titles] for listing in listings]
        for lang in self._expansion.langs:
            made = self._expansion.speak(own, lang, brands)
            for kept, title, said, langs in zip(found, own, made, has, strict=True):
                if said.value != title.value and not best([lang], langs):
                    kept.append(said)
        return found

    def _with_more(self, bag: Terms, titles: Sequence[Text]) -> Terms:
        """The bag with the words of each translated title, weighed as a title is; a word counts once."""
        merged = dict(bag)
        for title in titles:
            for term, weight in document_terms(Product("", (title,)), terms=segment.terms).items():
                merged[term] = max(merged.get(term, 0.0), weight)
        return merged
