"""Who is asking: the profile of a shopper, from the journal and from what this visit tells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dragoman.ports import Index
from dragoman.rank.profile import profile
from dragoman.recommend.audience import Audience
from dragoman.recommend.cards import cards_of
from dragoman.recommend.survey import Survey
from dragoman.types import Event, Profile

EVENTS: Final = 200  # the last ones of a shopper; older ones have faded
_PRODUCTS: Final = 60  # looked up for a taste, the last ones


@dataclass(frozen=True, slots=True)
class Known:
    """A shopper's profile and the events behind it, oldest first."""

    profile: Profile
    events: Sequence[Event] = ()
    is_session: bool = False  # whether only this visit is known


def known(
    shopper: str,
    *,
    index: Index,
    audience: Audience,
    survey: Survey,
    now: float,
    session: Sequence[Event] = (),
) -> Known:
    """Return what is known of a shopper: of nobody, what this visit tells.

    Raises:
        Unavailable: the journal or the index does not answer.
    """
    name = audience.mask(shopper)
    kept = audience.journal.of_shopper(name, EVENTS) if name else []
    ids = {event.id for event in kept}
    told = [replace(event, shopper=name) for event in session if event.id not in ids]
    events = sorted([*kept, *told], key=lambda one: (one.at, one.id))
    products = list(dict.fromkeys(event.product for event in reversed(events) if event.product))[:_PRODUCTS]
    cards = cards_of(products, index, survey)
    traits = {id_: card.trait for id_, card in cards.items()}
    found = profile(events, now, traits=traits, alike=survey.alike)
    return Known(replace(found, shopper=name), events, bool(told) and not kept)
