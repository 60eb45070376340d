"""Keeps robots and echoes out of what is learned: rates and repetitions by shopper. Knows no journal."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Literal, TypeAlias

from dragoman.types import Event

Verdict: TypeAlias = Literal["kept", "repeated", "bot"]

DAY_S: Final = 86_400.0
BURST_S: Final = 10.0
MOST_A_DAY: Final = 300  # deeds of one shopper; people who shop all day stay well below
MOST_AT_ONCE: Final = 15  # deeds of one shopper within ten seconds; nobody reads so fast
ECHO_S: Final = 5.0  # the same deed again this soon is a double click, or a page that reports twice
_REMEMBERED: Final = 50_000  # shoppers, some 60 MB at most
_DEEDS: Final = 64  # deeds of each


@dataclass(slots=True)
class _Seen:
    """What one shopper did lately."""

    days: dict[int, int] = field(default_factory=dict)
    bursts: dict[int, int] = field(default_factory=dict)
    deeds: "OrderedDict[tuple[str, ...], tuple[float, str]]" = field(default_factory=OrderedDict)


class Gate:
    """Judges rows by what came before them, by their own times: a file is judged as the same events live.

    Remembers the shoppers seen last, in memory: after a restart nobody has a past, which lets an echo
    through at worst. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._lock = Lock()

    def judge(self, events: Sequence[Event]) -> Verdict:
        """Return what to do with the events of one row; what was on the screen is no deed."""
        first = next(iter(events), None)
        if first is None or not first.shopper:
            return "kept"  # of nobody in particular nothing can be known
        with self._lock:
            seen = self._seen.pop(first.shopper, None) or _Seen()
            self._seen[first.shopper] = seen
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            if all([_is_echo(seen, event) for event in events]):  # a list: each of them is to be noted
                return "repeated"
            return "bot" if first.kind != "show" and _is_too_fast(seen, first.at) else "kept"

    def forget(self, shopper: str) -> None:
        """Know nothing of this shopper any more."""
        with self._lock:
            self._seen.pop(shopper, None)


def _is_echo(seen: _Seen, event: Event) -> bool:
    """Note the deed, and say whether it is one of the last again, under another id."""
    key = (event.kind, event.product, event.query, event.impression if event.kind == "show" else "")
    before = seen.deeds.get(key)
    if before and before[1] != event.id and abs(event.at - before[0]) < ECHO_S:
        return True
    seen.deeds[key] = (event.at, event.id)
    seen.deeds.move_to_end(key)
    if len(seen.deeds) > _DEEDS:
        seen.deeds.popitem(last=False)
    return False


def _is_too_fast(seen: _Seen, at: float) -> bool:
    day, burst = int(at // DAY_S), int(at // BURST_S)
    seen.days[day] = seen.days.get(day, 0) + 1
    seen.bursts[burst] = seen.bursts.get(burst, 0) + 1
    for counts, kept in ((seen.days, 3), (seen.bursts, 12)):
        while len(counts) > kept:
            del counts[min(counts)]
    return seen.days.get(day, 0) > MOST_A_DAY or seen.bursts.get(burst, 0) > MOST_AT_ONCE
