"""When and how is recommended: the clock, what the page itself tells, and the shop's dials. Values only."""

from dataclasses import dataclass

from dragoman.recommend.crowd import Window
from dragoman.types import Event


@dataclass(frozen=True, slots=True)
class Dials:
    """How a shop recommends.

    | call | meaning |
    |---|---|
    | ``Dials()`` | the defaults |
    | ``Dials(diversity=0.0)`` | the best fitting only, however alike |
    | ``Dials(cap=0.25)`` | at most a quarter of a page from one brand, or one seller |
    | ``Dials(new=0.2)`` | at least a fifth of a page to products that hardly anybody has seen |
    """

    diversity: float = 0.3  # 0 keeps the order, 1 spreads most
    cap: float = 0.5  # largest share of a page for one brand or seller; 1 is no rule
    new: float = 0.0  # smallest share of a page for new products


@dataclass(frozen=True, slots=True)
class Moment:
    """What a request for recommendations says besides its query."""

    now: float  # seconds since 1970
    session: tuple[Event, ...] = ()  # what the shopper did in this visit, told with the request and not kept
    window: Window = "week"  # of what is trending
    dials: Dials = Dials()
