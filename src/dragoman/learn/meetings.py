"""What shoppers did, as counts and sequences: how much each act says, days, markets, pairs. Knows events.

Counts and pairs name nobody, so they may be kept and added to; sequences are shoppers', and are read from the
journal each time, so that who was erased there is in nothing that is learned afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.types import Event

WEIGHTS: Mapping[str, float] = {
    "view": 1.0,
    "click": 1.0,
    "follow": 2.0,
    "cart": 3.0,
    "like": 3.0,
    "share": 3.0,
    "buy": 5.0,
    "rate": 3.0,
}
"""What an act says of liking, against a view. Impressions, searches and what is undone say nothing here."""

_DAY = 86_400.0
_LIKED = 4.0  # stars from which a rating is praise


def weight_of(event: Event) -> float:
    """Return what an event says of its product, 0 for nothing.

    >>> weight_of(Event("e", "s", "buy", 0.0, "p")), weight_of(Event("e", "s", "rate", 0.0, "p", value=2.0))
    (5.0, 0.0)
    """
    if not event.product or (event.kind == "rate" and event.value < _LIKED):
        return 0.0
    return WEIGHTS.get(event.kind, 0.0)


@dataclass(frozen=True, slots=True)
class History:
    """One shopper's meetings in order of time, with equal neighbours as one."""

    products: tuple[str, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Meetings:
    """Events as what is learned from."""

    daily: Mapping[tuple[int, str, str], float]  # day since 1970, market, product → weight
    histories: Mapping[str, History]  # by pseudonym; those who did not consent have none
    until: float  # when the newest event happened; 0 without any
    events: int  # that said something


def meetings_of(events: Iterable[Event]) -> Meetings:
    """Return what events, in order of time, say.

    >>> found = meetings_of([Event("1", "s", "view", 0.0, "a"), Event("2", "s", "cart", 1.0, "a")])
    >>> found.histories["s"], dict(found.daily)
    (History(products=('a',), weights=(3.0,)), {(0, '', 'a'): 4.0})
    """
    daily: dict[tuple[int, str, str], float] = {}
    met: dict[str, list[tuple[str, float]]] = {}
    until, count = 0.0, 0
    for event in events:
        until = max(until, event.at)
        weight = weight_of(event)
        if not weight:
            continue
        count += 1
        key = (int(event.at // _DAY), event.market, event.product)
        daily[key] = daily.get(key, 0.0) + weight
        if event.is_consented:
            _meet(met.setdefault(event.shopper, []), event.product, weight)
    histories = {
        shopper: History(tuple(one for one, _ in some), tuple(weight for _, weight in some))
        for shopper, some in met.items()
    }
    return Meetings(daily, histories, until, count)


def _meet(history: list[tuple[str, float]], product: str, weight: float) -> None:
    """Add a meeting; one that goes on with the same product only says it louder."""
    if history and history[-1][0] == product:
        history[-1] = (product, max(weight, history[-1][1]))
    else:
        history.append((product, weight))


def firsts(products: Sequence[str]) -> list[str]:
    """Return each product once, where it was met first.

    >>> firsts(["b", "a", "b"])
    ['b', 'a']
    """
    return list(dict.fromkeys(products))


def pair_counts(
    histories: Iterable[tuple[History, int]], rows: Mapping[str, int], *, window: int
) -> Mapping[tuple[int, int], float]:
    """Return how often b was met within ``window`` places after a: the lesser weight over the distance.

    Args:
        histories: Each with the number of its places that were counted before, as what comes later.
        rows: The number of each product.
        window: Places.

    >>> one = History(("a", "b", "c"), (1.0, 5.0, 1.0))
    >>> dict(pair_counts([(one, 2)], {"a": 0, "b": 1, "c": 2}, window=2))
    {(1, 2): 1.0, (0, 2): 0.5}
    """
    found: dict[tuple[int, int], float] = {}
    for history, counted in histories:
        ids = [rows[product] for product in history.products]
        for at in range(counted, len(ids)):
            for apart in range(1, min(window, at) + 1):
                key = (ids[at - apart], ids[at])
                if key[0] != key[1]:
                    says = min(history.weights[at], history.weights[at - apart]) / apart
                    found[key] = found.get(key, 0.0) + says
    return found


@dataclass(frozen=True, slots=True)
class Daily:
    """Counts by day and market as arrays, in no order that means anything."""

    days: NDArray[np.int32]
    markets: NDArray[np.int32]  # rows of ``names``
    products: NDArray[np.int64]
    weights: NDArray[np.float32]
    names: tuple[str, ...]

    def popular(self, items: int, *, market: str | None, since: int) -> NDArray[np.float32]:
        """Return (items,): the weight of each product from a day on, in a market; None is all markets."""
        chosen = self.days >= since
        if market is not None:
            chosen &= self.markets == (self.names.index(market) if market in self.names else -1)
        counted = np.bincount(self.products[chosen], self.weights[chosen], minlength=items)
        return counted.astype(np.float32)


def daily_of(counted: Mapping[tuple[int, str, str], float], rows: Mapping[str, int]) -> Daily:
    """Return counts as arrays, products by number.

    >>> daily_of({(3, "DE", "a"): 2.0}, {"a": 0}).popular(1, market="DE", since=0).tolist()
    [2.0]
    """
    names = tuple(sorted({market for _, market, _ in counted}))
    places = {name: i for i, name in enumerate(names)}
    return Daily(
        np.array([day for day, _, _ in counted], np.int32),
        np.array([places[market] for _, market, _ in counted], np.int32),
        np.array([rows[product] for _, _, product in counted], np.int64),
        np.array(list(counted.values()), np.float32),
        names,
    )
