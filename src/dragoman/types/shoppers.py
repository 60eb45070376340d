"""What shoppers did, and what that says of them. Times are seconds since 1970, UTC; never read here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from dragoman.types.goods import Lang, Vectors

EventKind: TypeAlias = Literal[
    "show", "view", "click", "cart", "uncart", "buy", "rate", "share", "like", "follow", "dismiss", "search"
]
"""``show`` is an impression: the product was on the shopper's screen. The rest is what shoppers do."""

_NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a shopper did, once: equal ids are the same event, told twice."""

    id: str
    shopper: str  # a pseudonym, never a name or an address
    kind: EventKind
    at: float  # when it happened, seconds since 1970, UTC
    product: str = ""  # "" for a search
    query: str = ""  # the words searched for; or what was liked, followed, dismissed by name: ``brand:Acme``
    impression: str = ""  # the list (search or recommendation) it came from: its query_id
    position: int = 0  # place in that list from 1; 0 is unknown
    value: float = 0.0  # stars of a rating, pieces of a purchase, hits of a search: -1 none, 0 not told
    session: str = ""
    market: str = ""
    lang: Lang = ""
    variant: str = ""  # of an experiment: "name:arm"
    is_consented: bool = True  # False: counted for the shop, never kept under the shopper's pseudonym


@dataclass(frozen=True, slots=True)
class Taste:
    """One interest of a shopper: a direction among the vectors, how strong, and what it was seen in."""

    weight: float  # the weights of a profile's tastes sum to 1
    products: tuple[str, ...]  # the products it comes from, the strongest first


@dataclass(frozen=True, slots=True)
class Profile:
    """What a shopper's events say, decayed with age: a pure function of events and the time.

    Weights are shares: each mapping sums to 1, or is empty.
    """

    shopper: str = ""
    langs: Mapping[Lang, float] = field(default_factory=lambda: _NO_WEIGHTS)
    market: str = ""
    products: Mapping[str, float] = field(default_factory=lambda: _NO_WEIGHTS)  # liked, by id
    disliked: frozenset[str] = frozenset()
    avoided: frozenset[str] = frozenset()  # brands and categories that were dismissed: ``brand:Acme``
    bought: frozenset[str] = frozenset()
    categories: Mapping[str, float] = field(default_factory=lambda: _NO_WEIGHTS)
    brands: Mapping[str, float] = field(default_factory=lambda: _NO_WEIGHTS)
    searches: tuple[str, ...] = ()  # the last ones, newest first
    history: tuple[str, ...] = ()  # product ids in the order of time, the newest last
    tastes: tuple[Taste, ...] = ()
    vectors: Vectors | None = None  # (len(tastes), dim), unit rows: where each taste points
    price_level: float | None = None  # 0 the cheapest of a category, 1 the dearest
