"""What a rule reads from, and what it finds there. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from dragoman.extract.view import View
from dragoman.types import Fact, Lang

Place: TypeAlias = Literal["title", "bullet", "description", "attribute"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a seller's text, folded for reading, and where it stands."""

    view: View
    lang: Lang  # primary language: "zh", "pt"
    place: Place


@dataclass(frozen=True, slots=True)
class Found:
    """A value that a rule read in ``view.folded[start:end]`` of a piece."""

    name: str
    value: str
    unit: str
    start: int
    end: int
    confidence: float

    def fact(self, piece: Piece) -> Fact:
        """Return it as a fact, quoted as the seller wrote it."""
        quote = piece.view.quote(self.start, self.end).strip()
        return Fact(self.name, self.value, self.unit, quote, round(self.confidence, 3))


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is known of a product's category before its words are read."""

    path: str = ""  # the taxonomy's English path, "" when nothing is known
    attributes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # handle → closed values
    trust: float = 0.0  # 0..1 that the category is right

    @property
    def is_clothing(self) -> bool:
        """Whether its sizes are those of clothes."""
        return self.path.startswith("Apparel & Accessories > Clothing")

    @property
    def is_footwear(self) -> bool:
        """Whether its sizes are those of shoes."""
        return self.path.startswith("Apparel & Accessories > Shoes") or "footwear" in self.path.lower()

    @property
    def is_worn(self) -> bool:
        """Whether it comes in the sizes of bodies."""
        return self.path.startswith("Apparel & Accessories")

    @property
    def has_screen(self) -> bool:
        """Whether inches are those of a screen's diagonal."""
        parts = (
            "Computer Monitors",
            "Televisions",
            "Laptops",
            "Tablet Computers",
            "Mobile & Smart Phones",
            "Video",
        )
        return any(part in self.path for part in parts)
