"""Where candidates come from: tastes, models, meetings, what is popular. Knows ids and scores only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dragoman.ports import Encoder, Index
from dragoman.recommend.again import buy_again
from dragoman.recommend.audience import Audience
from dragoman.recommend.cards import cards_of
from dragoman.recommend.known import Known
from dragoman.recommend.moment import Moment
from dragoman.recommend.survey import Survey
from dragoman.types import Basis, Filter, Profile, Query, ReasonKind, RecommendKind, Scored, Vectors

DEPTH: Final = 40  # candidates of a leg
_FOUND: Final = (
    8.0  # ranks that count nearly alike: k of reciprocal ranks, small, since legs are good at the top
)
_WORTH: Final = [_FOUND / (_FOUND + rank) for rank in range(200)]
_NOW_S: Final = 3_600.0  # a search this recent is what the shopper is after
_LAST: Final = 1e-6  # weight of what only fills the page: it comes after everything else
_LITTLE: Final = 0.15  # weight of what is popular, where a taste is known


@dataclass(frozen=True, slots=True)
class Leg:
    """A list of candidates, best first, how much it counts, and what it says of each as a reason."""

    name: str
    weight: float
    found: Sequence[Scored]
    reason: ReasonKind
    words: str = ""
    evidence: Sequence[str] = ()  # products of the shopper, one of which is the reason

    def worth(self, rank: int) -> float:
        """Return what a place in this list adds to a product's score; ranks begin with 0."""
        return self.weight * (_WORTH[rank] if rank < len(_WORTH) else _FOUND / (_FOUND + rank))


@dataclass(frozen=True, slots=True)
class Legs:
    """All lists of one request, and what the recommendation rests on."""

    basis: Basis
    legs: Sequence[Leg]


@dataclass(frozen=True, slots=True)
class Parts:
    """What candidates are looked for with."""

    index: Index
    encoder: Encoder
    audience: Audience
    survey: Survey


def legs_of(query: Query, kind: RecommendKind, who: Known, moment: Moment, parts: Parts) -> Legs:
    """Return the lists of candidates for a wish; never none in a shop that has products."""
    makers = {"for_you": _for_you, "similar": _similar, "together": _together, "again": _again}
    found = [leg for leg in makers[kind](query, who, moment, parts) if leg.found] if kind in makers else []
    if kind == "again":  # nothing else will do
        return Legs("profile", found)
    if found and kind in ("similar", "together"):  # rather fewer than what has nothing to do with it
        return Legs("context", found)
    market = query.market or who.profile.market
    popular = list(_popular(market, kind, moment, parts, _LITTLE if found else 1.0))
    basis = _basis(kind, query, who) if found else _basis_of_crowd(popular)
    # A young shop's crowd knows a handful of products, which may not even be sold in this market.
    return Legs(basis, [*found, *popular, _catalogue(parts.survey)])


def _basis(kind: RecommendKind, query: Query, who: Known) -> Basis:
    if kind in ("similar", "together") or not who.events:
        return "context"
    return "session" if who.is_session else "profile"


def _basis_of_crowd(popular: Sequence[Leg]) -> Basis:
    if not popular:
        return "catalogue"
    return "market" if popular[0].words else "everywhere"


def _for_you(query: Query, who: Known, moment: Moment, parts: Parts) -> Iterator[Leg]:
    profile = who.profile
    yield from _tastes(query, profile, parts)
    if profile.history:
        last = profile.history[::-1]
        for model in (parts.audience.crowd, *parts.audience.related):
            [found] = model.next_items([profile.history], DEPTH)
            yield Leg(model.name, 0.6, found, "viewed", evidence=last)
    yield from _searched(query, who, moment, parts)
    if query.about:
        yield from (leg for leg in _near(query, query.about, parts, 0.5 if who.events else 1.0))


def _tastes(query: Query, profile: Profile, parts: Parts) -> Iterator[Leg]:
    if profile.vectors is None:
        return
    found = parts.index.nearest(profile.vectors, DEPTH + len(profile.history), _pushed(query.where))
    for place, (taste, near) in enumerate(zip(profile.tastes, found, strict=True)):
        yield Leg(f"taste{place + 1}", taste.weight, near, "viewed", evidence=taste.products)


def _searched(query: Query, who: Known, moment: Moment, parts: Parts) -> Iterator[Leg]:
    last = next((event for event in reversed(who.events) if event.kind == "search" and event.query), None)
    if last is None or moment.now - last.at > _NOW_S:
        return
    vectors = parts.encoder.encode([last.query], "query")
    [near] = parts.index.nearest(vectors, DEPTH, _pushed(query.where))
    yield Leg("searched", 0.4, near, "searched", words=last.query)


def _similar(query: Query, who: Known, moment: Moment, parts: Parts) -> Iterator[Leg]:
    yield from _near(query, query.about, parts, 1.0)
    for model in (parts.audience.crowd, *parts.audience.related):
        for about, found in zip(query.about, model.related(query.about, DEPTH), strict=True):
            yield Leg(model.name, 0.3, found, "similar", evidence=(about,))


def _together(query: Query, who: Known, moment: Moment, parts: Parts) -> Iterator[Leg]:
    for about, found in zip(query.about, parts.audience.crowd.together(query.about, DEPTH), strict=True):
        yield Leg("basket", 2.0, found, "together", evidence=(about,))
    for model in (parts.audience.crowd, *parts.audience.related):
        for about, found in zip(query.about, model.related(query.about, DEPTH), strict=True):
            yield Leg(model.name, 0.7, found, "together", evidence=(about,))
    yield from (
        Leg(leg.name, 0.3, leg.found, "together", evidence=leg.evidence)
        for leg in _near(query, query.about, parts, 0.3)
    )


def _again(query: Query, who: Known, moment: Moment, parts: Parts) -> Iterator[Leg]:
    yield Leg("again", 1.0, buy_again(who.events, moment.now), "again")


def _near(query: Query, about: Sequence[str], parts: Parts, weight: float) -> Iterator[Leg]:
    cards = cards_of(about, parts.index, parts.survey)
    if not cards:
        return
    rows: Vectors = np.stack([card.vector for card in cards.values()])
    found = parts.index.nearest(rows, 2 * DEPTH, _pushed(query.where))
    for id_, near in zip(cards, found, strict=True):
        yield Leg("near", weight / len(cards), near, "similar", evidence=(id_,))


def _popular(market: str, kind: RecommendKind, moment: Moment, parts: Parts, weight: float) -> Iterator[Leg]:
    reason: ReasonKind = "trending" if kind == "trending" else "popular"
    window = moment.window if kind == "trending" else "month"
    for place, share in ((market, weight), ("", 0.3 * weight)) if market else (("", weight),):
        # Where there is something better, the popular only fills up.
        deep = 2 * DEPTH if weight == 1.0 else DEPTH // 2
        if found := parts.audience.crowd.popular(place, deep, window=window):
            yield Leg("popular", share, found, reason, words=place)


def _catalogue(survey: Survey) -> Leg:
    return Leg("catalogue", _LAST, [Scored(id_, 0.0) for id_ in survey.sample[: 4 * DEPTH]], "shop")


def _pushed(where: Filter) -> Filter:
    """What the index filters by. The market is left to the cards: as a condition it takes the index ten
    times as long, and nearly everything passes."""
    return Filter(
        categories=where.categories,
        brands=where.brands,
        sellers=where.sellers,
        langs=where.langs,
        availability=where.availability,
        prices=where.prices,
        facts=where.facts,
        ids=where.ids,
        market=where.market if where.availability or where.prices else "",
    )
