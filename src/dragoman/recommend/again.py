"""What somebody may want to buy again: things they bought, by when the next is due. Pure; knows events."""

from collections.abc import Iterable
from typing import Final

from dragoman.rank.fuse import best_first
from dragoman.types import Event, Scored

DAY_S: Final = 86_400.0
_USUAL_S: Final = 60 * DAY_S  # between two purchases, where only one is known
_ONCE: Final = 0.3  # weight of what was bought once: most things are


def buy_again(events: Iterable[Event], now: float) -> list[Scored]:
    """Return products by how much they are due: often bought, and as long ago as it usually takes.

    The score is n / (n + 1) for n repeats, times how near the time since the last purchase is to the mean
    time between purchases: 1 when just due, falling to both sides, 0 on the day itself.

    Args:
        events: Of one shopper.
        now: Seconds since 1970.

    >>> def buys(*days): return [Event(f"{d}", "s", "buy", d * DAY_S, "coffee") for d in days]
    >>> [round(buy_again(buys(0, 30, 60), day * DAY_S)[0].score, 2) for day in (60, 75, 90, 180)]
    [0.0, 0.33, 0.67, 0.17]
    """
    times: dict[str, set[float]] = {}
    for event in events:
        if event.kind == "buy" and event.product and event.at <= now:
            times.setdefault(event.product, set()).add(event.at)
    return best_first({id_: _due(sorted(held), now) for id_, held in times.items()})


def _due(times: list[float], now: float) -> float:
    repeats = len(times) - 1
    usual = max((times[-1] - times[0]) / repeats, DAY_S) if repeats else _USUAL_S
    passed = (now - times[-1]) / usual
    nearness = passed if passed <= 1 else 1.0 / passed
    return (repeats / (repeats + 1) if repeats else _ONCE) * nearness
