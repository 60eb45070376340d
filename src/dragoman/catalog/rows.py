"""What reading a feed yields, and what a reader is told beforehand."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from dragoman.types import Lang, Listing, Rejection


@dataclass(frozen=True, slots=True)
class Reading:
    """What the caller knows of a feed; "" leaves it to the feed itself, or to detection.

    | field | meaning |
    |---|---|
    | ``format`` | one of ``FORMATS`` |
    | ``lang`` | of texts that name no language (BCP 47) |
    | ``market`` | of offers that name none (ISO 3166-1 alpha-2) |
    | ``currency`` | of prices that name none (ISO 4217) |
    | ``now`` | when sale prices with dates are judged; the clock, if None |
    | ``whole`` | the feeds hold all products of the shop: those they do not hold are removed |
    """

    format: str = ""
    lang: Lang = ""
    market: str = ""
    currency: str = ""
    now: datetime | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A listing and where it stands in its feed."""

    listing: Listing
    line: int
    source: str


@dataclass(frozen=True, slots=True)
class Removal:
    """The feed says that this product is gone."""

    id: str
    line: int
    source: str


@dataclass(frozen=True, slots=True)
class Caution:
    """A row was taken, but something in it was left out or guessed."""

    about: Rejection


@dataclass(frozen=True, slots=True)
class BrokenOff:
    """The feed cannot be read beyond this point; every row before it counts."""

    about: Rejection


Problem: TypeAlias = Rejection | Caution | BrokenOff
Row: TypeAlias = Listing | Removal | Problem
Outcome: TypeAlias = Taken | Removal | Problem
