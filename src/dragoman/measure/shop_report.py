"""How a shop serves its markets, languages and sellers: events and products in, figures out. Pure.

No figure is about fewer than five shoppers, and no pseudonym is in it.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from dragoman.errors import NotFound
from dragoman.measure.recommend import coverage, entropy, gini, novelty, shown_counts
from dragoman.measure.shop_gather import UNKNOWN, Deed, Gathered, Shelf, gather
from dragoman.measure.shop_groups import ENOUGH, Group, groups
from dragoman.measure.shop_searches import Demand, Searched, demand, searched
from dragoman.types import Event, Lang, Text

_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Breadth:
    """How widely attention is spread over the catalogue."""

    products: int  # of the catalogue
    exposed: int  # of them, at least once
    coverage: float  # 0..1
    gini: float  # 0 all alike, towards 1 one product only
    entropy: float  # bits, 0..most
    most: float  # log2(products): the entropy if all were alike
    novelty: float  # mean self-information of a list's products, bits: higher is less known


@dataclass(frozen=True, slots=True)
class Leader:
    """A product that many opened."""

    product: str
    title: Text
    shoppers: int  # at least `ENOUGH`
    carts: int
    buys: int


@dataclass(frozen=True, slots=True)
class ShopReport:
    """One period of a shop."""

    since: float  # of the first event, seconds since 1970, UTC
    until: float  # of the last
    events: int
    shoppers: int
    anonymous: int  # events of those who did not agree to be remembered
    source: Literal[
        "shown", "met"
    ]  # whether exposure is impressions, or products opened where there are none
    markets: tuple[Group, ...]
    langs: tuple[Group, ...]  # by the language that shoppers read
    product_langs: tuple[Group, ...]  # by the language that sellers wrote in
    sellers: tuple[Group, ...]  # by how many products their sellers have
    breadth: Breadth
    searches: Searched
    demand: tuple[Demand, ...]
    products: tuple[Leader, ...]


def shop_report(
    events: Sequence[Event], shelf: Shelf, *, spoken: Callable[[str, Lang], Lang] = lambda _, lang: lang
) -> ShopReport:
    """Return the report of these events.

    Args:
        events: Of one period, in any order, each once.
        shelf: The catalogue; see `shop_gather.shelf`.
        spoken: Tells the language of words searched for, given that of the page; "" if nobody can tell.

    Raises:
        NotFound: there are no events.

    >>> from dragoman.measure.shop_gather import shelf
    >>> shop_report([Event("1", "s", "view", 0.0, "p")], shelf([])).shoppers
    1
    """
    if not events:
        raise NotFound(
            "no events in this period",
            hint="send some to POST /v1/events or read a file with `dragoman events`; or widen the period",
        )
    found = gather(events, spoken)
    shown, met = found.shown.values(), found.met.values()
    lang, size = _trait(shelf, "lang"), _trait(shelf, "size")
    goods = shelf.goods.values()
    return ShopReport(
        min(event.at for event in events),
        max(event.at for event in events),
        len(events),
        len({event.shopper for event in events if event.shopper}),
        sum(not event.shopper for event in events),
        "shown" if shown else "met",
        groups(shown, met, lambda deed: deed.market),
        groups(shown, met, lambda deed: deed.lang),
        groups(shown, met, lang, products=Counter(good.lang for good in goods)),
        groups(shown, met, size, products=Counter(good.size for good in goods)),
        _breadth(found, shelf),
        searched(found.searches),
        demand(found.searches, found.homes, shelf.langs),
        _leaders(found, shelf),
    )


def _trait(shelf: Shelf, name: Literal["lang", "size"]) -> Callable[[Deed], str]:
    def trait(deed: Deed) -> str:
        good = shelf.goods.get(deed.product)
        return UNKNOWN if good is None else good.lang if name == "lang" else good.size

    return trait


def _breadth(found: Gathered, shelf: Shelf) -> Breadth:
    """Figures over products that are in the catalogue still."""
    places = {id_: place for place, id_ in enumerate(shelf.goods)}
    seen = list((found.lists or found.looks).values())
    lists = [[places[id_] for id_ in ids if id_ in places] for ids in seen]
    counts = shown_counts(lists, len(places))
    met = shown_counts(
        [[places[one.product]] for one in found.met.values() if one.product in places], len(places)
    )
    news = novelty([one for one in lists if one], met if met.any() else counts)
    return Breadth(
        len(places),
        int(np.count_nonzero(counts)),
        coverage(counts),
        gini(counts),
        entropy(counts),
        math.log2(len(places)) if places else 0.0,
        float(news.mean()) if len(news) else 0.0,
    )


def _leaders(found: Gathered, shelf: Shelf) -> tuple[Leader, ...]:
    deeds: dict[str, list[Deed]] = {}
    for deed in found.met.values():
        deeds.setdefault(deed.product, []).append(deed)
    leaders = [
        Leader(
            id_,
            shelf.goods[id_].title if id_ in shelf.goods else Text(id_, "und"),
            shoppers,
            sum(one.is_carted for one in some),
            sum(one.is_bought for one in some),
        )
        for id_, some in deeds.items()
        if (shoppers := len({one.shopper for one in some})) >= ENOUGH
    ]
    return tuple(sorted(leaders, key=lambda one: (-one.shoppers, -one.buys, one.product))[:_SHOWN])
