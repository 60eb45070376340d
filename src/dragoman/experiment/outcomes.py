"""What the shoppers of each arm did: impressions, clicks and purchases, summed a shopper."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.types import Event

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """One row a shopper, in the order of their pseudonyms; the shopper is the unit that was drawn."""

    shoppers: tuple[str, ...]
    shows: Counts  # (n,) products shown
    clicks: Counts  # (n,) products clicked or viewed from a list
    carts: Counts  # (n,)
    buys: Counts  # (n,)

    def __len__(self) -> int:
        """How many shoppers."""
        return len(self.shoppers)


_FIELD = {"show": 0, "click": 1, "view": 1, "cart": 2, "buy": 3}


def outcomes(events: Iterable[Event], name: str) -> Mapping[str, Outcomes]:
    """Return, per arm of the experiment ``name``, what its shoppers did.

    A click counts once an impression and product, however often it was made: an impatient finger is no
    second success. A shopper seen in two arms is left out of both, and stands under the arm "" instead.
    """
    sums: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0] * 4))
    counted: set[tuple[str, str, str]] = set()
    homes: dict[str, set[str]] = defaultdict(set)
    for event in events:
        arm = arm_in(event.variant, name)
        place = _FIELD.get(event.kind)
        if not arm or place is None or not event.shopper:
            continue
        homes[event.shopper].add(arm)
        if place == 1:
            once = (event.shopper, event.impression or event.id, event.product)
            if once in counted:
                continue
            counted.add(once)
        sums[arm][event.shopper][place] += 1.0
    torn = {shopper for shopper, arms in homes.items() if len(arms) > 1}
    found = {arm: _table(rows, set(rows) - torn) for arm, rows in sorted(sums.items())}
    if torn:
        found[""] = _table({shopper: [0.0] * 4 for shopper in torn}, torn)
    return found


def arm_in(variant: str, name: str) -> str:
    """Return the arm of the experiment ``name`` in what an event carries; "" if it is in none.

    >>> arm_in("pool:wide,page:old", "page")
    'old'
    """
    for part in variant.split(","):
        experiment, _, arm = part.partition(":")
        if experiment == name:
            return arm
    return ""


def _table(rows: Mapping[str, list[float]], kept: set[str]) -> Outcomes:
    shoppers = tuple(sorted(kept))
    table = np.array([rows[shopper] for shopper in shoppers], dtype=np.float64).reshape(len(shoppers), 4)
    return Outcomes(shoppers, table[:, 0], table[:, 1], table[:, 2], table[:, 3])
