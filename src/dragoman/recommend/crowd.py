"""What everybody did lately, counted as it happens: what is popular where, and what is met together.

A shop's own tables from its first event on, without any training: kept in memory, bounded, filled from the
journal in the background and from the events told to this process at once. Knows events, no product.
"""

import heapq
import math
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Final, Literal, TypeAlias

from dragoman.types import Event, EventKind, Scored

Window: TypeAlias = Literal["day", "week", "month"]

DAY_S: Final = 86_400.0
HALF_LIFE_S: Final[dict[Window, float]] = {"day": DAY_S / 2, "week": 3.5 * DAY_S, "month": 15 * DAY_S}
"""A window fades rather than ends: after half of it a deed counts half."""

_WEIGHT: Final[dict[EventKind, float]] = {
    "view": 1.0, "click": 1.0, "cart": 3.0, "buy": 5.0, "like": 3.0, "share": 3.0, "rate": 2.0,
}  # fmt: skip
_BASKET: Final = ("cart", "buy")
_TOGETHER_S: Final = DAY_S  # deeds of one shopper further apart have nothing to do with each other
_LAST: Final = 10  # products a new one is paired with
_SHOPPERS: Final = 50_000
_PRODUCTS: Final = 100_000  # with neighbours
_NEIGHBOURS: Final = 40
_TOP: Final = 500  # products of a market's list
_SHRINK: Final = 2.0  # meetings that say nothing: two products met once are no couple
_HUGE: Final = 600.0  # powers of two; a float ends at 1,023


@dataclass(slots=True)
class _Deed:
    product: str
    at: float
    weight: float
    is_basket: bool


class Popular:
    """How much each product is wanted in one market and window; the order never changes by waiting."""

    def __init__(self) -> None:
        self.heat: dict[str, float] = {}
        self._top: set[str] = set()
        self._floor = 0.0
        self._sorted: list[str] | None = None

    def add(self, product: str, heat: float) -> None:
        """Add to a product's heat. Only what grows can rise into the list, so the list stays exact."""
        new = self.heat.get(product, 0.0) + heat
        self.heat[product] = new
        if new >= self._floor and product not in self._top:
            self._top.add(product)
            if len(self._top) > 2 * _TOP:
                best = self.top()[:_TOP]
                self._top, self._floor = set(best), self.heat[best[-1]]
        self._sorted = None

    def top(self) -> list[str]:
        """Products, most wanted first, ties by id."""
        if self._sorted is None:
            self._sorted = sorted(self._top, key=lambda id_: (-self.heat[id_], id_))
        return self._sorted

    def shrink(self, factor: float) -> None:
        """Scale all heats, which changes no order."""
        self.heat = {id_: heat * factor for id_, heat in self.heat.items()}
        self._floor *= factor
        self._sorted = None


class Pairs:
    """How often two products were met by one shopper, a row of the best neighbours each."""

    def __init__(self) -> None:
        self._rows: OrderedDict[str, dict[str, float]] = OrderedDict()
        self._met: dict[str, float] = {}

    def add(self, one: str, other: str, weight: float) -> None:
        """Count a meeting."""
        for a, b in ((one, other), (other, one)):
            row = self._rows.setdefault(a, {})
            row[b] = row.get(b, 0.0) + weight
            self._met[a] = self._met.get(a, 0.0) + weight
            if len(row) > 2 * _NEIGHBOURS:
                kept = heapq.nlargest(_NEIGHBOURS, row, key=lambda id_: (row[id_], id_))
                self._rows[a] = {id_: row[id_] for id_ in kept}
            self._rows.move_to_end(a)
        while len(self._rows) > _PRODUCTS:
            gone, _ = self._rows.popitem(last=False)
            self._met.pop(gone, None)

    def near(self, id_: str) -> list[tuple[str, float]]:
        """Neighbours with meetings over the geometric mean of what each meets: cosine, shrunk. 0..1."""
        own = self._met.get(id_, 0.0) + _SHRINK
        row = self._rows.get(id_, {})
        return [(b, n / math.sqrt(own * (self._met.get(b, 0.0) + _SHRINK))) for b, n in row.items()]


class Crowd:
    """Popularity by market and window, and meetings. Also a `Related`, under the name ``crowd``.

    Safe to use from several threads. An event may be told twice, by the journal and by this process: of
    those told lately the second is left out.
    """

    name = "crowd"

    def __init__(self) -> None:
        self._lock = RLock()
        self._epoch: float | None = None
        self._popular: dict[tuple[Window, str], Popular] = {}
        self._seen, self._bought = Pairs(), Pairs()
        self._last: OrderedDict[str, deque[_Deed]] = OrderedDict()
        self._told: OrderedDict[str, None] = OrderedDict()
        self._count: dict[str, int] = {}

    def add(self, events: Iterable[Event]) -> None:
        """Count what these events say; in any order, each once."""
        with self._lock:
            for event in events:
                weight = _WEIGHT.get(event.kind)
                if weight and event.product and self._is_news(event.id):
                    self._add(event, weight)

    def popular(self, market: str, k: int, *, window: Window = "week") -> list[Scored]:
        """Return what is most wanted in a market ("" is all of them), best first, ties by id.

        The score is in views of one moment, of the most wanted product of the list 1.
        """
        with self._lock:
            table = self._popular.get((window, market))
            if table is None:
                return []
            best = [(id_, table.heat[id_]) for id_ in table.top()[: max(k, 0)]]
        peak = best[0][1] if best else 1.0
        return [Scored(id_, heat / peak) for id_, heat in best]

    def related(self, ids: Sequence[str], k: int) -> list[list[Scored]]:
        """Per product, at most ``k`` others that the same shoppers looked at, best first, ties by id."""
        with self._lock:
            return [_best(self._seen.near(id_), k) for id_ in ids]

    def together(self, ids: Sequence[str], k: int) -> list[list[Scored]]:
        """Per product, at most ``k`` others that went into the same baskets, best first, ties by id."""
        with self._lock:
            return [_best(self._bought.near(id_), k) for id_ in ids]

    def next_items(self, histories: Sequence[Sequence[str]], k: int) -> list[list[Scored]]:
        """Per history (oldest first), what was met with its last products, the later ones counting more."""
        with self._lock:
            return [self._next(history, k) for history in histories]

    def count(self, product: str) -> int:
        """Return how many deeds of shoppers with this product were counted."""
        return self._count.get(product, 0)

    def forget(self, shopper: str) -> None:
        """Know nothing of this shopper any more; counts hold no names and stay."""
        with self._lock:
            self._last.pop(shopper, None)

    def _next(self, history: Sequence[str], k: int) -> list[Scored]:
        scores: dict[str, float] = {}
        for age, id_ in enumerate(reversed(history[-5:])):
            for other, score in self._seen.near(id_):
                scores[other] = scores.get(other, 0.0) + score * 0.7**age
        return _best([(id_, score) for id_, score in scores.items() if id_ not in history], k)

    def _is_news(self, id_: str) -> bool:
        if id_ in self._told:
            return False
        self._told[id_] = None
        if len(self._told) > 2 * _SHOPPERS:
            self._told.popitem(last=False)
        return True

    def _add(self, event: Event, weight: float) -> None:
        mine = self._deeds_of(event.shopper)
        close = [deed for deed in mine if abs(deed.at - event.at) <= _TOGETHER_S]
        before = max((deed.weight for deed in close if deed.product == event.product), default=0.0)
        # One shopper who looks ten times is one who wants it: only a stronger deed adds.
        if weight > before:
            self._heat(event, weight - before)
        is_basket = event.kind in _BASKET
        others = {deed.product: deed for deed in close if deed.product != event.product}
        for deed in list(others.values())[-_LAST:]:
            if not before:
                self._seen.add(event.product, deed.product, 1.0)
            if is_basket and deed.is_basket and before < 3.0:
                self._bought.add(event.product, deed.product, 1.0)
        if event.shopper and weight > before:
            mine.append(_Deed(event.product, event.at, weight, is_basket))

    def _deeds_of(self, shopper: str) -> deque[_Deed]:
        if not shopper:
            return deque()
        mine = self._last.pop(shopper, None) or deque(maxlen=2 * _LAST)
        self._last[shopper] = mine
        if len(self._last) > _SHOPPERS:
            self._last.popitem(last=False)
        return mine

    def _heat(self, event: Event, weight: float) -> None:
        self._count[event.product] = self._count.get(event.product, 0) + 1
        if self._epoch is None:
            self._epoch = event.at
        for window, half_life in HALF_LIFE_S.items():
            power = (event.at - self._epoch) / half_life
            if power > _HUGE:
                self._rebase(event.at)
                power = 0.0
            if power > -_HUGE:
                for market in {event.market, ""}:
                    self._popular.setdefault((window, market), Popular()).add(
                        event.product, weight * 2.0**power
                    )

    def _rebase(self, at: float) -> None:
        """Count time from now on: all that was counted shrinks as if it had been so always."""
        assert self._epoch is not None
        for (window, _), table in self._popular.items():
            table.shrink(2.0 ** max(-_HUGE, -(at - self._epoch) / HALF_LIFE_S[window]))
        self._epoch = at


def _best(pairs: Iterable[tuple[str, float]], k: int) -> list[Scored]:
    best = heapq.nsmallest(max(k, 0), pairs, key=lambda pair: (-pair[1], pair[0]))
    return [Scored(id_, score) for id_, score in best]
