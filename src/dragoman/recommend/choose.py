"""From lists of candidates to a page: fused, what is out of the question dropped, spread. Knows cards."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dragoman.rank.determinantal import various
from dragoman.rank.exposure import Exposed, exposed
from dragoman.rank.fuse import best_first
from dragoman.recommend.audience import Audience
from dragoman.recommend.cards import Card, cards_of
from dragoman.recommend.known import Known
from dragoman.recommend.legs import Leg, Parts
from dragoman.recommend.moment import Dials
from dragoman.types import Filter, Profile, Query, RecommendKind, Scored

_LOOKED_AT: Final = 32  # candidates whose cards are read at once
_ENOUGH: Final = 1.5  # pages of fitting candidates, after which no more are read
_SHELF: Final = 3  # pages of candidates among which variety is chosen
_SPARE: Final = 4  # a product may leave the shop while we look
_HOUSE: Final = 0.7  # of the candidates, above which a seller is the shop itself
_NEW: Final = 3  # deeds below which a product is new
_NO_CONDITION: Final = Filter()
_CHEAPER: Final = 0.15  # of the score: how far a price level may move a product


@dataclass(frozen=True, slots=True)
class Chosen:
    """A product for the page: its score, the legs that found it and what they said."""

    id: str
    score: float
    card: Card
    main: Leg  # the one that weighed most
    why: Mapping[str, float]


def chosen(
    legs: Sequence[Leg], query: Query, kind: RecommendKind, who: Known, parts: Parts, dials: Dials
) -> list[Chosen]:
    """Return products for the page, best first, a few more than asked for."""
    scores = _fused(legs, _allowed(legs, query, parts))
    for id_ in _excluded(query, kind, who.profile):
        scores.pop(id_, None)
    about = [card.trait.category for card in cards_of(query.about, parts.index, parts.survey).values()]
    market = query.where.market or query.market
    fit: list[Scored] = []
    cards: dict[str, Card] = {}
    for some in _blocks(best_first(scores), max(_LOOKED_AT, _SHELF * query.k)):
        found = cards_of([one.id for one in some], parts.index, parts.survey)
        cards |= found
        others = _others(found, about, legs) if kind == "together" else found
        fit += [
            Scored(one.id, one.score * _by_price(found[one.id], who.profile))
            for one in some
            if one.id in others and _suits(found[one.id], market, who.profile)
        ]
        if len(fit) >= _ENOUGH * query.k:
            break
    fit.sort(key=lambda one: (-one.score, one.id))
    page = [fit[i] for i in _spread(fit, cards, query.k, kind, parts.audience, dials)]
    return _explained(page, cards, legs)


def _blocks(ranked: Sequence[Scored], size: int) -> Iterator[Sequence[Scored]]:
    for start in range(0, len(ranked), size):
        yield ranked[start : start + size]


def _fused(legs: Sequence[Leg], allowed: Collection[str] | None) -> dict[str, float]:
    """Scores by id."""
    scores: dict[str, float] = {}
    for leg in legs:
        for rank, found in enumerate(leg.found):
            scores[found.id] = scores.get(found.id, 0.0) + leg.worth(rank)
    return scores if allowed is None else {id_: scores[id_] for id_ in scores if id_ in allowed}


def _explained(page: Sequence[Scored], cards: Mapping[str, Card], legs: Sequence[Leg]) -> list[Chosen]:
    """The products of a page with what each leg said of them, and the leg that added most."""
    why: dict[str, dict[str, float]] = {one.id: {} for one in page}
    main: dict[str, tuple[float, Leg]] = {}
    for leg in legs:
        for rank, found in enumerate(leg.found):
            if (said := why.get(found.id)) is None:
                continue
            said.setdefault(leg.name, found.score)
            worth = leg.worth(rank)
            if found.id not in main or worth > main[found.id][0]:
                main[found.id] = (worth, leg)
    return [Chosen(one.id, one.score, cards[one.id], main[one.id][1], why[one.id]) for one in page]


def _others(cards: Mapping[str, Card], about: Sequence[str], legs: Sequence[Leg]) -> Collection[str]:
    """Those that were met with what is at hand, and of those only near to it another kind of thing."""
    met = {found.id for leg in legs if leg.name != "near" for found in leg.found}
    return {id_ for id_, card in cards.items() if id_ in met or _is_other(card, about)}


def _allowed(legs: Sequence[Leg], query: Query, parts: Parts) -> Collection[str] | None:
    """Those candidates that meet the query's filter; None where it has no condition but the market."""
    where = query.where
    if Filter(market=where.market) == where or where == _NO_CONDITION:
        return None
    ids = {found.id for leg in legs for found in leg.found}
    listed = ids if where.ids is None else ids & set(where.ids)
    condition = Filter(
        where.market, where.categories, where.brands, where.sellers, where.langs, where.availability,
        where.prices, where.facts, tuple(sorted(listed)), where.not_ids,
    )  # fmt: skip
    # All that pass are asked for, so any direction will do; one that no product has to be there for.
    row = np.full((1, parts.encoder.dim), parts.encoder.dim**-0.5, dtype=np.float32)
    return {found.id for found in parts.index.nearest(row, len(listed), condition)[0]}


def _excluded(query: Query, kind: RecommendKind, profile: Profile) -> set[str]:
    """What is out of the question: at hand already, dismissed, had, or seen."""
    out = {*query.about, *query.where.not_ids, *profile.disliked}
    if kind == "for_you":
        out |= {*profile.history, *profile.bought}
    if kind == "together":
        out |= profile.bought
    return out


def _suits(card: Card, market: str, profile: Profile) -> bool:
    return card.sells_in(market) and not (profile.avoided and _is_avoided(card, profile.avoided))


def _is_avoided(card: Card, avoided: Collection[str]) -> bool:
    path = _path(card.trait.category)
    above = {f"category:{' > '.join(path[: end + 1])}" for end in range(len(path))}
    return f"brand:{card.trait.brand}" in avoided or bool(above & set(avoided))


def _is_other(card: Card, about: Sequence[str]) -> bool:
    """Whether it is another kind of thing of the same department: nobody needs two kettles."""
    own = _path(card.trait.category)
    return not about or any(own != one and own[:2] == one[:2] for one in map(_path, about))


def _path(category: str) -> list[str]:
    return [part.strip() for part in category.split(">")]


def _by_price(card: Card, profile: Profile) -> float:
    """A little less for what is much cheaper or dearer than the shopper's things are in their category."""
    level, usual = card.trait.level, profile.price_level
    return 1.0 if level is None or usual is None else 1.0 - _CHEAPER * abs(level - usual)


def _spread(
    fit: Sequence[Scored],
    cards: Mapping[str, Card],
    k: int,
    kind: RecommendKind,
    audience: Audience,
    dials: Dials,
) -> list[int]:
    if not fit:
        return []
    shelf = fit[: _SHELF * k] if dials.diversity > 0 else fit
    vectors = np.stack([cards[found.id].vector for found in shelf])
    dial = dials.diversity if kind in ("for_you", "trending") else dials.diversity / 3
    first = various([found.score for found in shelf], vectors, k + _SPARE, dial=dial)
    taken = set(first)
    order = [*first, *(i for i in range(len(fit)) if i not in taken)]
    house = _house([cards[one.id].seller for one in fit])
    seen = [_exposed(cards[fit[i].id], fit[i].id, house, audience, dials) for i in order]
    spare = min(len(order), k + _SPARE)
    page = exposed(seen, min(k, len(order)), cap=dials.cap, new=dials.new)
    rest = [i for i in range(len(order)) if i not in page]
    return [order[i] for i in [*page, *rest][:spare]]


def _house(sellers: Sequence[str]) -> str:
    """The seller of nearly everything, "" for none: half a page of the others would not fit."""
    seller, count = Counter(sellers).most_common(1)[0]
    return seller if count > _HOUSE * len(sellers) else ""


def _exposed(card: Card, id_: str, house: str, audience: Audience, dials: Dials) -> Exposed:
    is_new = dials.new > 0 and audience.crowd.count(id_) < _NEW
    return Exposed(card.trait.brand, "" if card.seller == house else card.seller, is_new)
