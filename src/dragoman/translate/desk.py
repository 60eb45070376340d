"""The translator's desk: who translates, with which words of the shop, and what was translated before."""

from dataclasses import dataclass, field, replace

from dragoman.ports import Translator
from dragoman.text.brands import BrandForms
from dragoman.translate.glossary import Glossary
from dragoman.translate.memory import Memory
from dragoman.translate.quality import EngineQuality, PairQuality, Quality, shipped_quality
from dragoman.translate.terms import term_langs
from dragoman.types import Lang

NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a translation needs beside the text.

    | call | meaning |
    |---|---|
    | ``Desk()`` | no translator: terms of the tables, Chinese in the other script, else the original |
    | ``Desk(translator)`` | kept in this process |
    | ``Desk(translator, read_glossary("terms.tsv"), Memory("shop/translations.sqlite"))`` | a shop |
    """

    translator: Translator | None = None
    glossary: Glossary = Glossary()
    memory: Memory = field(default_factory=Memory)
    brands: BrandForms | None = None  # None: those shipped
    quality: Quality = field(default_factory=shipped_quality)

    @property
    def engine(self) -> str:
        """The name of whoever translates."""
        return self.translator.name if self.translator else NOBODY

    def measured(self) -> EngineQuality:
        """Return what is known of whoever translates."""
        return self.quality.of(self.engine)

    def of(self, source: Lang, target: Lang) -> PairQuality:
        """Return what is known of a pair of languages."""
        return self.measured().of(source, target)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What can be translated here: pairs by whoever translates, and the languages of the term tables."""

    engine: str
    takes_any: bool  # it names no pairs: any language
    pairs: tuple[PairQuality, ...]
    terms: tuple[Lang, ...]
    glossary: tuple[tuple[Lang, Lang], ...]


def abilities(desk: Desk) -> Abilities:
    """Return what a desk can translate, and which pairs of it shoppers get to see."""
    own = desk.translator.pairs() if desk.translator else frozenset()
    measured = desk.measured().pairs
    listed = sorted(own or {(one.source, one.target) for one in measured.values()})
    return Abilities(
        desk.engine,
        takes_any=desk.translator is not None and not own,
        pairs=tuple(
            replace(desk.of(source, target), source=source, target=target) for source, target in listed
        ),
        terms=term_langs(),
        glossary=tuple(sorted(desk.glossary.pairs())),
    )
