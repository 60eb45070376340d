"""What is recommended, and why: each hit with its reason, a closed noun that a catalogue puts into words."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dragoman.types.asking import Hit
from dragoman.types.goods import Text
from dragoman.types.shoppers import Profile

RecommendKind: TypeAlias = Literal["for_you", "similar", "together", "again", "trending"]
"""What is wished for: anything they may like, things like this one, what goes with it, what they may buy
again, what others are after just now."""

Basis: TypeAlias = Literal["profile", "session", "context", "market", "everywhere", "catalogue"]
"""What a recommendation rests on, the most personal first: what the shopper did before, what they do right
now, the product at hand, what is popular in their market, or anywhere, or (nobody did anything yet) the
catalogue alone."""

ReasonKind: TypeAlias = Literal[
    "viewed", "carted", "bought", "liked", "rated", "shared", "searched", "brand", "similar", "together",
    "again", "trending", "popular", "shop",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a product is recommended: the deed or the feature that weighed most, and its words."""

    kind: ReasonKind
    product: str = ""  # the product of that deed, or the one at hand
    words: str = ""  # the words searched for, the brand followed, the market's code
    text: Text = Text("", "und")  # the whole sentence, in the shopper's language


@dataclass(frozen=True, slots=True)
class Recommended:
    """A page of recommendations; ``reasons[i]`` is why ``hits[i]`` is there."""

    kind: RecommendKind
    basis: Basis
    hits: tuple[Hit, ...] = ()
    reasons: tuple[Reason, ...] = ()
    profile: Profile = Profile()
